import { expect } from "chai";
import { mongo } from "mongoose";
import { upsertOnce } from "../../src/stored-record.js";

const refusal = (code: number) => new mongo.MongoServerError({ message: "refused", code });

/** Fails as often as there are faults, then answers. */
function upsertAfter(...faults: Error[]) {
  const left = [...faults];
  let runs = 0;
  const upsert = async (): Promise<string> => {
    runs += 1;
    const fault = left.shift();
    if (fault !== undefined) throw fault;
    return await Promise.resolve("the document");
  };
  return { upsert, runs: () => runs };
}

describe("an upsert", () => {
  it("is run once where nothing stands in its way", async () => {
    const { upsert, runs } = upsertAfter();
    expect(await upsertOnce(upsert)).to.equal("the document");
    expect(runs()).to.equal(1);
  });

  it("finds what another inserted at the same moment", async () => {
    const { upsert, runs } = upsertAfter(refusal(11_000));
    expect(await upsertOnce(upsert)).to.equal("the document");
    expect(runs()).to.equal(2);
  });

  for (const [what, faults] of [
    ["another fault", [refusal(112)]],
    ["an index that refuses it again", [refusal(11_000), refusal(11_000)]],
  ] as const)
    it(`tells of ${what}`, async () => {
      const { upsert } = upsertAfter(...faults);
      const told = await upsertOnce(upsert).catch((error: unknown) => error);
      expect(told).to.equal(faults.at(-1));
    });
});
