import { expect } from "chai";
import { compactVerify, importJWK } from "jose";
import { credentialDocument } from "../../src/credentials/credential.js";
import { issuerDidDocument } from "../../src/issuers/issuer.js";
import {
  addresses,
  createMemoryNeeds,
  issueCredential,
  organisation,
} from "../support/credential-fixtures.js";
import {
  verifyByTheLetter,
  verifyWithDigitalBazaar,
  verifyWithDigitalCredentials,
  verifyWithJsonwebtoken,
} from "../support/independent-verifiers.js";

type Json = Record<string, unknown>;

describe("the signed forms of one award", () => {
  async function issue() {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
    const did = issuerDidDocument(addresses, organisation.id, memory.keys);
    return { credential: memory.credentials[0]!, did };
  }
  let issued: Awaited<ReturnType<typeof issue>>;
  before(async () => {
    issued = await issue();
  });
  const dataIntegrity = () => JSON.parse(issued.credential.forms.dataIntegrity) as Json;

  it("verify as Data Integrity with Digital Bazaar's library", async () => {
    const { verified, error } = await verifyWithDigitalBazaar(dataIntegrity(), issued.did);
    expect(verified, JSON.stringify(error)).to.equal(true);
  });

  it("verify as Data Integrity with the Digital Credentials Consortium's library", async () => {
    const { verified, error } = await verifyWithDigitalCredentials(dataIntegrity(), issued.did);
    expect(verified, JSON.stringify(error)).to.equal(true);
  });

  it("verify as Data Integrity by the letter, with another parser and canonicaliser", async () => {
    expect(await verifyByTheLetter(dataIntegrity(), issued.did)).to.equal(true);
  });

  it("do not verify as Data Integrity once the name is changed", async () => {
    const changed = structuredClone(dataIntegrity()) as {
      credentialSubject: { identifier: { identityHash: string }[] };
    };
    changed.credentialSubject.identifier[0]!.identityHash = "Someone Else";
    expect((await verifyWithDigitalBazaar(changed, issued.did)).verified).to.equal(false);
    expect((await verifyWithDigitalCredentials(changed, issued.did)).verified).to.equal(false);
    expect(await verifyByTheLetter(changed, issued.did)).to.equal(false);
  });

  for (const form of ["jwtRs256", "jwtEs256"] as const) {
    it(`verify as VC-JWT with jsonwebtoken and with jose (${form})`, async () => {
      const jwt = issued.credential.forms[form];
      const claims = verifyWithJsonwebtoken(jwt, issued.did);
      expect(claims).to.deep.include(credentialDocument(issued.credential));
      const { protectedHeader } = await compactVerify(jwt, async ({ kid }) => {
        const method = issued.did.verificationMethod.find(({ id }) => id === kid);
        return await importJWK({ kty: "", ...method!.publicKeyJwk });
      });
      expect(protectedHeader.alg).to.equal(form === "jwtRs256" ? "RS256" : "ES256");
    });
  }

  it("all say the same", () => {
    const { proof, ...document } = dataIntegrity();
    expect(proof).to.have.length(1);
    expect(document).to.deep.equal(credentialDocument(issued.credential));
  });
});
