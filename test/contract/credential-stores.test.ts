import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Credential } from "../../src/credentials/credential.js";
import { createCredentialStore } from "../../src/credentials/credential-store.js";
import { createFrozenAddressStore } from "../../src/credentials/frozen-address-store.js";
import { issueCredential } from "../../src/credentials/issue-credential.js";
import { createIssuerKeyStore } from "../../src/issuers/issuer-key-store.js";
import { buildIndexes } from "../../src/database.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import {
  createMemoryNeeds,
  learnerId,
  NOW,
  organisation,
  trackVersion,
} from "../support/credential-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const credential = (changes: Partial<Credential> = {}): Credential => ({
  id: randomUUID(),
  organisationId: organisation.id,
  awardId: randomUUID(),
  learnerId,
  trackId: randomUUID(),
  trackVersion: 1,
  issuerId: organisation.id,
  forms: { dataIntegrity: "{}", jwtRs256: "a.b.c", jwtEs256: "a.b.d" },
  signedWith: ["t1", "t2"],
  visibility: "private",
  status: "active",
  issuedAt: NOW,
  ...changes,
});

describe("the stores of credentials", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let credentials: ReturnType<typeof createCredentialStore>;
  let issuerKeys: ReturnType<typeof createIssuerKeyStore>;
  let frozenAddress: ReturnType<typeof createFrozenAddressStore>;
  let trackVersions: ReturnType<typeof createTrackVersionStore>;

  beforeEach(async () => {
    database = await openTestDatabase();
    const { connection } = database;
    credentials = createCredentialStore(connection);
    issuerKeys = createIssuerKeyStore(connection);
    frozenAddress = createFrozenAddressStore(connection);
    trackVersions = createTrackVersionStore(connection);
    await buildIndexes(connection);
  });

  afterEach(async () => {
    await database.close();
  });

  it("give a credential back as it was kept", async () => {
    const kept = credential();
    expect(await credentials.addOnce(kept)).to.equal("added");
    expect(await credentials.findById(kept.id)).to.deep.equal(kept);
    expect(await credentials.findByAward(organisation.id, kept.awardId)).to.deep.equal(kept);
    expect(await credentials.findByAward(randomUUID(), kept.awardId)).to.equal(undefined);
  });

  it("keep one credential for an award", async () => {
    const first = credential();
    await credentials.addOnce(first);
    const second = credential({ awardId: first.awardId });
    expect(await credentials.addOnce(second)).to.equal("already-there");
    expect(await credentials.findById(second.id)).to.equal(undefined);
  });

  it("let nobody but its learner, in its organisation, change who sees a credential", async () => {
    const kept = credential();
    await credentials.addOnce(kept);
    const change = {
      organisationId: organisation.id,
      learnerIds: [randomUUID(), learnerId],
      credentialId: kept.id,
      visibility: "link" as const,
    };
    const strangers = { ...change, learnerIds: [randomUUID()] };
    expect(await credentials.setVisibility(strangers)).to.equal("absent");
    const elsewhere = { ...change, organisationId: randomUUID() };
    expect(await credentials.setVisibility(elsewhere)).to.equal("absent");
    expect((await credentials.findById(kept.id))?.visibility).to.equal("private");
    expect(await credentials.setVisibility(change)).to.equal("changed");
    expect(await credentials.setVisibility(change)).to.equal("changed");
    expect((await credentials.findById(kept.id))?.visibility).to.equal("link");
  });

  it("keep the status of the latest standing, in whatever order the changes come", async () => {
    const kept = credential();
    await credentials.addOnce(kept);
    const change = { organisationId: organisation.id, awardId: kept.awardId };
    await credentials.setStatus({ ...change, status: "revoked", revision: 2 });
    await credentials.setStatus({ ...change, status: "suspended", revision: 1 });
    expect((await credentials.findById(kept.id))?.status).to.equal("revoked");
    await credentials.setStatus({ ...change, organisationId: "x", status: "active", revision: 3 });
    expect((await credentials.findById(kept.id))?.status).to.equal("revoked");
    await credentials.setStatus({ ...change, status: "active", revision: 3 });
    expect((await credentials.findById(kept.id))?.status).to.equal("active");
  });

  it("list the credentials of all accounts of a learner, newest first", async () => {
    const older = credential({ issuedAt: new Date(1) });
    const newer = credential({ issuedAt: new Date(2), learnerId: randomUUID() });
    const foreign = credential({ learnerId: randomUUID() });
    for (const each of [older, newer, foreign]) await credentials.addOnce(each);
    const list = await credentials.listOfLearner(organisation.id, [learnerId, newer.learnerId]);
    expect(list.map(({ id }) => id)).to.deep.equal([newer.id, older.id]);
    expect(await credentials.listOfLearner(randomUUID(), [learnerId])).to.deep.equal([]);
  });

  it("freeze the first of several addresses, however many come at once", async () => {
    expect(await frozenAddress.find()).to.equal(undefined);
    const urls = Array.from({ length: 10 }, (_, index) => `https://host${index}.example.org`);
    const answers = await Promise.all(
      urls.map(async (publicUrl) => await frozenAddress.freeze({ publicUrl, frozenAt: NOW })),
    );
    const frozen = await frozenAddress.find();
    expect(urls).to.include(frozen?.publicUrl);
    for (const answer of answers) expect(answer).to.deep.equal(frozen);
  });

  it("find an edition of a track by its public address", async () => {
    const track = trackVersion();
    await trackVersions.addOnce(track);
    const { trackId, version } = track;
    expect((await trackVersions.findPublic({ trackId, version }))?.id).to.equal(track.id);
    expect(await trackVersions.findPublic({ trackId, version: 3 })).to.equal(undefined);
  });

  it("keep one key and one credential when twenty jobs issue the same award at once", async function () {
    this.timeout(60_000);
    const { needs, award } = createMemoryNeeds();
    const stored = { ...needs, credentials, issuerKeys, frozenAddress };
    const outcomes = await Promise.all(
      Array.from(
        { length: 20 },
        async () =>
          await issueCredential(stored, { organisationId: organisation.id, awardId: award.id }),
      ),
    );
    expect(await database.connection.collection("credentials").countDocuments({})).to.equal(1);
    expect(await issuerKeys.list(organisation.id)).to.have.length(3);
    const kinds = outcomes.map(({ kind }) => kind).toSorted();
    expect(kinds).to.deep.equal([...Array.from({ length: 19 }, () => "already-issued"), "issued"]);
  });
});
