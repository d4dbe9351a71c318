import { expect } from "chai";
import request from "supertest";
import { openCertifiedLearner } from "../support/certified-learner.js";
import {
  verifyWithDigitalBazaar,
  verifyWithDigitalCredentials,
  verifyWithJsonwebtoken,
} from "../support/independent-verifiers.js";
import { eventually } from "../support/story-school.js";

type Json = Record<string, unknown>;
type Record_ = Json & {
  credentialSubject: { verifiableCredential: Json[]; association: Json[]; identifier: Json[] };
};

describe("the learner record of a certificate (CLR 2.0)", function () {
  this.timeout(30_000);
  let world: Awaited<ReturnType<typeof openCertifiedLearner>>;

  before(async () => {
    world = await openCertifiedLearner();
  });
  after(async () => {
    await world.close();
  });

  /** As others get it, once it is signed. */
  const fetchRecord = async (suffix: string): Promise<string> =>
    await eventually("the record", async () => {
      const answer = await request(world.app).get(
        `/credentials/${world.certificate.id}/clr${suffix}`,
      );
      if (answer.status === 503) return undefined;
      expect(answer.status).to.equal(200);
      return answer.text;
    });

  const namesIn = (record: Record_) =>
    record.credentialSubject.verifiableCredential.map(({ name }) => name);

  it("is nobody's to see while the certificate is private, and no micro-credential has one", async () => {
    await request(world.app).get(`/credentials/${world.certificate.id}/clr.json`).expect(404);
    await world.share(world.badges[0]!);
    await request(world.app).get(`/credentials/${world.badges[0]!.id}/clr.json`).expect(404);
  });

  it("holds the certificate and what of its micro-credentials is shared, each as it was signed", async () => {
    await world.share(world.certificate);
    await world.share(world.badges[1]!, "public");
    const record = JSON.parse(await fetchRecord(".json")) as Record_;
    expect(record["id"]).to.equal(
      `https://badges.example.org/credentials/${world.certificate.id}/clr`,
    );
    expect(record["type"]).to.deep.equal(["VerifiableCredential", "ClrCredential"]);
    expect(namesIn(record)).to.have.members(["Mobility", "Balance", "Gait"]);
    const [, ...inside] = record.credentialSubject.verifiableCredential;
    const signed = world.badges.map(({ forms }) => JSON.parse(forms.dataIntegrity) as Json);
    for (const one of inside) expect(signed).to.deep.include(one);
    const achievementOf = (one: Json) =>
      (one["credentialSubject"] as { achievement: { id: string } }).achievement.id;
    const [top] = record.credentialSubject.verifiableCredential;
    expect(record.credentialSubject.association).to.deep.equal(
      inside.map((one) => ({
        ...{ type: ["Association"], associationType: "isParentOf" },
        ...{ sourceId: achievementOf(top!), targetId: achievementOf(one) },
      })),
    );
    expect(JSON.stringify(record)).not.to.include("noor@example.edu");
  });

  it("verifies with two libraries that are not ours as Data Integrity, and with one as VC-JWT", async () => {
    const json = await fetchRecord(".json");
    const read = () => JSON.parse(json) as Json;
    expect(await verifyWithDigitalBazaar(read(), world.did)).to.include({ verified: true });
    expect(await verifyWithDigitalCredentials(read(), world.did)).to.include({ verified: true });
    // Not by the streaming parser: it reads a list of proofs inside a credential as no graph.
    for (const suffix of [".jwt", ".es256.jwt"]) {
      const claims = verifyWithJsonwebtoken(await fetchRecord(suffix), world.did);
      expect(namesIn(claims as Record_)).to.deep.equal(namesIn(read() as Record_));
    }
    const inside = (read() as Record_).credentialSubject.verifiableCredential;
    for (const one of inside)
      expect(await verifyWithDigitalBazaar(one, world.did)).to.include({ verified: true });
  });

  const check = async (credential: string) => {
    const answer = await request(world.app)
      .post("/verify")
      .set("accept", "application/json")
      .send({ credential, email: "noor@example.edu" })
      .expect(200);
    return answer.body as { verdict: string; checks: Json[]; contents: { verdict: string }[] };
  };

  it("is checked by /verify with every credential in it, handed in or by its address", async () => {
    for (const presented of [
      await fetchRecord(".json"),
      await fetchRecord(".jwt"),
      `https://badges.example.org/credentials/${world.certificate.id}/clr`,
      `https://badges.example.org/credentials/${world.certificate.id}/clr.json`,
    ]) {
      const { verdict, contents } = await check(presented);
      expect({ verdict, contents: contents.map((one) => one.verdict) }).to.deep.equal({
        ...{ verdict: "valid", contents: ["valid", "valid", "valid"] },
      });
    }
    const page = await request(world.app)
      .post("/verify")
      .type("form")
      .set("accept", "text/html")
      .send({ credential: await fetchRecord(".jwt") });
    for (const text of ["Learner record", "Mobility", "Balance", "Gait"])
      expect(page.text).to.include(text);
  });

  const tamperings: [what: string, change: (record: Record_) => unknown][] = [
    [
      "another holder's name",
      (record) => Object.assign(record.credentialSubject.identifier[0]!, { identityHash: "Eve" }),
    ],
    ["another name", (record) => Object.assign(record, { name: "Doctorate" })],
    ["a later start", (record) => Object.assign(record, { validFrom: "2026-11-01T00:00:00Z" })],
    ["a credential less", (record) => record.credentialSubject.verifiableCredential.pop()],
    [
      "a credential twice",
      ({ credentialSubject: { verifiableCredential: held } }) =>
        held.push({ ...held[1]!, id: "urn:x:1" }),
    ],
    [
      "another order of parent and child",
      (record) => {
        const [one] = record.credentialSubject.association;
        Object.assign(one!, { sourceId: one!["targetId"], targetId: one!["sourceId"] });
      },
    ],
    [
      "an association more",
      (record) =>
        record.credentialSubject.association.push({
          ...record.credentialSubject.association[0],
          targetId: "urn:x:2",
        }),
    ],
    [
      "another name of a badge in it",
      (record) =>
        Object.assign(record.credentialSubject.verifiableCredential[1]!, { name: "Surgery" }),
    ],
    [
      "another issuer",
      (record) =>
        Object.assign(record, {
          issuer: { ...(record["issuer"] as object), id: "did:web:evil.example" },
        }),
    ],
    ["something its vocabularies do not know", (record) => Object.assign(record, { grade: "A" })],
    ["no status", (record) => delete record["credentialStatus"]],
  ];
  for (const [what, change] of tamperings) {
    it(`is not valid with ${what}, for us and for another library`, async () => {
      const record = JSON.parse(await fetchRecord(".json")) as Record_;
      change(record);
      expect((await check(JSON.stringify(record))).verdict).to.not.equal("valid");
      expect(await verifyWithDigitalBazaar(record, world.did)).to.include({ verified: false });
    });
  }

  it("gives its holder all of them, shared or not", async () => {
    const forms = await eventually("the holder's record", async () => {
      return await world.parts.getLearnerRecord(world.certificate, "holder").catch(() => undefined);
    });
    const record = JSON.parse(forms.dataIntegrity) as Record_;
    expect(namesIn(record)).to.have.members(["Mobility", "Balance", "Gait", "Falls"]);
    expect(await verifyWithDigitalCredentials(record, world.did)).to.include({ verified: true });
  });

  it("follows when the learner takes one back, and falls with one that is revoked", async () => {
    await world.share(world.badges[0]!, "private");
    const record = JSON.parse(await fetchRecord(".json")) as Record_;
    expect(namesIn(record)).to.have.members(["Mobility", "Gait"]);
    const { organisationId, awardId } = world.badges[1]!;
    await world.parts.credentials.setStatus({
      ...{ organisationId, awardId, status: "revoked", revision: 1 },
    });
    const { verdict, contents } = await check(JSON.stringify(record));
    expect(verdict).to.equal("invalid");
    expect(contents.map((one) => one.verdict)).to.deep.equal(["valid", "invalid"]);
  });
});
