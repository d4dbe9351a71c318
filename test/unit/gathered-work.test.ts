import { expect } from "chai";
import { createGatheredWork } from "../../src/work/gathered-work.js";

type Run = { items: string[]; finish: (fault?: Error) => void };

function openWork(atMost = 10) {
  const runs: Run[] = [];
  const faults: unknown[] = [];
  const work = createGatheredWork<string>({
    keyOf: (item) => item.slice(0, 1),
    run: async (items) => {
      await new Promise<void>((resolve, reject) => {
        runs.push({
          items,
          finish: (fault) => {
            if (fault === undefined) resolve();
            else reject(fault);
          },
        });
      });
    },
    onFault: (error) => faults.push(error),
    atMost,
  });
  const turn = async () => {
    for (let n = 0; n < 5; n += 1) await new Promise(setImmediate);
  };
  return { work, runs, faults, turn };
}

describe("work that is done together", () => {
  it("does what came during a run in the next one, each key once and as it came last", async () => {
    const { work, runs, turn } = openWork();
    work.add(["a"]);
    await turn();
    work.add(["b", "a2"]);
    work.add(["a3"]);
    runs[0]?.finish();
    await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a"], ["b", "a3"]]);
    runs[1]?.finish();
    await work.settled();
    expect(runs).to.have.length(2);
  });

  it("does no more than it may in one run, and goes on after a fault", async () => {
    const { work, runs, faults, turn } = openWork(2);
    work.add(["a", "b", "c"]);
    await turn();
    runs[0]?.finish(new Error("out of order"));
    await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a", "b"], ["c"]]);
    expect(faults).to.have.length(1);
    runs[1]?.finish();
    await work.settled();
    work.add(["d"]);
    await turn();
    expect(runs.at(-1)?.items).to.deep.equal(["d"]);
  });

  it("is settled when nothing was ever added", async () => {
    const { work } = openWork();
    work.add([]);
    await work.settled();
  });
});
