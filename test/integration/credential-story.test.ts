import { randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { readEnvironment } from "../../config/environment.js";
import { createApp } from "../../src/app.js";
import { decideVisibility } from "../../src/credentials/decide-visibility.js";
import { credentialDocument } from "../../src/credentials/credential.js";
import { issuerDidDocument } from "../../src/issuers/issuer.js";
import {
  statusesByDigitalBazaar,
  verifyWithDigitalBazaar,
} from "../support/independent-verifiers.js";
import { FrozenAddressError } from "../../src/credentials/frozen-address.js";
import { buildIndexes } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { award, trackVersion } from "../support/credential-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

describe("an award's way to a shared credential, in the composed product", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let parts: ReturnType<typeof createParts>;

  const keyHex = randomBytes(32).toString("hex");
  const compose = (publicUrl: string) =>
    createParts({
      connection: database.connection,
      settings: readEnvironment({ NODE_ENV: "test", PUBLIC_URL: publicUrl }),
      log: createLog({ logLevel: "silent" }),
      sealedBox: createSealedBox(keyHex),
      now: () => new Date(),
    });

  async function giveAward(about: { name: string | undefined }) {
    const now = parts.now();
    const { id: organisationId } = await parts.organisations.ensureFirst("Association", now);
    const issuer = "https://lms.example.edu";
    const account = await parts.accounts.findOrCreate({ organisationId, issuer, sub: "1" }, now);
    const { id: learnerId } = account;
    const email = "noor@example.edu";
    await parts.profiles.noteFromLms({ id: learnerId, organisationId, name: about.name, email });
    const track = trackVersion({ organisationId });
    await parts.trackVersions.addOnce(track);
    const given = award({ organisationId, learnerId, awardedAt: now });
    await parts.awards.addOnce(given);
    return { organisationId, learnerId, awardId: given.id };
  }

  const issueOne = async (about: { organisationId: string; awardId: string }) => {
    const { organisationId, awardId } = about;
    const [outcome] = await parts.issueCredentials({ organisationId, awardIds: [awardId] });
    return outcome!;
  };

  beforeEach(async () => {
    database = await openTestDatabase();
    parts = compose("https://badges.example.org");
    await buildIndexes(database.connection);
  });

  afterEach(async () => {
    await database.close();
  });

  it("issues, shares and verifies it, and takes it back", async () => {
    const { organisationId, learnerId, awardId } = await giveAward({ name: "Noor" });
    const outcome = await issueOne({ organisationId, awardId });
    if (outcome.kind !== "issued") throw new Error(outcome.kind);
    const { credentialId } = outcome;
    const app = createApp(parts, rootDir);
    const page = () => request(app).get(`/credentials/${credentialId}`).set("accept", "text/html");
    await page().expect(404);

    const decide = async (visibility: "link" | "private") => {
      const decision = { organisationId, learnerIds: [learnerId], credentialId, visibility };
      await decideVisibility(parts, decision);
    };
    await decide("link");
    const text = load((await page().expect(200)).text)("main").text();
    expect(text).to.contain("Noor").and.contain("Valid").and.contain("Association");
    const checked = await request(app)
      .post("/verify")
      .set("accept", "application/json")
      .send({ credential: credentialId, recipient: "noor@example.edu" })
      .expect(200);
    expect(checked.body).to.include({ verdict: "valid" });

    await decide("private");
    await page().expect(404);
  });

  it("waits without a name and goes on when one has come", async () => {
    const { organisationId, learnerId, awardId } = await giveAward({ name: undefined });
    const about = { organisationId, awardId };
    expect(await issueOne(about)).to.deep.equal({
      ...{ awardId, kind: "waiting-for-name" },
    });
    await parts.profiles.noteFromLms({
      id: learnerId,
      organisationId,
      name: "Noor",
      email: undefined,
    });
    expect((await issueOne(about)).kind).to.equal("issued");
    expect((await issueOne(about)).kind).to.equal("already-issued");
  });

  it("serves a signed list that says no sooner and no later that it is on hold or revoked", async () => {
    const { organisationId, awardId } = await giveAward({ name: "Noor" });
    await issueOne({ organisationId, awardId });
    const app = createApp(parts, rootDir);
    const credential = await parts.credentials.findByAward(organisationId, awardId);
    const document = JSON.parse(credential!.forms.dataIntegrity) as Record<string, unknown>;
    const did = issuerDidDocument(
      parts.addresses,
      organisationId,
      await parts.issuerKeys.list(organisationId),
    );
    const listed = async () => {
      const paths = new Map(
        credentialDocument(credential!).credentialStatus.map((entry) => [
          entry.statusListCredential,
          new URL(entry.statusListCredential).pathname,
        ]),
      );
      const lists = new Map<string, Record<string, unknown>>();
      for (const [url, path] of paths) {
        const response = await request(app).get(path).buffer(true).expect(200);
        expect(response.headers["cache-control"]).to.match(/^public, max-age=\d+$/);
        expect(response.headers["access-control-allow-origin"]).to.equal("*");
        lists.set(url, JSON.parse(response.text) as Record<string, unknown>);
      }
      return await statusesByDigitalBazaar(document, did, lists);
    };
    expect(await listed()).to.deep.equal({ revocation: false, suspension: false });
    let revision = 10;
    const change = async (status: "suspended" | "active" | "revoked") => {
      revision += 1;
      await parts.credentials.setStatus({ organisationId, awardId, status, revision });
      await parts.publishStatuses();
      expect(await parts.credentials.listUnlisted(9)).to.deep.equal([]);
    };
    await change("suspended");
    expect(await listed()).to.deep.equal({ revocation: false, suspension: true });
    await change("active");
    expect(await listed()).to.deep.equal({ revocation: false, suspension: false });
    await change("revoked");
    expect(await listed()).to.deep.equal({ revocation: true, suspension: false });
    await request(app).get("/status/none/revocation").expect(404);
    await request(app).get(`/status/${awardId}/revocation`).expect(404);
  });

  it("issues hundreds that are due together, in signing threads, each once", async function () {
    this.timeout(60_000);
    const { organisationId, learnerId } = await giveAward({ name: "Noor" });
    const now = new Date();
    for (let number = 2; number <= 130; number += 1) {
      const given = award({ organisationId, learnerId, awardedAt: now, round: number });
      await parts.awards.addOnce(given);
    }
    await Promise.all([parts.issueDueCredentials(), parts.issueDueCredentials()]);
    const all = await parts.credentials.listOfLearner(organisationId, [learnerId]);
    expect(all).to.have.length(130);
    expect(new Set(all.map(({ statusPlace }) => statusPlace.index)).size).to.equal(130);
    expect(await parts.awards.listCredentialDue(new Date(), 500)).to.deep.equal([]);
    await parts.signer.stop();
  });

  const didOf = async (organisationId: string) =>
    issuerDidDocument(parts.addresses, organisationId, await parts.issuerKeys.list(organisationId));
  const verifies = async (forms: { dataIntegrity: string }, organisationId: string) =>
    (
      await verifyWithDigitalBazaar(
        JSON.parse(forms.dataIntegrity) as Record<string, unknown>,
        await didOf(organisationId),
      )
    ).verified;

  it("corrects an approved name at the same address, and nothing for a name of the LMS", async () => {
    const { organisationId, learnerId, awardId } = await giveAward({ name: "Nor" });
    await issueOne({ organisationId, awardId });
    const about = { organisationId, accountId: learnerId };
    const first = await parts.credentials.findByAward(organisationId, awardId);
    await parts.profiles.noteFromLms({
      ...{ id: learnerId, organisationId, name: "N.", email: undefined },
    });
    expect(await parts.correctNames(about)).to.equal(0);
    await parts.profiles.proposeName(organisationId, learnerId, "Noor");
    await parts.profiles.approveName(organisationId, learnerId, "Noor");
    expect(await parts.correctNames(about)).to.equal(1);
    expect(await parts.correctNames(about), "once").to.equal(0);
    const second = await parts.credentials.findByAward(organisationId, awardId);
    const [before, after] = [credentialDocument(first!), credentialDocument(second!)];
    expect(after.credentialSubject.identifier?.[0]?.identityHash).to.equal("Noor");
    expect(after.credentialSubject.identifier?.[1]).to.deep.equal(
      before.credentialSubject.identifier?.[1],
    );
    expect(after).to.include({ id: before.id, awardedDate: before.awardedDate });
    expect(Date.parse(after.validFrom)).to.be.greaterThan(Date.parse(before.validFrom));
    expect(second!.history?.map(({ reason }) => reason)).to.deep.equal(["name-corrected"]);
    expect(await verifies(second!.forms, organisationId)).to.equal(true);
  });

  it("corrects credentials of several issuers each with the keys of its own", async () => {
    const { organisationId, learnerId, awardId } = await giveAward({ name: "Nor" });
    const brand = { id: randomUUID(), name: "Another brand" };
    const track = trackVersion({ organisationId, trackId: randomUUID(), issuer: brand });
    await parts.trackVersions.addOnce(track);
    const { trackId } = track;
    const other = award({ organisationId, learnerId, trackId, awardedAt: parts.now() });
    await parts.awards.addOnce(other);
    await parts.issueCredentials({ organisationId, awardIds: [awardId, other.id] });
    await parts.profiles.proposeName(organisationId, learnerId, "Noor");
    await parts.profiles.approveName(organisationId, learnerId, "Noor");
    expect(await parts.correctNames({ organisationId, accountId: learnerId })).to.equal(2);
    const held = await parts.credentials.listOfLearner(organisationId, [learnerId]);
    expect(held.map(({ issuerId }) => issuerId)).to.have.members([organisationId, brand.id]);
    for (const { forms, issuerId } of held)
      expect(await verifies(forms, issuerId), issuerId).to.equal(true);
  });

  it("rotates keys and keeps what is issued; replaces compromised ones and issues anew", async () => {
    const { organisationId, awardId } = await giveAward({ name: "Noor" });
    await issueOne({ organisationId, awardId });
    const first = await parts.credentials.findByAward(organisationId, awardId);
    expect(await parts.rotateKeys(organisationId)).to.have.length(3);
    expect((await didOf(organisationId)).assertionMethod).to.have.length(6);
    expect(await verifies(first!.forms, organisationId), "after a rotation").to.equal(true);

    const report = await parts.replaceKeys(organisationId);
    expect(report.removed).to.have.length(6);
    expect(report).to.include({ reissued: 1, left: 0 });
    expect((await didOf(organisationId)).assertionMethod).to.have.length(3);
    expect(await verifies(first!.forms, organisationId), "a copy from before").to.equal(false);
    const second = await parts.credentials.findByAward(organisationId, awardId);
    expect(second!.id).to.equal(first!.id);
    expect(await verifies(second!.forms, organisationId)).to.equal(true);
    const [entry] = credentialDocument(second!).credentialStatus;
    const listId = second!.statusPlace.listId;
    const list = await parts.statusLists.findSigned(listId, entry!.statusPurpose);
    expect(await verifies({ dataIntegrity: list ?? "" }, organisationId)).to.equal(true);
  });

  it("does not start under another address once one was issued", async () => {
    const { organisationId, awardId } = await giveAward({ name: "Noor" });
    await issueOne({ organisationId, awardId });
    await parts.checkBeforeServing();
    database.connection.deleteModel(/.+/);
    const moved = compose("https://elsewhere.example.org");
    let failure: unknown;
    await moved.checkBeforeServing().catch((error: unknown) => (failure = error));
    expect(failure).to.be.instanceOf(FrozenAddressError);
  });
});
