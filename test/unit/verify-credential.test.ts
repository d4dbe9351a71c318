import { createHmac } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { CompactSign, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { parseCompactJws } from "../../src/signing/compact-jws.js";
import type { CredentialStatus } from "../../src/status-lists/status-list.js";
import { issuerKeyPurpose } from "../../src/issuers/issuer-key.js";
import type { DidDocument } from "../../src/issuers/issuer.js";
import { makeIssuerKey } from "../../src/issuers/make-issuer-key.js";
import { findBoundKey } from "../../src/verification/bound-key.js";
import { checkPresented } from "../../src/verification/check-presented.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import type { FetchDocument } from "../../src/verification/fetch-document.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import {
  type Check,
  type CheckOutcome,
  reportOf,
} from "../../src/verification/verification-report.js";
import { verifyCredential } from "../../src/verification/verify-credential.js";
import {
  addresses,
  createMemoryNeeds,
  issueCredential,
  NOW,
  organisation,
} from "../support/credential-fixtures.js";

type Json = Record<string, unknown>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Nothing outside answers here; see verify-any-issuer.test.ts. */
const fetchDocument: FetchDocument = async () => ({ kind: "unreachable" });

async function issueOne() {
  const memoryNeeds = createMemoryNeeds();
  const { needs, memory, award } = memoryNeeds;
  await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
  const verifyNeeds = {
    addresses,
    issuers: createIssuers({ ...needs, fetchDocument }),
    credentials: needs.credentials,
    canonicalise: canonicalForm,
    fetchDocument,
    getLearnerRecord: needs.getLearnerRecord,
    now: () => NOW,
  };
  const [credential] = memory.credentials;
  const { jwtRs256: jwt } = credential!.forms;
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const key = memory.keys.find(({ algorithm }) => algorithm === "RS256")!;
  const { header: headerJson, payload: payloadJson } = parseCompactJws(jwt)!;
  const privateJwk = JSON.parse(
    needs.sealedBox.open(key.sealedPrivateJwk, issuerKeyPurpose(key)),
  ) as JWK;
  /** Signs changed content with the issuer's own key, or with another one. */
  const resign = async (changes: { header?: Json; payload?: Json; key?: JWK }) =>
    await new CompactSign(Buffer.from(JSON.stringify({ ...payloadJson, ...changes.payload })))
      .setProtectedHeader({ alg: "RS256", ...headerJson, ...changes.header })
      .sign(await importJWK(changes.key ?? privateJwk, "RS256"));
  return {
    ...memoryNeeds,
    verifyNeeds,
    jwt,
    publicJwk: key.publicJwk,
    stored: credential!,
    parts: { header, payload, signature },
    headerJson,
    payloadJson,
    resign,
  };
}

type Issued = Awaited<ReturnType<typeof issueOne>>;

const outcomes = (checks: readonly Check[]): Record<string, CheckOutcome> =>
  Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));

const allValid = {
  syntax: "valid",
  proof: "valid",
  "issuer-key": "valid",
  status: "valid",
  dates: "valid",
};

describe("verifying a credential", () => {
  let issued: Issued;
  let stranger: JWK;
  let strangerPublic: JWK;

  before(async () => {
    issued = await issueOne();
    const pair = await generateKeyPair("RS256", { extractable: true });
    stranger = await exportJWK(pair.privateKey);
    strangerPublic = await exportJWK(pair.publicKey);
  });

  const verify = async (jwt: string, recipient?: string) =>
    (await verifyCredential(issued.verifyNeeds, { text: jwt, recipient })).report;

  it("finds nothing wrong with one as it was issued", async () => {
    const report = await verify(issued.jwt);
    expect(report.verdict).to.equal("valid");
    expect(outcomes(report.checks)).to.deep.equal(allValid);
  });

  it("says every check in one sentence", async () => {
    const { checks } = await verify(issued.jwt, "noor@example.edu");
    for (const { sentence } of checks) expect(sentence).to.match(/^[A-Z][^\n]+\.$/);
  });

  it("still accepts what an older key signed after a new one was added", async () => {
    const { needs, verifyNeeds, jwt } = issued;
    const list = async () => [
      ...(await needs.issuerKeys.list(organisation.id)),
      await makeIssuerKey(needs, {
        issuerId: organisation.id,
        algorithm: "RS256",
        number: 2,
      }),
    ];
    const issuers = createIssuers({ addresses, issuerKeys: { list }, fetchDocument });
    const { report } = await verifyCredential({ ...verifyNeeds, issuers }, { text: jwt });
    expect(report.verdict).to.equal("valid");
  });

  it("asks anew for a key that another process has added since keys were remembered", async () => {
    const { needs, verifyNeeds, jwt } = issued;
    const { list } = needs.issuerKeys;
    const issuers = createIssuers({
      ...{ addresses, fetchDocument },
      issuerKeys: { list, recall: async () => await Promise.resolve([]) },
    });
    const { report } = await verifyCredential({ ...verifyNeeds, issuers }, { text: jwt });
    expect(report.verdict).to.equal("valid");
  });

  const changedName = (payload: Json): Json => {
    const copy = structuredClone(payload) as {
      credentialSubject: { identifier: { identityHash: string }[] };
    };
    copy.credentialSubject.identifier[0]!.identityHash = "Someone Else";
    return copy;
  };

  /** How a credential is tampered with, and the check that must catch it. */
  const tampered: [what: string, make: () => Promise<string> | string, caughtBy: string][] = [
    [
      "the name in it was changed",
      () => {
        const { header, signature } = issued.parts;
        return `${header}.${encode(changedName(issued.payloadJson))}.${signature}`;
      },
      "proof",
    ],
    [
      "one bit of the signature was changed",
      () => {
        const { header, payload, signature } = issued.parts;
        const bytes = Buffer.from(signature, "base64url");
        bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
        return `${header}.${payload}.${bytes.toString("base64url")}`;
      },
      "proof",
    ],
    ["the signature was cut off", () => `${issued.parts.header}.${issued.parts.payload}.`, "proof"],
    [
      "it says alg none",
      () => `${encode({ ...issued.headerJson, alg: "none" })}.${issued.parts.payload}.`,
      "proof",
    ],
    [
      "the public key was used as an HMAC secret",
      () => {
        const signed = `${encode({ ...issued.headerJson, alg: "HS256" })}.${issued.parts.payload}`;
        const secret = JSON.stringify(issued.publicJwk);
        return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
      },
      "proof",
    ],
    [
      "it says another algorithm than the key's",
      () =>
        `${encode({ ...issued.headerJson, alg: "ES256" })}.${issued.parts.payload}.${issued.parts.signature}`,
      "proof",
    ],
    [
      "a stranger signed it under the issuer's key id",
      async () => await issued.resign({ key: stranger }),
      "proof",
    ],
    [
      "a stranger signed it and brought the key along beside the issuer's key id",
      async () => await issued.resign({ key: stranger, header: { jwk: strangerPublic } }),
      "proof",
    ],
    [
      "a stranger signed it and brought the key along without a key id",
      async () =>
        await issued.resign({ key: stranger, header: { jwk: strangerPublic, kid: undefined } }),
      "issuer-key",
    ],
    [
      "its key id is a fragment that the issuer's document does not hold",
      async () =>
        await issued.resign({ header: { kid: `${String(issued.payloadJson["iss"])}#other` } }),
      "issuer-key",
    ],
    [
      "its key id belongs to another issuer",
      async () => await issued.resign({ header: { kid: "did:web:evil.example.org#key" } }),
      "issuer-key",
    ],
    [
      "its header asks for an extension",
      () =>
        `${encode({ ...issued.headerJson, crit: ["x"], x: 1 })}.${issued.parts.payload}.${issued.parts.signature}`,
      "proof",
    ],
    [
      "the issuer in the envelope is another one",
      async () => await issued.resign({ payload: { iss: "did:web:evil.example.org" } }),
      "syntax",
    ],
    [
      "the subject in the envelope is another one",
      async () => await issued.resign({ payload: { sub: "urn:uuid:someone-else" } }),
      "syntax",
    ],
    [
      "the id in the envelope is another one",
      async () => await issued.resign({ payload: { jti: "https://example.org/1" } }),
      "syntax",
    ],
    [
      "the start in the envelope is another one",
      async () => await issued.resign({ payload: { nbf: 1 } }),
      "syntax",
    ],
    [
      "the envelope ends and the credential does not",
      async () => await issued.resign({ payload: { exp: 4_000_000_000 } }),
      "syntax",
    ],
    [
      "it is not valid yet",
      async () =>
        await issued.resign({
          payload: { validFrom: "2030-01-01T00:00:00Z", nbf: Date.UTC(2030, 0, 1) / 1000 },
        }),
      "dates",
    ],
    [
      "it has run out",
      async () =>
        await issued.resign({
          payload: { validUntil: "2026-03-04T00:00:00Z", exp: Date.UTC(2026, 2, 4) / 1000 },
        }),
      "dates",
    ],
    ["it is no JWT at all", () => "not a credential", "syntax"],
    [
      "it is a signed text of another kind",
      async () => await issued.resign({ payload: { type: ["VerifiableCredential"] } }),
      "syntax",
    ],
    [
      "its contexts are others",
      async () =>
        await issued.resign({ payload: { "@context": ["https://evil.example.org/context"] } }),
      "syntax",
    ],
    ["it is longer than a credential may be", () => "a".repeat(200_001), "syntax"],
    [
      "it nests a hundred thousand lists",
      () => `${issued.parts.header}.${Buffer.from("[".repeat(70_000)).toString("base64url")}.x`,
      "syntax",
    ],
  ];
  for (const [what, make, caughtBy] of tampered) {
    it(`refuses one when ${what}, and names the check (${caughtBy})`, async () => {
      const report = await verify(await make());
      expect(report.verdict).to.equal("invalid");
      expect(outcomes(report.checks)[caughtBy]).to.equal("invalid");
    });
  }

  it("refuses any single changed character", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(issued.jwt.length - 1),
        fc.constantFrom("a", "b", "X", "Z", "0", "9", "-", "_"),
        async (at, character) => {
          if (issued.jwt[at] === character) return;
          const changed = issued.jwt.slice(0, at) + character + issued.jwt.slice(at + 1);
          expect((await verify(changed)).verdict).to.equal("invalid");
        },
      ),
      { numRuns: 150 },
    );
  });

  it("accepts the issuer's own signature whatever key is brought along beside it", async () => {
    // The key in the header is not looked at, so it can do no harm either.
    const report = await verify(await issued.resign({ header: { jwk: strangerPublic } }));
    expect(report.verdict).to.equal("valid");
  });

  const statuses: [CredentialStatus, CheckOutcome][] = [
    ["active", "valid"],
    ["suspended", "invalid"],
    ["revoked", "invalid"],
  ];
  for (const [status, outcome] of statuses) {
    it(`finds the status of one that is ${status} ${outcome}`, async () => {
      const findById = async () => ({ ...issued.stored, status });
      const needs = { ...issued.verifyNeeds, credentials: { findById } };
      const { report } = await verifyCredential(needs, { text: issued.jwt });
      expect(outcomes(report.checks)).to.deep.equal({ ...allValid, status: outcome });
      expect(report.verdict).to.equal(outcome);
    });
  }

  it("does not know the status of one that this installation has no record of", async () => {
    const needs = { ...issued.verifyNeeds, credentials: { findById: async () => undefined } };
    const { report } = await verifyCredential(needs, { text: issued.jwt });
    expect(report.verdict).to.equal("unknown");
    expect(outcomes(report.checks)).to.deep.equal({ ...allValid, status: "unknown" });
  });

  it("does not know about another issuer's, and says why", async () => {
    const did = "did:web:other.example.org";
    const jwt = await issued.resign({
      payload: { iss: did, issuer: { id: did, type: ["Profile"], name: "Other" } },
    });
    const report = await verify(jwt);
    expect(report.verdict).to.equal("unknown");
    expect(outcomes(report.checks)).to.deep.equal({
      ...allValid,
      proof: "unknown",
      "issuer-key": "unknown",
      status: "unknown",
    });
    expect(report.checks.find(({ name }) => name === "issuer-key")?.sentence).to.contain(
      "does not answer with its keys",
    );
  });

  it("refuses an issuer of this installation that it does not know", async () => {
    const did = addresses.issuerDid("9e107d9d-372b-4c1e-8f0a-5d1c8a7b6e5f");
    const issuer = { id: did, type: ["Profile"], name: "Other" };
    const report = await verify(await issued.resign({ payload: { iss: did, issuer } }));
    expect(outcomes(report.checks)["issuer-key"]).to.equal("invalid");
  });

  const recipients: [email: string, CheckOutcome][] = [
    ["noor@example.edu", "valid"],
    ["NOOR@example.edu ", "valid"],
    ["someone@example.edu", "invalid"],
  ];
  for (const [email, outcome] of recipients) {
    it(`finds the recipient ${outcome} for ${email}`, async () => {
      const report = await verify(issued.jwt, email);
      expect(outcomes(report.checks)["recipient"]).to.equal(outcome);
    });
  }

  it("does not know the recipient of one without an e-mail address", async () => {
    const subject = structuredClone(issued.payloadJson["credentialSubject"]) as Json;
    subject["identifier"] = (subject["identifier"] as Json[]).slice(0, 1);
    const jwt = await issued.resign({ payload: { credentialSubject: subject } });
    expect(outcomes((await verify(jwt, "noor@example.edu")).checks)["recipient"]).to.equal(
      "unknown",
    );
  });

  describe("by what is handed in", () => {
    const present = async (text: string) =>
      await checkPresented(issued.verifyNeeds, { text, recipient: undefined });

    afterEach(() => {
      issued.stored.visibility = "private";
    });

    it("checks a shared one by its id and by each of its addresses", async () => {
      issued.stored.visibility = "link";
      const url = addresses.credentialUrl(issued.stored.id);
      for (const text of [issued.stored.id, url, ` ${url}.jwt `, `${url}.json`]) {
        const outcome = await present(text);
        expect(outcome.kind === "checked" && outcome.report.verdict).to.equal("valid");
      }
    });

    it("does not check a private one by its address, but does when it is handed in itself", async () => {
      const url = addresses.credentialUrl(issued.stored.id);
      expect((await present(url)).kind).to.equal("not-shared");
      const outcome = await present(issued.jwt);
      expect(outcome.kind === "checked" && outcome.report.verdict).to.equal("valid");
    });

    it("tells apart nothing, an unknown one and an address elsewhere", async () => {
      expect((await present("  ")).kind).to.equal("nothing-given");
      const unknown = addresses.credentialUrl("9e107d9d-372b-4c1e-8f0a-5d1c8a7b6e5f");
      expect((await present(unknown)).kind).to.equal("not-found");
      const elsewhere = await present("https://other.example.org/credentials/1");
      expect(elsewhere.kind === "checked" && elsewhere.report.verdict).to.equal("unknown");
    });
  });
});

describe("the key behind a signature", () => {
  const did = "did:web:example.org";
  const kid = `${did}#1`;
  const jwk = { kty: "RSA", n: "AQ", e: "AQAB" };
  const document = (
    method: Partial<DidDocument["verificationMethod"][number]> = {},
    assertionMethod = [kid],
  ): DidDocument => ({
    "@context": [],
    id: did,
    verificationMethod: [
      { id: kid, type: "JsonWebKey", controller: did, publicKeyJwk: jwk, ...method },
    ],
    assertionMethod,
  });
  const header = { alg: "RS256", kid };

  const cases: [what: string, DidDocument, kind: string][] = [
    ["is taken when the issuer signs credentials with it", document(), "bound"],
    ["is taken before it runs out", document({ expires: "2026-03-11T00:00:00Z" }), "bound"],
    [
      "is not taken once it has run out",
      document({ expires: "2026-03-10T00:00:00Z" }),
      "not-bound",
    ],
    [
      "is not taken once it was revoked",
      document({ revoked: "2020-01-01T00:00:00Z" }),
      "not-bound",
    ],
    ["is not taken when its end cannot be read", document({ revoked: "soon" }), "not-bound"],
    ["is not taken when it is there for other purposes only", document({}, []), "not-bound"],
    [
      "is not taken when someone else controls it",
      document({ controller: "did:web:evil.example.org" }),
      "not-bound",
    ],
    ["is not taken without its public part", document({ publicKeyJwk: undefined }), "not-bound"],
  ];
  for (const [what, issuerDocument, kind] of cases) {
    it(what, () => {
      expect(findBoundKey(header, issuerDocument, NOW).kind).to.equal(kind);
    });
  }
});

describe("a verification report", () => {
  const outcome = fc.constantFrom<CheckOutcome>("valid", "invalid", "unknown");
  it("is invalid with any fault, valid only when all is, and unknown else, in any order", () => {
    fc.assert(
      fc.property(fc.array(outcome), (given) => {
        const checks = given.map((each) => ({
          name: "proof" as const,
          outcome: each,
          sentence: "",
        }));
        const expected = given.includes("invalid")
          ? "invalid"
          : given.length > 0 && given.every((each) => each === "valid")
            ? "valid"
            : "unknown";
        expect(reportOf(checks).verdict).to.equal(expected);
      }),
    );
  });
});
