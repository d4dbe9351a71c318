import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { anAward, aTrackContent } from "../support/core-fixtures.js";

const now = new Date("2026-05-04T10:00:00Z");

describe("an administrator's decisions about awards", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  let awardId: string;

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
    const [trackId, learnerId] = [newId(), newId()];
    await panel.stores.trackVersions.addOnce({
      ...aTrackContent(),
      ...{ id: newId(), organisationId, trackId, version: 1, publishedAt: now, publishedBy: "a" },
    });
    const award = anAward({ organisationId, trackId, learnerId, awardedAt: now });
    await panel.stores.awards.addOnce(award);
    awardId = award.id;
  });

  const get = async (path = `/awards/${awardId}`) =>
    load((await request(panel.app).get(`${address}${path}`).expect(200)).text);
  const decide = async (kind: "revoke" | "reinstate", reason: string) =>
    await request(panel.app)
      .post(`${address}/awards/${awardId}/${kind}`)
      .type("form")
      .send({ reason });
  const stateNow = async () =>
    (await panel.stores.awards.findById(organisationId, awardId))?.standing.state;

  it("need a reason", async () => {
    for (const reason of ["", "  "]) {
      const answer = await decide("revoke", reason);
      expect(answer.status).to.equal(422);
      expect(load(answer.text)("#fault-reason").text()).to.include("Write down why.");
    }
    expect(await stateNow()).to.equal("active");
  });

  it("revoke and reinstate, and are told as the award's history", async () => {
    expect((await decide("revoke", "Somebody else sat the exam.")).status).to.equal(303);
    expect(await stateNow()).to.equal("revoked");
    expect((await get())("main").text()).to.include("Somebody else sat the exam.");
    expect((await decide("reinstate", "It was a mistake.")).status).to.equal(303);
    expect(await stateNow()).to.equal("active");
    const page = await get();
    const history = page("table").first().find("tbody tr");
    expect(history.map((_, row) => page(row).find("th").text()).toArray()).to.deep.equal([
      ...["Reinstated", "Revoked", "Awarded"],
    ]);
    expect(history.first().text()).to.include("Ada Admin").and.include("It was a mistake.");
  });

  it("change nothing when it is so already, and say so", async () => {
    const answer = await decide("reinstate", "Why not.");
    expect(answer.status).to.equal(409);
    expect(load(answer.text)(".notice").text()).to.include("the award stands already");
  });

  it("are not undone by an evaluation of the same results", async () => {
    await decide("revoke", "Somebody else sat the exam.");
    await decide("reinstate", "It was a mistake.");
    // Its exam was never passed, yet an administrator lets it stand.
    const { standing } = (await panel.stores.awards.findById(organisationId, awardId))!;
    expect(standing.despite).to.deep.equal(["step-exam"]);
  });

  it("can be looked up by where awards stand", async () => {
    const rows = async (query: string) => (await get(`/awards${query}`))("tbody tr").length;
    expect(await rows("?state=revoked")).to.equal(0);
    await decide("revoke", "Somebody else sat the exam.");
    expect(await rows("?state=revoked")).to.equal(1);
    expect(await rows("?state=on-hold")).to.equal(0);
    expect(await rows("")).to.equal(1);
  });

  it("are the organisation's own", async () => {
    const other = await panel.enter();
    const answer = await request(panel.app)
      .post(`${other.panel}/awards/${awardId}/revoke`)
      .type("form")
      .send({ reason: "Because." });
    expect(answer.status).to.equal(404);
    expect(await stateNow()).to.equal("active");
  });
});
