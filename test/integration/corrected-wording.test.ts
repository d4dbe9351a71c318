import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import type { Credential } from "../../src/credentials/credential.js";
import { correctEdition } from "../../src/tracks/correct-edition.js";
import { openCertifiedLearner } from "../support/certified-learner.js";
import { verifyByTheLetter, verifyWithDigitalBazaar } from "../support/independent-verifiers.js";

type Document = {
  id: string;
  name: string;
  validFrom: string;
  awardedDate: string;
  evidence: object;
  issuer: object;
  credentialSubject: {
    id: string;
    achievement: { name: string; description: string; criteria: { narrative: string } };
  };
};

describe("a slip in the wording of a published version", function () {
  this.timeout(60_000);
  let world: Awaited<ReturnType<typeof openCertifiedLearner>>;
  let first: Credential;

  before(async () => {
    world = await openCertifiedLearner();
    [first] = world.badges as [Credential];
    await world.share(first);
  });
  after(async () => {
    await world.close();
  });

  const documentOf = ({ forms }: Pick<Credential, "forms">) =>
    JSON.parse(forms.dataIntegrity) as Document;
  const placeOf = ({ organisationId, trackId, trackVersion: version }: Credential) => ({
    ...{ organisationId, trackId, version },
  });
  const texts = {
    name: "Better balance",
    description: "Handles patients safely in everyday care.",
    criteriaNarrative: "Pass both courses. Each ends with an exam.",
  };
  const correct = async (changes: Partial<typeof texts> = {}) =>
    await correctEdition(world.parts, {
      ...{ ...placeOf(first), texts: { ...texts, ...changes }, correctedBy: "admin" },
    });

  it("is corrected in every credential: same id, address, award and holder, a later validFrom, a history", async () => {
    const award = await world.parts.awards.findById(first.organisationId, first.awardId);
    expect((await correct()).kind).to.equal("corrected");
    await world.parts.sweepCredentials();
    const after = (await world.parts.credentials.findById(first.id))!;
    const [old, now] = [documentOf(first), documentOf(after)];
    expect(now.name).to.equal("Better balance");
    expect(now.credentialSubject.achievement).to.deep.include({
      ...{ name: "Better balance", description: texts.description },
    });
    expect(now.credentialSubject.achievement.criteria.narrative).to.equal(texts.criteriaNarrative);
    expect(now).to.deep.include({ id: old.id, awardedDate: old.awardedDate, issuer: old.issuer });
    expect(now.evidence).to.deep.equal(old.evidence);
    expect(now.credentialSubject.id).to.equal(old.credentialSubject.id);
    expect(now.validFrom > old.validFrom).to.equal(true);
    expect(
      after.history?.map(({ reason, parts }) => ({ reason, parts: [...(parts ?? [])] })),
    ).to.deep.equal([{ reason: "wording-corrected", parts: ["name", "criteriaNarrative"] }]);
    expect(await verifyWithDigitalBazaar({ ...now }, world.did)).to.include({ verified: true });
    expect(await verifyByTheLetter({ ...now }, world.did)).to.equal(true);
    const { awards } = world.parts;
    expect(await awards.findById(first.organisationId, first.awardId)).to.deep.equal(award);
  });

  it("says on the public page what was corrected and when, and not by whom", async () => {
    const answer = await request(world.app)
      .get(`/credentials/${first.id}`)
      .set("accept", "text/html");
    const corrections = load(answer.text)("section[aria-labelledby=corrections]").text();
    expect(corrections).to.include("A slip was corrected in its name and in how it is earned.");
    expect(answer.text).to.include("Better balance").and.not.to.include("admin");
    const achievement = await request(world.app)
      .get(`/achievements/${first.trackId}/2`)
      .set("accept", "application/json");
    expect(achievement.body).to.include({ name: "Better balance", version: "2" });
  });

  it("leaves the credentials of other tracks alone, and is done once", async () => {
    const other = world.badges[1]!;
    expect(await world.parts.credentials.findById(other.id)).to.deep.equal(other);
    const once = await world.parts.credentials.findById(first.id);
    await world.parts.sweepCredentials();
    expect(await world.parts.credentials.findById(first.id)).to.deep.equal(once);
    expect(await world.parts.trackVersions.listAwaitingReissue(9)).to.deep.equal([]);
  });

  it("keeps what was published beside every correction", async () => {
    await correct({ description: "Keeps people upright." });
    const place = placeOf(first);
    const edition = await world.parts.trackVersions.find(place.organisationId, place);
    expect(edition?.description).to.equal("Keeps people upright.");
    expect(edition?.corrections?.map(({ parts }) => parts)).to.deep.equal([
      ["name", "criteriaNarrative"],
      ["description"],
    ]);
    await world.parts.sweepCredentials();
    const after = (await world.parts.credentials.findById(first.id))!;
    expect(documentOf(after).credentialSubject.achievement.description).to.equal(
      "Keeps people upright.",
    );
    expect(after.history).to.have.length(2);
  });

  it("does nothing without a change, and refuses empty texts and versions that are not there", async () => {
    expect((await correct({ description: "Keeps people upright." })).kind).to.equal(
      "nothing-changed",
    );
    expect(await correct({ name: " " })).to.have.property("kind", "faulty");
    const wanted = { ...placeOf(first), version: 9, texts, correctedBy: "admin" };
    const refused = await correctEdition(world.parts, wanted).catch((error: unknown) => error);
    expect(refused).to.have.property("code", "not-found");
    const elsewhere = { ...placeOf(first), organisationId: "other", texts, correctedBy: "admin" };
    const foreign = await correctEdition(world.parts, elsewhere).catch((error: unknown) => error);
    expect(foreign).to.have.property("code", "not-found");
  });
});
