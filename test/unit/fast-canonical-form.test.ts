import { randomUUID } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import type { Award } from "../../src/awards/award.js";
import { composeOpenBadge } from "../../src/credentials/open-badge.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { compileTemplate, fillTemplate } from "../../src/signing/canonical-template.js";
import { createFastCanonicaliser } from "../../src/signing/fast-canonical-form.js";
import { addresses, award, organisation, trackVersion } from "../support/credential-fixtures.js";

const contexts = [
  "https://www.w3.org/ns/credentials/v2",
  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

/** Names as people have them, and as tests have them: scripts, marks, controls, quotes, emoji. */
const anyName = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "Noor van Dijk",
    "Αλεξάνδρα Παπαδοπούλου",
    "Владимир «Вова» Иванов",
    "محمد بن عبد الله",
    "אביגיל",
    "王小明",
    "नीलम्",
    "Zoë 👩🏽‍⚕️",
    'O"Brien \\ Sons',
    "a\tb\nc\rd\u0000\u007f\u0085\u2028",
    "<script>",
    "_:c14n0",
    "@id",
    "slot-sentinel-0-of-a-template",
    "",
  ),
);

const anyMoment = fc.date({
  min: new Date("1990-01-01"),
  max: new Date("2200-01-01"),
  noInvalidDate: true,
});

const anyEvidence = fc.record({
  courseCode: fc.string({ maxLength: 8 }),
  courseTitle: anyName,
  courseVersion: fc.constantFrom("2025", "2026"),
  examTitle: anyName,
  contactHours: fc.constantFrom(0.5, 1, 8.25, 40),
  passedAt: anyMoment,
  factId: fc.constant("f"),
});

const anyBadge = fc
  .record({
    name: anyName,
    email: fc.option(fc.emailAddress(), { nil: undefined }),
    salt: fc.string({ maxLength: 32 }),
    holderId: fc.constantFrom(
      ...[undefined, "did:web:example.org", "did:key:z6Mkx", "did:jwk:eyJ", "did:slot:a"],
      ...["https://example.org/~a", "https://example.org/a'b!(c)"],
    ),
    awardedAt: anyMoment,
    evidence: fc.array(anyEvidence, { maxLength: 4 }),
    contactHours: fc.constantFrom(0, 0.5, 1, 7.25, 100),
    developmentPoints: fc.constantFrom(undefined, 0, 12.5),
    withCompetencies: fc.boolean(),
    description: fc.constantFrom("Handles patients safely.", "Zeile 1\nZeile 2 „gut“"),
  })
  .map((given) => {
    const changes: Partial<Award> = { awardedAt: given.awardedAt, evidence: given.evidence };
    const { contactHours, developmentPoints, description } = given;
    const track = trackVersion({
      ...{ contactHours, developmentPoints, description },
      ...(given.withCompetencies ? {} : { competencies: [] }),
    });
    return composeOpenBadge(addresses, {
      ...{ credentialId: randomUUID(), award: award(changes), track, organisation },
      statusPlace: { listId: randomUUID(), index: given.evidence.length },
      recipient: { ...given },
    });
  });

describe("the fast canonical form", () => {
  it("is byte for byte the reference library's, whatever the name, the dates and the fields", async function () {
    this.timeout(60_000);
    const fast = createFastCanonicaliser();
    await fc.assert(
      fc.asyncProperty(anyBadge, async (badge) => {
        expect(await fast(badge)).to.equal(await canonicalForm(badge));
      }),
      { numRuns: 60 },
    );
  });

  const oddities: [what: string, document: object][] = [
    [
      "two pieces of evidence are the same",
      { evidence: [1, 2].map(() => ({ type: ["Evidence"], name: "A" })) },
    ],
    ["an id is no plain address", { id: "urn:isbn:9780", evidence: [] }],
    ["an id has a space in it", { id: "https://example.org/a b" }],
    ["a date is a number", { validFrom: "7" }],
    [
      "two ids are the same",
      { id: "urn:uuid:1", credentialSubject: { id: "urn:uuid:1", type: "AchievementSubject" } },
    ],
    ["a value is in a language", { name: { "@value": "Nom", "@language": "fr" } }],
    ["lists are within lists", { evidence: [[{ type: "Evidence", name: "A" }], []] }],
    ["a slot is given twice", { evidence: [{ type: "Evidence", name: ["A", "B", "A"] }] }],
    ["a surrogate is alone", { evidence: [{ type: "Evidence", name: "a\ud800" }] }],
  ];
  for (const [what, parts] of oddities) {
    it(`is the library's where ${what}`, async () => {
      const document = { "@context": contexts, type: "VerifiableCredential", ...parts };
      const outcome = async (make: (document: object) => Promise<string>) =>
        await make(document).catch((error: unknown) => (error as Error).name);
      const expected = await outcome(canonicalForm);
      const fast = createFastCanonicaliser();
      expect(await outcome(fast)).to.equal(expected);
      expect(await outcome(fast), "the second time").to.equal(expected);
    });
  }

  it("fills in, and so is not the long way in disguise", async () => {
    const line = '_:b0 <urn:p> "slot" .\n<urn:iri> <urn:q> _:b0 .\n';
    const slots = [
      { sentinel: "slot", kind: "literal" as const },
      { sentinel: "urn:iri", kind: "iri" as const },
    ];
    const template = compileTemplate(line, slots)!;
    expect(fillTemplate(template, ['a"b', "urn:x"])).to.equal(
      '<urn:x> <urn:q> _:c14n0 .\n_:c14n0 <urn:p> "a\\"b" .\n',
    );
    expect(compileTemplate(line.replace("slot", "slotted"), slots)).to.equal(undefined);
    expect(compileTemplate(line, [{ sentinel: "slot", kind: "iri" }])).to.equal(undefined);
  });
});
