import { randomInt, randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Credential } from "../../src/credentials/credential.js";
import { createCredentialStore } from "../../src/credentials/credential-store.js";
import { createFrozenAddressStore } from "../../src/credentials/frozen-address-store.js";
import { createIssuerKeyStore } from "../../src/issuers/issuer-key-store.js";
import { buildIndexes } from "../../src/database.js";
import {
  createStatusListStore,
  type StatusListStore,
} from "../../src/status-lists/status-list-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import {
  createMemoryNeeds,
  issueCredential,
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
  statusPlace: { listId: "6f9d1d52-6a87-4f0e-9b25-4df8b3a1c9d4", index: randomInt(100_000) },
  visibility: "private",
  status: "active",
  issuedAt: NOW,
  ...changes,
});

describe("the stores of credentials", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let credentials: ReturnType<typeof createCredentialStore>;
  let issuerKeys: ReturnType<typeof createIssuerKeyStore>;
  let statusLists: StatusListStore;
  let frozenAddress: ReturnType<typeof createFrozenAddressStore>;
  let trackVersions: ReturnType<typeof createTrackVersionStore>;

  beforeEach(async () => {
    database = await openTestDatabase();
    const { connection } = database;
    credentials = createCredentialStore(connection);
    issuerKeys = createIssuerKeyStore(connection);
    statusLists = createStatusListStore(connection);
    frozenAddress = createFrozenAddressStore(connection);
    trackVersions = createTrackVersionStore(connection);
    await buildIndexes(connection);
  });

  afterEach(async () => {
    await database.close();
  });

  it("give a credential back as it was kept", async () => {
    const kept = credential();
    await credentials.addAll([kept]);
    expect(await credentials.findById(kept.id)).to.deep.equal(kept);
    expect(await credentials.findByAward(organisation.id, kept.awardId)).to.deep.equal(kept);
    expect(await credentials.findByAward(randomUUID(), kept.awardId)).to.equal(undefined);
  });

  it("keep one credential for an award", async () => {
    const first = credential();
    const second = credential({ awardId: first.awardId });
    const third = credential();
    await credentials.addAll([first, second, third]);
    expect(await credentials.findById(second.id)).to.equal(undefined);
    const ids = [first.awardId, third.awardId, randomUUID()];
    const list = await credentials.listByAwards(organisation.id, ids);
    expect(list.map(({ id }) => id)).to.have.members([first.id, third.id]);
    expect(await credentials.listByAwards(randomUUID(), ids)).to.deep.equal([]);
  });

  it("give no place in a status list to two", async () => {
    const first = credential();
    const second = credential({ statusPlace: first.statusPlace });
    await credentials.addAll([first]);
    await credentials.addAll([second]);
    expect(await credentials.findById(second.id)).to.equal(undefined);
  });

  it("list the places that have a status, and what no signed list says yet", async () => {
    const kept = credential();
    await credentials.addAll([kept]);
    const { awardId, statusPlace, id } = kept;
    const { listId, index } = statusPlace;
    const set = async (status: Credential["status"], revision: number) => {
      await credentials.setStatus({
        ...{ organisationId: organisation.id, awardId, status, revision },
      });
    };
    expect(await credentials.listUnlisted(9)).to.deep.equal([]);
    await set("suspended", 1);
    expect(await credentials.listPlaces(listId, "suspended")).to.deep.equal([index]);
    expect(await credentials.listPlaces(randomUUID(), "suspended")).to.deep.equal([]);
    const before = await credentials.listUnlisted(9);
    expect(before).to.deep.equal([{ id, listId, revision: 1 }]);
    await set("revoked", 2);
    await credentials.markListed(before);
    expect(await credentials.listUnlisted(9), "changed once more").to.have.length(1);
    await credentials.markListed(await credentials.listUnlisted(9));
    expect(await credentials.listUnlisted(9)).to.deep.equal([]);
    expect(await credentials.listPlaces(listId, "suspended")).to.deep.equal([]);
    expect(await credentials.findById(id)).to.deep.equal({ ...kept, status: "revoked" });
  });

  it("let the signed list of whoever began last stand", async () => {
    const list = { id: randomUUID(), issuerId: "i", number: 1, assigned: 0, decoySeed: "d" };
    expect(await statusLists.addOnce(list)).to.equal("added");
    expect(await statusLists.addOnce({ ...list, id: randomUUID() })).to.equal("already-there");
    expect(await statusLists.listUnsigned()).to.deep.equal([list.id]);
    const first = await statusLists.beginSigning(list.id);
    const second = await statusLists.beginSigning(list.id);
    expect(first?.list).to.deep.equal(list);
    const signed = (by: string) => ({ revocation: by, suspension: by });
    await statusLists.keepSigned(list.id, signed("second"), second!.number);
    await statusLists.keepSigned(list.id, signed("first"), first!.number);
    expect(await statusLists.findSigned(list.id, "revocation")).to.equal("second");
    expect(await statusLists.listUnsigned()).to.deep.equal([]);
    expect(await statusLists.beginSigning(randomUUID())).to.equal(undefined);
  });

  it("give out places on the newest list until it is half full", async () => {
    const list = { id: randomUUID(), issuerId: "i", number: 1, assigned: 0, decoySeed: "d" };
    await statusLists.addOnce(list);
    expect((await statusLists.reserve("i", 65_530))?.assigned).to.equal(65_530);
    expect(await statusLists.reserve("i", 7)).to.equal(undefined);
    expect(await statusLists.newestNumber("i")).to.equal(1);
    await statusLists.addOnce({ ...list, id: randomUUID(), number: 2 });
    expect((await statusLists.reserve("i", 1))?.number).to.equal(2);
    expect(await statusLists.reserve("other", 1)).to.equal(undefined);
  });

  it("let nobody but its learner, in its organisation, change who sees a credential", async () => {
    const kept = credential();
    await credentials.addAll([kept]);
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
    await credentials.addAll([kept]);
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
    for (const each of [older, newer, foreign]) await credentials.addAll([each]);
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
    const stored = { ...needs, credentials, issuerKeys, frozenAddress, statusLists };
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
