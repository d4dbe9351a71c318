import { expect } from "chai";
import { issueTogether } from "../../src/credentials/issue-due.js";

const award = (organisationId: string, awardId: string) => ({ organisationId, awardId });

describe("issuing the credentials of several awards at once", () => {
  /** Issues whatever does not name an award that is `broken`. */
  async function run(due: ReturnType<typeof award>[], broken: string[] = []) {
    const asked: string[][] = [];
    const left: string[] = [];
    await issueTogether(
      {
        issue: async ({ awardIds }) => {
          asked.push([...awardIds]);
          if (awardIds.some((id) => broken.includes(id))) throw new Error("no name, no key");
          return await Promise.resolve([]);
        },
        leaveToJob: async ({ awardId }) => {
          await Promise.resolve(left.push(awardId));
        },
      },
      due,
    );
    return { asked, left };
  }

  it("issues what belongs to one organisation together", async () => {
    const { asked, left } = await run([award("a", "1"), award("b", "2"), award("a", "3")]);
    expect(asked).to.deep.equal([["1", "3"], ["2"]]);
    expect(left).to.deep.equal([]);
  });

  it("issues the others when one cannot be, and leaves that one to a job", async () => {
    const due = [award("a", "1"), award("a", "2"), award("a", "3")];
    const { asked, left } = await run(due, ["2"]);
    expect(asked).to.deep.equal([["1", "2", "3"], ["1"], ["2"], ["3"]]);
    expect(left).to.deep.equal(["2"]);
  });
});
