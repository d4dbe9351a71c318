import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { base58 } from "@scure/base";
import { expect } from "chai";
import jsonld from "jsonld";
import { loadBundledContext } from "../../src/signing/bundled-contexts.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { isProofBy, signDataIntegrity } from "../../src/signing/data-integrity.js";
import { ed25519FromMultibase, ed25519Multibase } from "../../src/signing/multikey.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import { verifyCredential } from "../../src/verification/verify-credential.js";
import { addresses, createMemoryNeeds, NOW } from "../support/credential-fixtures.js";
import { eddsaRdfc2022, examplesContext } from "../vectors/w3c-eddsa-rdfc-2022.js";

type Json = Record<string, unknown>;

describe("W3C's vector for eddsa-rdfc-2022", () => {
  const { keyPair, combinedHash, signed } = eddsaRdfc2022;
  const { proof, ...document } = signed;
  const { proofValue, ...options } = proof;
  const publicJwk = ed25519FromMultibase(keyPair.publicKeyMultibase)!;

  /** As ours, with the one context more that the vector uses. */
  const canonicalise = async (given: object): Promise<string> =>
    await jsonld.canonize(given, {
      ...{ algorithm: "RDFC-1.0", format: "application/n-quads", safe: true, base: null },
      documentLoader: async (url: string) =>
        url === signed["@context"][1]
          ? { documentUrl: url, document: examplesContext }
          : await loadBundledContext(url),
    });
  /** Multicodec prefix of an Ed25519 private key, then its 32 octets. */
  const seed = base58.decode(keyPair.secretKeyMultibase.slice(1)).slice(2);
  const d = Buffer.from(seed).toString("base64url");
  const privateKey = createPrivateKey({ key: { ...publicJwk, d }, format: "jwk" });
  const publicKey = createPublicKey(privateKey);

  it("has the hashes that our canonical forms have", async () => {
    const forms = [
      await canonicalise({ "@context": document["@context"], ...options }),
      await canonicalise(document),
    ];
    const hashes = forms.map((form) => createHash("sha256").update(form).digest("hex"));
    expect(hashes.join("")).to.equal(combinedHash);
  });

  it("is what we sign with the same key, byte for byte", async () => {
    const key = { url: options.verificationMethod, privateKey, publicKey };
    const ours = await signDataIntegrity(document, key, { canonicalise, created: options.created });
    expect(ours.proof).to.deep.equal([{ ...options, proofValue }]);
  });

  it("verifies, and no longer when one letter of it is another", async () => {
    expect(await isProofBy({ document, proof }, publicJwk, canonicalise)).to.equal(true);
    for (const changed of [
      { ...document, name: "Alumni credential" },
      { ...document, validFrom: "2023-01-01T00:00:01Z" },
      { ...document, credentialSubject: { ...document.credentialSubject, id: "did:example:x" } },
    ]) {
      expect(await isProofBy({ document: changed, proof }, publicJwk, canonicalise)).to.equal(
        false,
      );
    }
    for (const other of [
      { ...proof, created: "2023-02-24T23:36:39Z" },
      { ...proof, proofPurpose: "authentication" },
      { ...proof, proofValue: proofValue.replace("z21E", "z21F") },
    ]) {
      expect(await isProofBy({ document, proof: other }, publicJwk, canonicalise)).to.equal(false);
    }
  });
});

/**
 * The cases of 1EdTech's public validator for Open Badges 3.0, one by one: their files say nothing
 * of a licence, so these were written from the rule that each of them breaks.
 */
describe("1EdTech's cases for Open Badges 3.0, by rule", () => {
  const pair = generateKeyPairSync("ed25519");
  const multibase = ed25519Multibase(pair.publicKey.export({ format: "jwk" }));
  const did = `did:key:${multibase}`;
  const url = `${did}#${multibase}`;
  const fetchDocument = async () => ({ kind: "absent" as const });
  const { needs } = createMemoryNeeds();
  const verifyNeeds = {
    ...{ addresses, fetchDocument, canonicalise: canonicalForm, now: () => NOW },
    issuers: createIssuers({ ...needs, fetchDocument }),
    credentials: needs.credentials,
  };

  const achievement = {
    ...{ id: "urn:uuid:bd6d9316-f7ae-4073-a1e5-2f7f5bd22922", type: ["Achievement"] },
    ...{ name: "Bandaging", description: "Bandages a limb.", criteria: { narrative: "Show it." } },
  };
  const nobody = { type: ["AchievementSubject"], achievement };
  const subject = { id: "did:example:holder", ...nobody };
  const badge = (changes: Json = {}): Json & { "@context": unknown } => ({
    "@context": [
      "https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
      "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ],
    ...{ id: "http://example.com/credentials/1", name: "Bandaging" },
    type: ["VerifiableCredential", "OpenBadgeCredential"],
    issuer: { id: did, type: ["Profile"], name: "Clinic" },
    validFrom: "2024-01-01T00:00:00Z",
    credentialSubject: subject,
    ...changes,
  });
  const created = "2024-01-01T00:00:00Z";
  const seal = async (document: Json & { "@context": unknown }, canonicalise = canonicalForm) =>
    await signDataIntegrity(document, { ...pair, url }, { canonicalise, created });
  const check = async (document: object) => {
    const text = JSON.stringify(document);
    const { report } = await verifyCredential(verifyNeeds, { text });
    const outcomes = report.checks.map(({ name, outcome }) => [name, outcome] as const);
    return { verdict: report.verdict, ...Object.fromEntries(outcomes) };
  };
  /** Signed although its vocabularies do not know it all: only our reading may refuse it. */
  const lax = async (document: object): Promise<string> => {
    return await jsonld.canonize(document, {
      ...{ algorithm: "RDFC-1.0", format: "application/n-quads", safe: false, base: null },
      documentLoader: loadBundledContext,
    });
  };

  const right: [what: string, document: () => Json & { "@context": unknown }][] = [
    ["a simple one", () => badge()],
    [
      "one by its other type",
      () => badge({ type: ["VerifiableCredential", "AchievementCredential"] }),
    ],
    ["an issuer that is an address alone", () => badge({ issuer: did })],
    ["an end to come", () => badge({ validUntil: "2030-01-01T00:00:00Z" })],
    [
      "a holder known by an identifier alone",
      () => {
        const identity = { type: "IdentityObject", identityType: "emailAddress", hashed: false };
        const identifier = [{ ...identity, identityHash: "a@example.org" }];
        return badge({ credentialSubject: { ...nobody, identifier } });
      },
    ],
    [
      "a schema that it names",
      () =>
        badge({
          credentialSchema: [
            {
              id: "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
              type: "1EdTechJsonSchemaValidator2019",
            },
          ],
        }),
    ],
  ];
  for (const [what, document] of right) {
    it(`finds ${what} right`, async () => {
      expect(await check(await seal(document()))).to.include({ verdict: "valid" });
    });
  }

  it("finds one of several proofs right, whatever the others are", async () => {
    const signed = await seal(badge());
    const bbs = { ...signed.proof[0], cryptosuite: "bbs-2023" };
    expect(await check({ ...signed, proof: [bbs, ...signed.proof] })).to.include({
      verdict: "valid",
    });
  });

  const without = (...names: string[]): Json & { "@context": unknown } =>
    Object.fromEntries(
      Object.entries(badge()).filter(([name]) => !names.includes(name)),
    ) as Json & {
      "@context": unknown;
    };
  const wrong: [what: string, document: () => Json & { "@context": unknown }, caughtBy: string][] =
    [
      [
        "no contexts of Open Badges",
        () => badge({ "@context": ["https://www.w3.org/ns/credentials/v2"] }),
        "syntax",
      ],
      [
        "the contexts in another order",
        () => badge({ "@context": (badge()["@context"] as string[]).toReversed() }),
        "syntax",
      ],
      ["no type of a badge", () => badge({ type: ["VerifiableCredential"] }), "syntax"],
      ["no issuer", () => without("issuer"), "syntax"],
      ["no id", () => without("id"), "syntax"],
      ["no start", () => without("validFrom"), "syntax"],
      ["no subject", () => without("credentialSubject"), "syntax"],
      ["a subject that is nobody", () => badge({ credentialSubject: nobody }), "syntax"],
      [
        "a subject of another type",
        () => badge({ credentialSubject: { ...subject, type: ["Person"] } }),
        "syntax",
      ],
      [
        "an achievement of another type",
        () =>
          badge({
            credentialSubject: { ...subject, achievement: { ...achievement, type: ["Thing"] } },
          }),
        "syntax",
      ],
      [
        "an achievement without criteria",
        () =>
          badge({
            credentialSubject: { ...subject, achievement: { ...achievement, criteria: {} } },
          }),
        "syntax",
      ],
      [
        "an identifier that is no identity",
        () => badge({ credentialSubject: { ...subject, identifier: [{ type: "Thing" }] } }),
        "syntax",
      ],
      ["a start to come", () => badge({ validFrom: "2040-01-01T00:00:00Z" }), "dates"],
      ["an end that has passed", () => badge({ validUntil: "2024-06-01T00:00:00Z" }), "dates"],
      ["a start that is no date", () => badge({ validFrom: "soon" }), "syntax"],
    ];
  for (const [what, document, caughtBy] of wrong) {
    it(`refuses one with ${what} (${caughtBy}), though it is signed`, async () => {
      const outcome = await check(await seal(document(), lax));
      expect(outcome).to.include({ verdict: "invalid", [caughtBy]: "invalid" });
    });
  }

  const proofs: [
    what: string,
    change: (proof: Json) => unknown,
    caughtBy: string,
    outcome: string,
  ][] = [
    ["no proof", () => undefined, "syntax", "invalid"],
    [
      "a proof value of another text",
      (proof) => ({ ...proof, proofValue: `z${"2".repeat(87)}` }),
      "proof",
      "invalid",
    ],
    [
      "a proof value in another base",
      (proof) => ({ ...proof, proofValue: "uAAAA" }),
      "proof",
      "invalid",
    ],
    [
      "a method of no scheme",
      (proof) => ({ ...proof, verificationMethod: multibase }),
      "issuer-key",
      "invalid",
    ],
    [
      "a method of a scheme nobody knows",
      (proof) => ({ ...proof, verificationMethod: `foo:bar#${multibase}` }),
      "issuer-key",
      "invalid",
    ],
    [
      "a method of another DID",
      (proof) => ({ ...proof, verificationMethod: `did:web:x.example#${multibase}` }),
      "issuer-key",
      "invalid",
    ],
    [
      "a proof that has run out",
      (proof) => ({ ...proof, expires: "2024-02-01T00:00:00Z" }),
      "proof",
      "invalid",
    ],
    [
      "a proof for another purpose",
      (proof) => ({ ...proof, proofPurpose: "authentication" }),
      "proof",
      "invalid",
    ],
    [
      "a proof of an older suite",
      (proof) => ({ ...proof, cryptosuite: "eddsa-2022" }),
      "proof",
      "invalid",
    ],
  ];
  for (const [what, change, caughtBy, outcome] of proofs) {
    it(`refuses one with ${what} (${caughtBy})`, async () => {
      const signed = await seal(badge());
      const proof = change({ ...signed.proof[0] });
      expect(await check({ ...signed, proof })).to.include({
        verdict: "invalid",
        [caughtBy]: outcome,
      });
    });
  }
});
