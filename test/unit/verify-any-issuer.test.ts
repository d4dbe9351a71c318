import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { signDataIntegrity } from "../../src/signing/data-integrity.js";
import { createForeignCanonicaliser } from "../../src/signing/foreign-canonicaliser.js";
import { ed25519Multibase } from "../../src/signing/multikey.js";
import { signVcJwt } from "../../src/signing/sign-vc-jwt.js";
import { checkPresented } from "../../src/verification/check-presented.js";
import type { FetchedDocument } from "../../src/verification/fetch-document.js";
import { createIssuers, didWebUrl } from "../../src/verification/issuer-directory.js";
import { addresses, createMemoryNeeds, NOW } from "../support/credential-fixtures.js";

type Json = Record<string, unknown>;

const did = "did:web:academy.example.org:issuers:7";
const didUrl = "https://academy.example.org/issuers/7/did.json";
const listUrl = "https://academy.example.org/status/1";

const keyPair = (): { url: string; privateKey: KeyObject; publicKey: KeyObject } => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { url: `${did}#ed`, privateKey, publicKey };
};
const ed = keyPair();
const es = { ...generateKeyPairSync("ec", { namedCurve: "P-256" }), url: `${did}#es` };

const didDocument = {
  id: did,
  verificationMethod: [
    {
      ...{ id: "#ed", type: "Multikey", controller: did },
      publicKeyMultibase: ed25519Multibase(ed.publicKey.export({ format: "jwk" })),
    },
    {
      ...{ id: `${did}#es`, type: "JsonWebKey", controller: did },
      publicKeyJwk: es.publicKey.export({ format: "jwk" }),
    },
    {
      ...{ id: `${did}#login`, type: "Multikey", controller: did },
      publicKeyMultibase: ed25519Multibase(ed.publicKey.export({ format: "jwk" })),
    },
  ],
  assertionMethod: ["#ed", `${did}#es`],
};

const badge = (changes: Json = {}) => ({
  "@context": [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
  ],
  id: "https://academy.example.org/badges/1",
  type: ["VerifiableCredential", "OpenBadgeCredential"],
  issuer: { id: did, type: ["Profile"], name: "Academy" },
  validFrom: "2026-01-02T03:04:05Z",
  name: "Teamwork",
  credentialSubject: {
    id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab",
    type: ["AchievementSubject"],
    achievement: {
      id: "https://academy.example.org/achievements/1",
      type: ["Achievement"],
      name: "Teamwork",
      description: "Works with others.",
      criteria: { narrative: "Be named by three colleagues." },
    },
  },
  ...changes,
});

const created = "2026-01-02T03:04:05Z";
const seal = async (document: { "@context": unknown }, key = ed) =>
  await signDataIntegrity(document, key, { canonicalise: canonicalForm, created });

const statusEntry = (purpose: string, index: number) => ({
  ...{ id: `${listUrl}/${purpose}#${index}`, type: "BitstringStatusListEntry" },
  ...{ statusPurpose: purpose, statusListIndex: String(index) },
  statusListCredential: `${listUrl}/${purpose}`,
});

async function statusList(purpose: string, set: number[], changes: Json = {}) {
  const bits = Buffer.alloc(16_384);
  for (const index of set) bits[index >> 3]! |= 0x80 >> (index & 7);
  const encodedList = `u${gzipSync(bits).toString("base64url")}`;
  const list = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    ...{ id: `${listUrl}/${purpose}`, issuer: did, validFrom: created },
    type: ["VerifiableCredential", "BitstringStatusListCredential"],
    credentialSubject: {
      ...{ id: `${listUrl}/${purpose}#list`, type: "BitstringStatusList" },
      ...{ statusPurpose: purpose, encodedList },
    },
    ...changes,
  };
  return JSON.stringify(await seal(list));
}

describe("verifying a credential of another issuer", () => {
  const web = new Map<string, string>();
  const asked: string[] = [];
  const foreign = createForeignCanonicaliser();
  const fetchDocument = async (url: string): Promise<FetchedDocument> => {
    asked.push(url);
    const text = web.get(url);
    if (text === undefined) return { kind: "absent" };
    try {
      return { kind: "json", json: JSON.parse(text) as unknown, text };
    } catch {
      return { kind: "text", text };
    }
  };
  const { needs } = createMemoryNeeds();
  const verifyNeeds = {
    ...{ addresses, fetchDocument, canonicalise: foreign.canonicalise, now: () => NOW },
    issuers: createIssuers({ ...needs, fetchDocument }),
    credentials: needs.credentials,
    getLearnerRecord: needs.getLearnerRecord,
  };

  async function verdictOf(presented: string | object): Promise<Record<string, string>> {
    const text = typeof presented === "string" ? presented : JSON.stringify(presented);
    const outcome = await checkPresented(verifyNeeds, { text, recipient: undefined });
    if (outcome.kind !== "checked") throw new Error(outcome.kind);
    const { verdict, checks } = outcome.report;
    for (const { sentence } of checks) expect(sentence).to.match(/^[A-Z][^\n]+\.$/);
    return { verdict, ...Object.fromEntries(checks.map((each) => [each.name, each.outcome])) };
  }

  beforeEach(async () => {
    web.clear();
    asked.length = 0;
    web.set(didUrl, JSON.stringify(didDocument));
    web.set(`${listUrl}/revocation`, await statusList("revocation", [5, 700]));
    web.set(`${listUrl}/suspension`, await statusList("suspension", [6]));
  });

  after(async () => {
    await foreign.stop();
  });

  /** A learner record of this issuer that holds these credentials. */
  async function checkRecord(...held: unknown[]) {
    const record = {
      ...badge(),
      "@context": [
        ...badge()["@context"],
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
      ],
      type: ["VerifiableCredential", "ClrCredential"],
      credentialSubject: {
        id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab",
        type: ["ClrSubject"],
        verifiableCredential: held,
      },
    };
    const text = signVcJwt(record, "ES256", es);
    const outcome = await checkPresented(verifyNeeds, { text, recipient: undefined });
    if (outcome.kind !== "checked") throw new Error(outcome.kind);
    const { report, contents = [] } = outcome;
    return {
      verdict: report.verdict,
      contents: contents.map((one) => one.report.verdict),
      sentence: report.checks.find(({ name }) => name === "contents")?.sentence,
      record: text,
    };
  }

  it("checks each credential in a learner record, whatever form it has", async () => {
    const jwt = signVcJwt(badge(), "ES256", es);
    const enveloped = {
      "@context": "https://www.w3.org/ns/credentials/v2",
      ...{ id: `data:application/vc+jwt,${jwt}`, type: "EnvelopedVerifiableCredential" },
    };
    expect(await checkRecord(await seal(badge()), jwt, enveloped)).to.deep.include({
      ...{ verdict: "valid", contents: ["valid", "valid", "valid"] },
      sentence: "Each of the 3 credentials in it is valid by itself.",
    });
  });

  const falling: [what: string, held: () => Promise<unknown>][] = [
    ["was changed", async () => ({ ...(await seal(badge())), name: "Leadership" })],
    ["is not signed", async () => badge()],
    ["has run out", async () => await seal(badge({ validUntil: "2026-01-03T00:00:00Z" }))],
    [
      "was withdrawn",
      async () => await seal(badge({ credentialStatus: statusEntry("revocation", 5) })),
    ],
    [
      "is on hold",
      async () => await seal(badge({ credentialStatus: statusEntry("suspension", 6) })),
    ],
    [
      "is another issuer's with this one's signature",
      async () =>
        await seal(badge({ issuer: { id: "did:web:other.example.org", type: ["Profile"] } })),
    ],
    ["is no credential", async () => 7],
    ["is nothing at all", async () => null],
  ];
  for (const [what, held] of falling) {
    it(`lets a learner record fall with one credential in it that ${what}`, async () => {
      web.set(
        "https://other.example.org/.well-known/did.json",
        JSON.stringify({ ...didDocument, id: "did:web:other.example.org" }),
      );
      const { verdict, contents, sentence } = await checkRecord(await seal(badge()), await held());
      expect(contents).to.deep.equal(["valid", "invalid"]);
      expect(verdict).to.equal("invalid");
      expect(sentence).to.equal("Of 2 credentials in it, 1 is not valid; see below.");
    });
  }

  it("does not know a record in a record, nor more credentials than it looks at", async () => {
    const { record } = await checkRecord(await seal(badge()));
    expect(await checkRecord(record)).to.deep.include({
      verdict: "unknown",
      contents: ["unknown"],
    });
    const many = await checkRecord(
      ...Array.from({ length: 60 }, () => signVcJwt(badge(), "ES256", es)),
    );
    expect(many.verdict).to.equal("unknown");
    expect(many.sentence).to.equal("Of 60 credentials in it, 10 are not settled; see below.");
  });

  it("asks each place once, and only so many, whatever a record asks for", async () => {
    const held = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        const issuer = { id: `did:web:host${at}.example.org`, type: ["Profile"] };
        return await seal(badge({ issuer }));
      }),
    );
    asked.length = 0;
    expect((await checkRecord(...held, ...held)).verdict).to.equal("invalid");
    expect(asked.length).to.equal(new Set(asked).size).and.to.be.below(30);
  });

  it("answers within five seconds when the places it names are slow or never answer", async function () {
    this.timeout(8000);
    const slow = {
      ...verifyNeeds,
      fetchDocument: async () => await new Promise<never>(() => undefined),
    };
    const started = performance.now();
    const text = signVcJwt(badge({ credentialStatus: statusEntry("revocation", 1) }), "ES256", es);
    const outcome = await checkPresented(slow, { text, recipient: undefined });
    expect(performance.now() - started).to.be.below(5000);
    expect(outcome.kind === "checked" && outcome.report.verdict).to.equal("unknown");
  });

  it("finds Data Integrity and VC-JWT right with the keys at the issuer's place", async () => {
    expect(await verdictOf(await seal(badge()))).to.include({ verdict: "valid" });
    expect(await verdictOf(signVcJwt(badge(), "ES256", es))).to.include({ verdict: "valid" });
    expect(new Set(asked)).to.deep.equal(new Set([didUrl]));
  });

  it("finds it by its address, as JSON and as JWT", async () => {
    web.set("https://academy.example.org/b/1", JSON.stringify(await seal(badge())));
    web.set("https://academy.example.org/b/2", signVcJwt(badge(), "ES256", es));
    for (const number of [1, 2]) {
      const verdict = await verdictOf(`https://academy.example.org/b/${number}`);
      expect(verdict).to.include({ verdict: "valid" });
    }
    expect(await verdictOf("https://academy.example.org/b/3")).to.include({ verdict: "unknown" });
  });

  it("believes an issuer that is its own key (did:key)", async () => {
    const multibase = ed25519Multibase(ed.publicKey.export({ format: "jwk" }));
    const id = `did:key:${multibase}`;
    const own = badge({ issuer: { id, type: ["Profile"], name: "Key" } });
    const key = { ...ed, url: `${id}#${multibase}` };
    expect(await verdictOf(await seal(own, key))).to.include({ verdict: "valid" });
    const stranger = { ...keyPair(), url: key.url };
    expect(await verdictOf(await seal(own, stranger))).to.include({ proof: "invalid" });
  });

  it("believes an issuer that is a web address when its key is of the same origin", async () => {
    const id = "https://academy.example.org/issuers/7";
    const own = badge({ issuer: { id, type: ["Profile"], name: "Web" } });
    const jwk = JSON.stringify(es.publicKey.export({ format: "jwk" }));
    web.set("https://academy.example.org/keys/1", jwk);
    web.set("https://evil.example.org/keys/1", jwk);
    const signed = (url: string) => signVcJwt(own, "ES256", { ...es, url });
    expect(await verdictOf(signed("https://academy.example.org/keys/1"))).to.include({
      verdict: "valid",
    });
    expect(await verdictOf(signed("https://evil.example.org/keys/1"))).to.include({
      verdict: "unknown",
      "issuer-key": "unknown",
    });
    expect(asked).not.to.include("https://evil.example.org/keys/1");
  });

  const tampered: [what: string, make: () => Promise<object | string>, caughtBy: string][] = [
    ["a name was changed", async () => ({ ...(await seal(badge())), name: "Leadership" }), "proof"],
    [
      "an achievement was put in place of another",
      async () => {
        const { credentialSubject } = badge();
        const achievement = { ...credentialSubject.achievement, name: "Surgery" };
        return {
          ...(await seal(badge())),
          credentialSubject: { ...credentialSubject, achievement },
        };
      },
      "proof",
    ],
    [
      "the subject was put in place of another",
      async () => ({
        ...(await seal(badge())),
        credentialSubject: { ...badge().credentialSubject, id: "urn:uuid:other" },
      }),
      "proof",
    ],
    [
      "an end was added",
      async () => ({ ...(await seal(badge())), validUntil: "2099-01-01T00:00:00Z" }),
      "proof",
    ],
    [
      "something was added that no vocabulary defines",
      async () => ({ ...(await seal(badge())), honours: "summa cum laude" }),
      "proof",
    ],
    [
      "its beginning was moved",
      async () => ({ ...(await seal(badge())), validFrom: "2020-01-01T00:00:00Z" }),
      "proof",
    ],
    [
      "the proof's date was changed",
      async () => {
        const signed = await seal(badge());
        return { ...signed, proof: [{ ...signed.proof[0], created: "2025-01-01T00:00:00Z" }] };
      },
      "proof",
    ],
    [
      "the proof of another credential was put in",
      async () => ({
        ...(await seal(badge())),
        proof: (await seal(badge({ name: "Other" }))).proof,
      }),
      "proof",
    ],
    [
      "a stranger signed it",
      async () => await seal(badge(), { ...keyPair(), url: ed.url }),
      "proof",
    ],
    [
      "the proof says another purpose",
      async () => {
        const signed = await seal(badge());
        return { ...signed, proof: { ...signed.proof[0], proofPurpose: "authentication" } };
      },
      "proof",
    ],
    [
      "the proof is of another kind",
      async () => {
        const signed = await seal(badge());
        return { ...signed, proof: { ...signed.proof[0], cryptosuite: "none" } };
      },
      "proof",
    ],
    [
      "the proof was cut short",
      async () => {
        const signed = await seal(badge());
        const [proof] = signed.proof;
        return { ...signed, proof: { ...proof, proofValue: proof.proofValue.slice(0, -4) } };
      },
      "proof",
    ],
    [
      "the key is spelled in the fragment and nowhere else",
      async () => {
        const stranger = keyPair();
        const fragment = ed25519Multibase(stranger.publicKey.export({ format: "jwk" }));
        return await seal(badge(), { ...stranger, url: `${did}#${fragment}` });
      },
      "issuer-key",
    ],
    [
      "the key is the issuer's, but not for credentials",
      async () => await seal(badge(), { ...ed, url: `${did}#login` }),
      "issuer-key",
    ],
    [
      "the key is another issuer's",
      async () => await seal(badge(), { ...ed, url: "did:web:evil.example.org#ed" }),
      "issuer-key",
    ],
    ["there is no proof", async () => badge(), "syntax"],
    [
      "it is not valid yet",
      async () => await seal(badge({ validFrom: "2030-01-01T00:00:00Z" })),
      "dates",
    ],
    [
      "it has run out",
      async () => await seal(badge({ validUntil: "2026-02-01T00:00:00Z" })),
      "dates",
    ],
    [
      "it is revoked",
      async () => await seal(badge({ credentialStatus: statusEntry("revocation", 700) })),
      "status",
    ],
    [
      "it is suspended",
      async () =>
        await seal(
          badge({ credentialStatus: [statusEntry("revocation", 6), statusEntry("suspension", 6)] }),
        ),
      "status",
    ],
  ];
  for (const [what, make, caughtBy] of tampered) {
    it(`refuses one when ${what}, and names the check (${caughtBy})`, async () => {
      const verdict = await verdictOf(await make());
      expect(verdict).to.include({ verdict: "invalid", [caughtBy]: "invalid" });
    });
  }

  const lists: [what: string, list: () => Promise<string | undefined>][] = [
    ["is not there", async () => undefined],
    [
      "is another issuer's",
      async () => await statusList("revocation", [], { issuer: "did:web:x" }),
    ],
    ["is for another purpose", async () => await statusList("suspension", [])],
    ["has run out", async () => await statusList("revocation", [], { validUntil: created })],
    [
      "was changed after it was signed",
      async () => (await statusList("revocation", [9])).replace(created, "2026-01-02T03:04:06Z"),
    ],
    ["is not signed", async () => JSON.stringify({ issuer: did })],
    ["is no list at all", async () => "nothing"],
  ];
  for (const [what, list] of lists) {
    it(`does not know the status when the list ${what}`, async () => {
      const text = await list();
      const url = `${listUrl}/revocation`;
      if (text === undefined) web.delete(url);
      else web.set(url, text);
      const one = await seal(badge({ credentialStatus: statusEntry("revocation", 1) }));
      expect(await verdictOf(one)).to.include({ verdict: "unknown", status: "unknown" });
    });
  }

  it("does not know one whose vocabulary it does not carry, and fetches none", async () => {
    const context = [...badge()["@context"], "https://evil.example.org/context.json"];
    const one = { ...(await seal(badge())), "@context": context };
    expect(await verdictOf(one)).to.include({ verdict: "unknown", proof: "unknown" });
    expect(asked).to.deep.equal([didUrl]);
  });

  it("refuses within seconds what is built to take for ever or all memory", async function () {
    this.timeout(20_000);
    const nested = `{"a":${"[".repeat(90_000)}${"]".repeat(90_000)}}`;
    expect(await verdictOf(nested)).to.include({ syntax: "invalid" });
    expect(await verdictOf(`{"a":"${"x".repeat(300_000)}"}`)).to.include({ syntax: "invalid" });
    // Blank nodes that only their neighbours tell apart: the algorithm tries every order of them.
    const ring = Array.from({ length: 40 }, (_, at) => ({
      ...{ id: `_:n${at}`, type: "Evidence" },
      evidence: Array.from({ length: 40 }, (_unused, to) => ({ id: `_:n${to}` })),
    }));
    const started = performance.now();
    const poisoned = { ...(await seal(badge())), evidence: ring };
    expect(await verdictOf(poisoned)).to.include({ verdict: "invalid", proof: "invalid" });
    expect(performance.now() - started).to.be.below(15_000);
    expect(await verdictOf(await seal(badge())), "the next one").to.include({ verdict: "valid" });
  });

  it("asks a did:web where its method says, and nowhere else", () => {
    expect(didWebUrl("did:web:a.example")).to.equal("https://a.example/.well-known/did.json");
    expect(didWebUrl("did:web:a.example%3A8443:b:c")).to.equal(
      "https://a.example:8443/b/c/did.json",
    );
    for (const text of [
      "did:web:a/b",
      "did:web:a@b",
      "did:web:a:..%2f/x",
      "did:web:",
      "did:key:z6",
    ]) {
      expect(didWebUrl(text), text).to.equal(undefined);
    }
  });
});
