import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { achievementOf, creditHours } from "../../src/credentials/achievement.js";
import { evidenceOf } from "../../src/credentials/evidence.js";
import { emailIdentity, isEmailOf } from "../../src/credentials/identity-object.js";
import { composeOpenBadge, type BadgeContent } from "../../src/credentials/open-badge.js";
import { addresses, award, organisation, trackVersion } from "../support/credential-fixtures.js";

const credentialId = "3f9d1d52-6a87-4f0e-9b25-4df8b3a1c9d4";
const trackUrl =
  "https://badges.example.org:8443/achievements/5f0f6a2e-93f1-4a3f-8a34-6a3f7f1f5c03/2";

const content = (changes: Partial<BadgeContent> = {}): BadgeContent => ({
  credentialId,
  statusPlace: { listId: "l1", index: 7 },
  award: award(),
  track: trackVersion(),
  organisation,
  recipient: { name: "Noor van Dijk", email: "noor@example.edu", salt: "a1b2" },
  ...changes,
});

describe("an Open Badges 3.0 credential", () => {
  const badge = composeOpenBadge(addresses, content());
  const subject = badge.credentialSubject;

  it("has everything that OpenBadgeCredential requires", () => {
    expect(badge["@context"]).to.deep.equal([
      "https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]);
    expect(badge.type).to.deep.equal(["VerifiableCredential", "OpenBadgeCredential"]);
    expect(badge.id).to.equal(`https://badges.example.org:8443/credentials/${credentialId}`);
    expect(badge.issuer).to.deep.equal({
      id: `did:web:badges.example.org%3A8443:issuers:${organisation.id}`,
      type: ["Profile"],
      name: organisation.name,
      url: `https://badges.example.org:8443/issuers/${organisation.id}`,
    });
    expect(badge.name).to.equal("Safe Handling");
  });

  it("says where it would stand if it were revoked or suspended", () => {
    const url = "https://badges.example.org:8443/status/l1";
    expect(badge.credentialStatus).to.deep.equal(
      ["revocation", "suspension"].map((statusPurpose) => ({
        id: `${url}/${statusPurpose}#7`,
        type: "BitstringStatusListEntry",
        statusPurpose,
        statusListIndex: "7",
        statusListCredential: `${url}/${statusPurpose}`,
      })),
    );
  });

  it("says its dates in whole seconds, so that nbf can say the same", () => {
    expect(badge.validFrom).to.equal("2026-03-03T16:20:10Z");
    expect(badge.awardedDate).to.equal("2026-03-03T16:20:10Z");
  });

  it("has everything that Achievement requires, and more that describes it", () => {
    expect(subject.achievement).to.deep.include({
      id: trackUrl,
      type: ["Achievement"],
      achievementType: "MicroCredential",
      name: "Safe Handling",
      description: "Handles patients safely in everyday care.",
      criteria: {
        id: `${trackUrl}#criteria`,
        narrative: "Pass both courses.\nEach ends with an exam.",
      },
      fieldOfStudy: "Patient safety",
      version: "2",
      tag: ["Plans a transfer", "Protects the back"],
      creditsAvailable: 8.5,
    });
    expect(subject.achievement.image.id).to.equal(`${trackUrl}/badge.svg`);
    expect(subject.achievement.alignment).to.deep.equal([
      {
        type: ["Alignment"],
        targetName: "Plans a transfer",
        targetUrl: "https://frameworks.example.org/handling#plan",
        targetDescription: "Chooses aids and helpers for a transfer.",
        targetFramework: "Handling framework",
      },
    ]);
  });

  it("is a Certificate, never a Certification, when its track is one", () => {
    const { achievement } = composeOpenBadge(
      addresses,
      content({ track: trackVersion({ kind: "certificate" }) }),
    ).credentialSubject;
    expect(achievement.achievementType).to.equal("Certificate");
    expect(achievement.image.caption).to.equal("Badge of the certificate Safe Handling");
  });

  it("names the recipient in clear and the e-mail only as a salted hash", () => {
    expect(subject.id).to.match(/^urn:uuid:/);
    expect(subject.type).to.deep.equal(["AchievementSubject"]);
    const hash = createHash("sha256").update("noor@example.edua1b2").digest("hex");
    expect(subject.identifier).to.deep.equal([
      {
        type: "IdentityObject",
        identityType: "name",
        hashed: false,
        identityHash: "Noor van Dijk",
      },
      {
        type: "IdentityObject",
        identityType: "emailAddress",
        hashed: true,
        identityHash: `sha256$${hash}`,
        salt: "a1b2",
      },
    ]);
    expect(JSON.stringify(badge)).not.to.contain("noor@example.edu");
  });

  it("leaves the e-mail out when it is not known", () => {
    const withoutEmail = composeOpenBadge(
      addresses,
      content({ recipient: { name: "Noor", email: undefined, salt: "a1b2" } }),
    );
    expect(withoutEmail.credentialSubject.identifier).to.have.length(1);
  });

  it("documents development points as a result with its description", () => {
    expect(subject.creditsEarned).to.equal(8.5);
    expect(subject.result).to.deep.equal([
      { type: ["Result"], resultDescription: `${trackUrl}#development-points`, value: "12" },
    ]);
    expect(subject.achievement.resultDescription?.[0]).to.deep.include({
      id: `${trackUrl}#development-points`,
      type: ["ResultDescription"],
      resultType: "Result",
    });
  });

  it("has no empty lists or undefined members", () => {
    const track = trackVersion({ competencies: [], developmentPoints: undefined, contactHours: 0 });
    const bare = composeOpenBadge(addresses, content({ track }));
    expect(bare).to.deep.equal(JSON.parse(JSON.stringify(bare)));
    expect(bare.credentialSubject).not.to.have.any.keys("creditsEarned", "result");
    expect(bare.credentialSubject.achievement).not.to.have.any.keys(
      "tag",
      "alignment",
      "creditsAvailable",
      "resultDescription",
    );
  });

  it("is the same achievement for everyone who earns it", () => {
    const other = composeOpenBadge(
      addresses,
      content({ award: award(), recipient: { name: "Ada", email: undefined, salt: "x" } }),
    );
    expect(other.credentialSubject.achievement).to.deep.equal(
      achievementOf(addresses, trackVersion(), organisation),
    );
  });

  it("lists the courses with name and date, then how they add up, without scores", () => {
    expect(badge.evidence).to.deep.equal([
      {
        type: ["Evidence"],
        name: "AH-101 Foundations",
        narrative: "Final exam, passed on 2 March 2026. Edition 2026, 4.5 contact hours.",
        genre: "Course",
      },
      {
        type: ["Evidence"],
        name: "How it was earned",
        narrative: "Both courses are passed.\n  Passed: Final exam, on 2 March 2026.",
        genre: "Explanation",
      },
    ]);
    expect(JSON.stringify(badge)).not.to.match(/\b91\b/);
  });

  it("leaves steps out of the explanation that were not met", () => {
    const { explanation, evidence } = award();
    const step = { ...explanation.steps[0]!, nodeId: "b", state: "missing" as const };
    const withOpenStep = { ...explanation, steps: [...explanation.steps, step] };
    expect(evidenceOf({ explanation: withOpenStep, evidence })).to.deep.equal(
      evidenceOf({ explanation, evidence }),
    );
  });
});

describe("contact hours as credits", () => {
  it("never come as a fraction below 1, which JSON-LD libraries spell differently", () => {
    fc.assert(
      fc.property(fc.double(), (hours) => {
        const credits = creditHours(hours);
        if (credits === undefined) return !(hours >= 1) || !Number.isFinite(hours);
        return credits === hours && credits >= 1;
      }),
    );
  });
});

describe("the recipient's e-mail", () => {
  it("is recognised in any case and with spaces around, and no other is", () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.emailAddress(), fc.string(), (email, other, salt) => {
        const identity = emailIdentity(email, salt);
        expect(isEmailOf(identity, ` ${email.toUpperCase()} `)).to.equal(true);
        if (email.toLowerCase() !== other.toLowerCase()) {
          expect(isEmailOf(identity, other)).to.equal(false);
        }
      }),
    );
  });

  it("is recognised when another issuer hashed it as it was typed, or left it in clear", () => {
    const hash = createHash("sha256").update("Noor@Example.eduabc").digest("hex");
    const identity = {
      type: "IdentityObject" as const,
      identityType: "emailAddress",
      identityHash: `sha256$${hash}`,
      hashed: true,
      salt: "abc",
    };
    expect(isEmailOf(identity, "Noor@Example.edu")).to.equal(true);
    const inClear = { ...identity, hashed: false, identityHash: "noor@example.edu" };
    expect(isEmailOf(inClear, "Noor@Example.edu")).to.equal(true);
    expect(isEmailOf({ ...inClear, identityType: "name" }, "noor@example.edu")).to.equal(false);
  });
});
