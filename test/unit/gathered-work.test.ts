import { expect } from "chai";
import { createGatheredWork } from "../../src/work/gathered-work.js";

type Run = { items: string[]; finish: (fault?: Error) => void };

function openWork({ atMost = 10, paceMs = 0 } = {}) {
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
    ...{ atMost, paceMs, few: 3 },
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
    const { work, runs, faults, turn } = openWork({ atMost: 2 });
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

  const AN_HOUR = 3_600_000;

  it("has few wait for company once a run has just begun, and the first one for nobody", async () => {
    const { work, runs, turn } = openWork({ paceMs: AN_HOUR });
    work.add(["a"]);
    await turn();
    runs[0]?.finish();
    await turn();
    work.add(["b"]);
    await turn();
    work.add(["c"]);
    await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a"]]);
    work.add(["d"]);
    await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a"], ["b", "c", "d"]]);
  });

  it("keeps few waiting no longer than its pace", async () => {
    const { work, runs, turn } = openWork({ paceMs: 20 });
    work.add(["a"]);
    await turn();
    runs[0]?.finish();
    work.add(["b"]);
    while (runs.length < 2) await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a"], ["b"]]);
  });

  it("waits for no company when it is to come to its end, asked for then or before", async () => {
    const { work, runs, turn } = openWork({ paceMs: AN_HOUR });
    work.add(["a"]);
    await turn();
    work.add(["b"]);
    const settled = work.settled();
    runs[0]?.finish();
    await turn();
    runs[1]?.finish();
    await settled;
    work.add(["c"]);
    await turn();
    expect(runs).to.have.length(2);
    const settledAgain = work.settled();
    await turn();
    expect(runs.map(({ items }) => items)).to.deep.equal([["a"], ["b"], ["c"]]);
    runs[2]?.finish();
    await settledAgain;
  });

  it("is settled when nothing was ever added", async () => {
    const { work } = openWork();
    work.add([]);
    await work.settled();
  });
});
