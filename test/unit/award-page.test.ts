import { expect } from "chai";
import { awardPage, awardRows } from "../../src/admin/award-page.js";
import type { Award } from "../../src/awards/award.js";
import { firstStanding, type StandingAward } from "../../src/awards/award-standing.js";
import type { Credential } from "../../src/credentials/credential.js";
import type { Profile } from "../../src/people/account.js";

const at = new Date("2026-05-04T10:00:00Z");
const ids = { organisationId: "o", learnerId: "l", trackId: "t", trackVersion: 1 };
const made: Award = {
  ...ids,
  ...{ id: "a", trackName: "Safe moving", round: 1, subjectUrn: "urn:uuid:1", awardedAt: at },
  explanation: {
    ...{ nodeId: "r", kind: "all-of", state: "met", sentence: "Done.", evidence: ["fact"] },
    ...{ needed: 0, steps: [] },
  },
  evidence: [],
};
const award: StandingAward = { ...made, standing: firstStanding(made) };
const trail = { entries: [], profiles: [] };
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
  type About = Omit<Parameters<typeof awardPage>[0], "entries" | "profiles">;
  const cases: [string, About, string, RegExp][] = [
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
      const page = awardPage({ ...about, ...trail });
      expect(page.credential.state).to.equal(state);
      expect(page.credential.sentence).to.match(sentence);
    });
  }

  it("never shows the signed text itself", () => {
    expect(JSON.stringify(awardPage({ award, profile, credential, ...trail }))).to.not.include(
      "secret",
    );
  });

  it("says where it stands, until when, and what became of it", () => {
    const standing = {
      ...award.standing,
      ...{ state: "on-hold" as const, revision: 1, reason: "A grade is gone." },
      graceEndsAt: new Date("2026-05-18T10:00:00Z"),
    };
    const entry = {
      ...{ id: "e", organisationId: "o", at, actorId: "ruth", action: "award-put-on-hold" },
      ...{ subject: { kind: "award" as const, id: "a" }, reason: "A grade is gone." },
      ...{ before: undefined, after: undefined },
    };
    const page = awardPage({
      ...{ award: { ...award, standing }, profile, credential, entries: [entry] },
      profiles: [{ ...profile, id: "ruth", name: "Ruth" }],
    });
    expect(page.standing).to.include({ state: "on-hold", isFirst: false });
    expect(page.standing.graceEnds).to.include("18 May 2026");
    expect(page.history.map(({ what, who }) => `${what}: ${who}`)).to.deep.equal([
      "Put on hold: Ruth",
      "Awarded: Rosette, by the rules",
    ]);
  });

  it("is listed without a name where none is known", () => {
    const [row] = awardRows([{ ...award, credential: "needs-name" }], []);
    expect(row).to.deep.include({ name: "Name not known", track: "Safe moving" });
    expect(row?.credential.label).to.equal("Waits for a name");
  });
});
