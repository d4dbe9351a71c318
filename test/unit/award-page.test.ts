import { expect } from "chai";
import { awardPage, awardRows } from "../../src/admin/award-page.js";
import type { Award } from "../../src/awards/award.js";
import type { Credential } from "../../src/credentials/credential.js";
import type { Profile } from "../../src/people/account.js";

const at = new Date("2026-05-04T10:00:00Z");
const ids = { organisationId: "o", learnerId: "l", trackId: "t", trackVersion: 1 };
const award: Award = {
  ...ids,
  ...{ id: "a", trackName: "Safe moving", round: 1, subjectUrn: "urn:uuid:1", awardedAt: at },
  explanation: {
    ...{ nodeId: "r", kind: "all-of", state: "met", sentence: "Done.", evidence: ["fact"] },
    ...{ needed: 0, steps: [] },
  },
  evidence: [],
};
const profile: Profile = {
  ...{ id: "l", organisationId: "o", name: "Jonas Weber", nameFrom: "lms" },
  ...{ proposedName: undefined, email: undefined },
};
const credential: Credential = {
  ...ids,
  ...{ id: "c", awardId: "a", issuerId: "o", signedWith: [], visibility: "link", status: "active" },
  forms: { dataIntegrity: "{}", jwtRs256: "a.b.c", jwtEs256: "a.b.c" },
  ...{ statusPlace: { listId: "s", index: 7 }, issuedAt: at },
};

describe("an award in the administrator's panel", () => {
  const cases: [string, Parameters<typeof awardPage>[0], string, RegExp][] = [
    ["waits for a name", { award, profile: undefined, credential: undefined }, "waiting", /name/],
    ["is being issued", { award, profile, credential: undefined }, "waiting", /minute/],
    ["is issued and shared", { award, profile, credential }, "issued", /4 May 2026.*by link/],
    [
      "is issued and kept private",
      { award, profile, credential: { ...credential, visibility: "private" } },
      "issued",
      /private/,
    ],
    [
      "is revoked",
      { award, profile, credential: { ...credential, status: "revoked" } },
      "revoked",
      /Issued/,
    ],
  ];
  for (const [what, about, state, sentence] of cases) {
    it(`says that its credential ${what}`, () => {
      const page = awardPage(about);
      expect(page.credential.state).to.equal(state);
      expect(page.credential.sentence).to.match(sentence);
    });
  }

  it("never shows the signed text itself", () => {
    expect(JSON.stringify(awardPage({ award, profile, credential }))).to.not.include("secret");
  });

  it("is listed without a name where none is known", () => {
    const [row] = awardRows([{ ...award, credential: "needs-name" }], []);
    expect(row).to.deep.include({ name: "Name not known", track: "Safe moving" });
    expect(row?.credential.label).to.equal("Waits for a name");
  });
});
