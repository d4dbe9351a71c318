import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import {
  aCourse,
  aFact,
  allOf,
  anExam,
  aTrackContent,
  examStep,
} from "../support/core-fixtures.js";

let now = new Date("2026-05-04T10:00:00Z");
const dayLater = (days: number): void => {
  now = new Date(now.getTime() + days * 86_400_000);
};

describe("the panel of who began a track earlier", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
  });

  const get = async (path: string) =>
    load((await request(panel.app).get(`${address}${path}`).expect(200)).text);
  const post = async (path: string, fields: Record<string, string | string[]>) =>
    await request(panel.app).post(`${address}${path}`).type("form").send(fields);

  const addExam = async (title: string): Promise<string> => {
    const course = aCourse({ organisationId, title });
    const exam = anExam({ organisationId, courseId: course.id });
    await panel.stores.courses.addOnce(course);
    await panel.stores.exams.add(exam);
    return exam.id;
  };
  const publish = async (examIds: string[], trackId?: string): Promise<string> => {
    dayLater(1);
    const requirement = allOf("root", ...examIds.map((id) => examStep(id)));
    const content = aTrackContent({ name: "Badge", requirement });
    const written = await writeTrack(
      { ...panel.stores, now: () => now },
      { organisationId, trackId, content },
    );
    if (written.kind !== "saved") throw new Error("no track");
    const { id } = written.track;
    await panel.stores.publishTrack({ organisationId, trackId: id, publishedBy: "admin" });
    dayLater(1);
    return id;
  };
  const meetWhoPassed = async (name: string, examId: string): Promise<string> => {
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    await panel.stores.profiles.noteFromLms({ id, organisationId, name, email: undefined });
    const fact = aFact({ organisationId, accountId: id, examId, occurredAt: now });
    await panel.stores.facts.addOnce(fact);
    return id;
  };

  it("shows what moving would mean for each, moves who is chosen, and writes down why", async () => {
    const [a, b, c] = [await addExam("Alpha"), await addExam("Beta"), await addExam("Gamma")];
    const trackId = await publish([a, b]);
    const mina = await meetWhoPassed("Mina Long", a);
    const noor = await meetWhoPassed("Noor Short", a);
    await publish([a, b, c], trackId);
    const path = `/tracks/${trackId}/learners`;

    const page = await get(path);
    expect(page("tbody tr").length).to.equal(2);
    const row = page(`tr:has(input[value="${mina}"])`);
    expect(
      row
        .find("td")
        .toArray()
        .map((cell) => page(cell).text()),
    ).to.deep.equal([
      "Version 1",
      "1 of 2 steps done; Beta would complete this.",
      "1 of 3 steps done; Beta and Gamma would complete this.",
    ]);
    expect((await get(`${path}?all=1`))("input:checked").length).to.equal(2);

    const nobody = await post(path, { reason: "Agreed." });
    expect(nobody.status).to.equal(422);
    expect(nobody.text).to.include("Choose at least one learner.");
    expect((await post(path, { learner: mina, reason: " " })).status).to.equal(422);

    const moved = await post(path, { learner: [mina, newId()], reason: "Agreed in March." });
    expect(moved.status).to.equal(303);
    const left = await get(path);
    expect(
      left("tbody input")
        .toArray()
        .map((box) => left(box).attr("value")),
    ).to.deep.equal([noor]);
    const query = { search: "", page: 1, pageSize: 5, action: "learner-moved-to-version" };
    const { items } = await panel.stores.audit.list(organisationId, query);
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({
      ...{ reason: "Agreed in March.", subject: { kind: "account", id: mina } },
      ...{ before: { track: trackId, version: 1 }, after: { track: trackId, version: 2 } },
    });
  });

  it("shows first what moving everybody would mean, and moves who was seen, with a reason", async () => {
    const [a, b] = [await addExam("Alpha"), await addExam("Beta")];
    const trackId = await publish([a, b]);
    const ids: string[] = [];
    for (let number = 0; number < 60; number += 1)
      ids.push(await meetWhoPassed(`Learner ${number}`, a));
    await publish([a, b, await addExam("Gamma")], trackId);
    const path = `/tracks/${trackId}`;
    const first = await get(`${path}/learners`);
    expect(first("tbody tr").length).to.equal(50);
    const look = first("form[action$='/move/look']");
    expect(look.find("button").text()).to.equal("See what moving everybody would mean");
    const none = await request(panel.app).get(`${address}${path}/move`);
    expect(none.headers["location"]).to.match(/learners$/);

    await post(`${path}/move/look`, {});
    const seen = await get(`${path}/move`);
    expect(seen("[data-said]").text()).to.equal(
      "60 learners would be moved. 60 would have more left to do than now.",
    );
    expect(seen("tbody tr").length).to.equal(20);
    expect(seen("tbody tr").first().find("td").last().text()).to.equal(
      "1 of 3 steps done; Beta and Gamma would complete this.",
    );
    expect((await get(`${path}/move?page=3`))("tbody tr").length).to.equal(20);
    const move = String(seen("input[name=move]").val());

    expect((await post(`${path}/move`, { move, reason: " " })).status).to.equal(422);
    const unseen = await post(`${path}/move`, { move: newId(), reason: "Blindly." });
    expect(unseen.status).to.equal(409);
    expect(unseen.text).to.include("Look first what it would mean");
    const query = { search: "", page: 1, pageSize: 100, action: "learner-moved-to-version" };
    const written = async () => (await panel.stores.audit.list(organisationId, query)).items;
    expect(await written()).to.have.length(0);

    expect((await post(`${path}/move`, { move, reason: "A new curriculum." })).status).to.equal(
      303,
    );
    const done = await get(`${path}/move`);
    expect(done("[data-said]").text()).to.equal("Done: 60 learners moved to version 2.");
    expect((await get(`${path}/learners`))("tbody tr").length).to.equal(0);
    const subjects = (await written()).map(({ subject }) => subject.id).sort();
    expect(subjects).to.deep.equal([...ids].sort());
    const begun = { ...query, action: "group-move-begun" };
    const { items } = await panel.stores.audit.list(organisationId, begun);
    expect(items).to.have.length(1);
    expect(items[0]).to.deep.include({ reason: "A new curriculum.", after: { version: 2 } });
    expect((await post(`${path}/move`, { move, reason: "Once more." })).status).to.equal(409);
    expect(await written()).to.have.length(60);
  });

  it("asks to look again when another version was published since it was looked at", async () => {
    const [a, b] = [await addExam("Alpha"), await addExam("Beta")];
    const trackId = await publish([a, b]);
    await meetWhoPassed("Mina Long", a);
    await publish([a, await addExam("Gamma")], trackId);
    const path = `/tracks/${trackId}/move`;
    await post(`${path}/look`, {});
    const move = String((await get(path))("input[name=move]").val());
    await publish([a, await addExam("Delta")], trackId);
    expect((await get(path))("#state").text()).to.equal("Another version is in force");
    expect((await post(path, { move, reason: "Agreed." })).status).to.equal(409);
    await post(`${path}/look`, {});
    expect((await get(path))("[data-said]").text()).to.match(/^1 learner would be moved/);
  });
});
