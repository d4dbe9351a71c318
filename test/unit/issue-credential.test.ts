import { createPublicKey, verify } from "node:crypto";
import { expect } from "chai";
import jsonwebtoken from "jsonwebtoken";
import { checkFrozenAddress } from "../../src/credentials/check-frozen-address.js";
import { parseCompactJws } from "../../src/signing/compact-jws.js";
import { credentialDocument } from "../../src/credentials/credential.js";
import { FrozenAddressError } from "../../src/credentials/frozen-address.js";
import type { IssuerKey } from "../../src/issuers/issuer-key.js";
import { issuerDidDocument } from "../../src/issuers/issuer.js";
import { createPublicAddresses } from "../../src/issuers/public-addresses.js";
import {
  addresses,
  createMemoryNeeds,
  issueCredential,
  learnerId,
  organisation,
} from "../support/credential-fixtures.js";

const aboutOf = (award: { id: string }) => ({
  organisationId: organisation.id,
  awardId: award.id,
});

const rsaKeyOf = (keys: readonly IssuerKey[]): IssuerKey =>
  keys.find(({ algorithm }) => algorithm === "RS256")!;

describe("issuing a credential", () => {
  it("makes a VC-JWT that jsonwebtoken verifies with the key in the DID document", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    const outcome = await issueCredential(needs, aboutOf(award));
    expect(outcome.kind).to.equal("issued");
    const [credential] = memory.credentials;
    const document = issuerDidDocument(addresses, organisation.id, memory.keys);
    const header = parseCompactJws(credential!.forms.jwtRs256)!.header;
    const { publicKeyJwk } = document.verificationMethod.find(({ id }) => id === header["kid"])!;
    expect(header).to.have.all.keys("alg", "kid", "typ").and.include({ alg: "RS256", typ: "JWT" });
    expect(document.assertionMethod).to.include(header["kid"]);
    const key = createPublicKey({ key: publicKeyJwk!, format: "jwk" });
    const claims = jsonwebtoken.verify(credential!.forms.jwtRs256, key, {
      algorithms: ["RS256"],
      issuer: document.id,
      subject: award.subjectUrn,
      jwtid: `${addresses.publicUrl}/credentials/${credential!.id}`,
    }) as Record<string, unknown>;
    expect(claims["nbf"]).to.equal(Date.parse("2026-03-03T16:20:10Z") / 1000);
    expect(claims).not.to.have.property("vc");
    expect(claims).to.deep.include(credentialDocument(credential!));
    expect(claims).to.have.all.keys(
      ...Object.keys(credentialDocument(credential!)),
      ...["iss", "jti", "nbf", "sub"],
    );
  });

  it("makes a signature that Node's own cryptography verifies", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, aboutOf(award));
    const [header, payload, signature] = memory.credentials[0]!.forms.jwtRs256.split(".");
    const key = createPublicKey({ key: rsaKeyOf(memory.keys).publicJwk, format: "jwk" });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify("RSA-SHA256", signed, key, Buffer.from(signature!, "base64url"))).to.equal(true);
  });

  it("keeps the private key sealed, for its own organisation and number alone", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, aboutOf(award));
    const key = rsaKeyOf(memory.keys);
    expect(key.publicJwk).to.have.all.keys("kty", "n", "e");
    expect(() =>
      needs.sealedBox.open(key.sealedPrivateJwk, `issuer-key:${organisation.id}:RS256:2`),
    ).to.throw();
  });

  it("keeps one credential when twenty ask at once, and tells all of them which", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => await issueCredential(needs, aboutOf(award))),
    );
    expect(memory.credentials).to.have.length(1);
    expect(memory.keys).to.have.length(3);
    expect(outcomes.filter(({ kind }) => kind === "issued")).to.have.length(1);
    const ids = new Set(
      outcomes.map((outcome) => "credentialId" in outcome && outcome.credentialId),
    );
    expect([...ids]).to.deep.equal([memory.credentials[0]!.id]);
  });

  it("sets the award straight when an earlier try ended before it could", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, aboutOf(award));
    memory.awardStates.length = 0;
    const again = await issueCredential(needs, aboutOf(award));
    expect(again.kind).to.equal("already-issued");
    expect(memory.awardStates).to.deep.equal(["issued"]);
  });

  for (const name of [undefined, "", "   "]) {
    it(`waits while the learner's name is ${JSON.stringify(name)}`, async () => {
      const { needs, memory, award } = createMemoryNeeds();
      memory.profiles[0]!.name = name;
      expect(await issueCredential(needs, aboutOf(award))).to.deep.equal({
        kind: "waiting-for-name",
      });
      expect(memory.credentials).to.be.empty;
      expect(memory.keys).to.be.empty;
      expect(memory.frozen).to.equal(undefined);
      expect(memory.awardStates).to.deep.equal(["needs-name"]);
    });
  }

  it("goes on when the name comes while the award is being set to wait", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    memory.profiles[0]!.name = undefined;
    const setCredentialStates = async ({ state }: { state: string }) => {
      memory.awardStates.push(state);
      memory.profiles[0]!.name = "Noor van Dijk";
    };
    const outcome = await issueCredential(
      { ...needs, awards: { ...needs.awards, setCredentialStates } },
      aboutOf(award),
    );
    expect(outcome.kind).to.equal("issued");
    expect(memory.awardStates).to.deep.equal(["needs-name", "issued"]);
  });

  it("takes the name from a joined account when the learner's own has none", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    const joined = { ...memory.accounts[0]!, id: "other", linkedTo: learnerId };
    memory.accounts.push(joined);
    memory.profiles = [
      { ...memory.profiles[0]!, name: undefined },
      { ...memory.profiles[0]!, id: "other", name: "N. van Dijk" },
    ];
    await issueCredential(needs, aboutOf(award));
    const { identifier } = credentialDocument(memory.credentials[0]!).credentialSubject;
    expect(identifier?.[0]?.identityHash).to.equal("N. van Dijk");
  });

  it("is private until its learner decides otherwise", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, aboutOf(award));
    expect(memory.credentials[0]).to.include({ visibility: "private", status: "active" });
  });

  it("stores nothing when the fresh signature does not verify", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    const list = async (issuerId: string) =>
      (await needs.issuerKeys.list(issuerId)).map((key) => {
        // Another public key than the private one that signs, as after a botched restore.
        const n = "u".repeat(342);
        return key.algorithm === "RS256" ? { ...key, publicJwk: { ...key.publicJwk, n } } : key;
      });
    let failure: unknown;
    await issueCredential(
      { ...needs, issuerKeys: { ...needs.issuerKeys, list } },
      aboutOf(award),
    ).catch((error: unknown) => (failure = error));
    expect(failure).to.be.instanceOf(Error);
    expect(memory.credentials).to.be.empty;
  });
});

describe("the address in credentials", () => {
  it("is frozen by the first issue, and another one is refused with what to do", async () => {
    const { needs, award } = createMemoryNeeds();
    await checkFrozenAddress(needs, "https://elsewhere.example.org");
    await issueCredential(needs, aboutOf(award));
    await checkFrozenAddress(needs, addresses.publicUrl);
    let failure: unknown;
    await checkFrozenAddress(needs, "https://elsewhere.example.org").catch(
      (error: unknown) => (failure = error),
    );
    expect(failure).to.be.instanceOf(FrozenAddressError);
    expect((failure as Error).message)
      .to.contain("PUBLIC_URL is https://elsewhere.example.org")
      .and.contain("Set PUBLIC_URL back to https://badges.example.org:8443");
  });

  it("stops a process that runs under another address from issuing", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    memory.frozen = { publicUrl: "https://first.example.org", frozenAt: new Date(0) };
    let failure: unknown;
    await issueCredential(needs, aboutOf(award)).catch((error: unknown) => (failure = error));
    expect(failure).to.be.instanceOf(FrozenAddressError);
    expect(memory.credentials).to.be.empty;
  });

  const cases = [
    ["https://badges.example.org", "did:web:badges.example.org:issuers:o1"],
    ["http://localhost:3000", "did:web:localhost%3A3000:issuers:o1"],
  ] as const;
  for (const [publicUrl, did] of cases) {
    it(`becomes ${did} for ${publicUrl}`, () => {
      const made = createPublicAddresses(publicUrl);
      expect(made.issuerDid("o1")).to.equal(did);
      expect(made.issuerIdOf(did)).to.equal("o1");
      expect(made.issuerIdOf("did:web:other.example.org:issuers:o1")).to.equal(undefined);
      for (const suffix of ["", ".jwt", ".json", "?a=b", "#top"]) {
        expect(made.credentialIdOf(`${publicUrl}/credentials/c1${suffix}`)).to.equal("c1");
      }
      expect(made.credentialIdOf("https://other.example.org/credentials/c1")).to.equal(undefined);
    });
  }
});
