import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import {
  aCourse,
  aFact,
  allOf,
  anExam,
  aTrackContent,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../support/core-fixtures.js";
import { pressButton } from "../support/press-button.js";

const now = new Date("2026-05-04T10:00:00Z");

describe("trying a draft on a learner", () => {
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

  const addExam = async (title: string, kind: "exam" | "activity" = "exam"): Promise<string> => {
    const course = aCourse({ organisationId, title, code: title.slice(0, 1).toUpperCase() });
    const exam = anExam({ organisationId, courseId: course.id, kind, title: `${title} work` });
    await panel.stores.courses.addOnce(course);
    await panel.stores.exams.add(exam);
    return exam.id;
  };
  const write = async (name: string, requirement: Requirement, trackId?: string) => {
    const content = aTrackContent({ name, requirement });
    const needs = { ...panel.stores, now: () => now };
    const written = await writeTrack(needs, { organisationId, trackId, content });
    if (written.kind !== "saved") throw new Error(JSON.stringify(written));
    return written.track.id;
  };
  const publish = async (trackId: string) => {
    await panel.stores.publishTrack({ organisationId, trackId, publishedBy: "admin" });
  };
  const meet = async (name: string | undefined) => {
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    await panel.stores.profiles.noteFromLms({ id, organisationId, name, email: undefined });
    return id;
  };
  const pass = async (accountId: string, examId: string, occurredAt = now) => {
    await panel.stores.facts.addOnce(aFact({ organisationId, accountId, examId, occurredAt }));
  };

  const get = async (path: string, query: Record<string, string | string[]> = {}, status = 200) =>
    load((await request(panel.app).get(`${address}${path}`).query(query).expect(status)).text);
  const search = async (path: string, body: Record<string, string>) =>
    load((await request(panel.app).post(`${address}${path}`).type("form").send(body)).text);

  /** Essentials, a badge, a plan, and last an exam for the licensed. */
  const aProgramme = async () => {
    const [basics, badge, last] = [
      await addExam("Basics"),
      await addExam("Taping"),
      await addExam("Whole person"),
    ];
    const plan = await addExam("Plan", "activity");
    const badgeId = await write("Taping badge", allOf("root", examStep(badge)));
    await publish(badgeId);
    const professionId = newId();
    await panel.stores.eligibility.addProfession({
      ...{ id: professionId, organisationId, name: "Nurse", createdAt: now },
    });
    const requirement = inOrder(
      "root",
      examStep(basics),
      heldStep(badgeId),
      { id: "plan", kind: "activity-completed", examId: plan },
      licenceStep(professionId),
      examStep(last),
    );
    const trackId = await write("Whole-person care", requirement);
    return { trackId, badgeId, professionId, basics, plan, last, path: `/tracks/${trackId}/try` };
  };

  it("shows an invented learner's pathway, from nothing done to the award", async () => {
    const { path, basics, badgeId, plan, last, professionId } = await aProgramme();
    const empty = await get(path);
    expect(empty("#tried").length).to.equal(0);
    expect(empty("input[name=passed]").length).to.equal(3);

    const begun = await get(path, { invent: "1", [`percent-${basics}`]: "62,5" });
    const steps = begun("section:has(#tried) .path li").text();
    expect(steps).to.include("Basics: the result is 62.5%; 70% is needed to pass.");
    expect(steps).to.include("not handed in yet");
    expect(begun("section:has(#tried) .path li.next").first().text()).to.include("Basics");

    const all = { invent: "1", passed: [basics, plan, last], held: badgeId };
    const waiting = await get(path, { ...all, [`standing-${professionId}`]: "handed-in" });
    expect(waiting("section:has(#tried)").text()).to.include(
      "Everything is done; what is missing is a verified licence as Nurse.",
    );
    const met = await get(path, { ...all, [`standing-${professionId}`]: "verified" });
    expect(met("section:has(#tried) .pill").first().text()).to.equal("Would be awarded");
    expect(met(`input[name=passed][value=${plan}]`).attr("checked")).not.to.equal(undefined);
    expect(met(`select[name=standing-${professionId}]`).val()).to.equal("verified");
  });

  it("names a result that is none, and tries nothing on it", async () => {
    const { path, basics } = await aProgramme();
    for (const percent of ["lots", "101", "-1"]) {
      const page = await get(path, { invent: "1", [`percent-${basics}`]: percent }, 422);
      expect(page(`#fault-percent-${basics}`).text()).to.include("from 0 to 100");
      expect(page(`input[name=percent-${basics}]`).val()).to.equal(percent);
      expect(page("#tried").length).to.equal(0);
    }
  });

  it("shows what a learner would see, joined accounts together, and writes nothing", async () => {
    const { path, trackId, basics, badgeId } = await aProgramme();
    const [mina, other] = [await meet("Mina Long"), await meet(undefined)];
    await panel.stores.accounts.link(organisationId, other, mina);
    await pass(other, basics);
    const before = await panel.stores.tracks.findById(organisationId, trackId);
    for (const learner of [mina, other]) {
      const page = await get(path, { learner });
      expect(page("#tried").text()).to.equal("Mina Long");
      expect(page("section:has(#tried) .path li.met").first().text()).to.include(
        "Basics: passed with 80%",
      );
      expect(page("section:has(#tried) .path li.award").text()).to.include("Taping badge");
    }
    expect(await panel.stores.tracks.findById(organisationId, trackId)).to.deep.equal(before);
    const audit = await panel.stores.audit.list(organisationId, {
      ...{ search: "", page: 1, pageSize: 5 },
    });
    expect(audit.total).to.equal(0);
    expect(await panel.stores.awards.listForLearners(organisationId, [mina])).to.deep.equal([]);
    expect(await panel.stores.trials.find(organisationId, badgeId)).to.equal(undefined);
    await request(panel.app).get(`${address}${path}?learner=${newId()}`).expect(404);
    await request(panel.app).get(`${address}${path}?learner=Mina`).expect(404);
  });

  it("says under which version who began earlier may finish, and keeps what was awarded", async () => {
    const [a, b] = [await addExam("Alpha"), await addExam("Beta")];
    const trackId = await write("Badge", allOf("root", examStep(a), examStep(b)));
    await publish(trackId);
    const earlier = await meet("Noor Early");
    await pass(earlier, a, new Date(now.getTime() - 86_400_000));
    const added = [await addExam("Gamma"), await addExam("Delta")];
    await write("Badge", allOf("root", ...[a, b, ...added].map((id) => examStep(id))), trackId);
    const page = await get(`/tracks/${trackId}/try`, { learner: earlier });
    expect(page("section:has(#tried)").text()).to.include("Begun under version 1");
    const published = await write("Other", allOf("root", examStep(a)));
    await publish(published);
    expect((await get(`/tracks/${published}/try`))(".lead").text()).to.include(
      "version 1, which is in force",
    );
  });

  it("finds learners by name or by how their id begins, posted, and page by page", async () => {
    const { path } = await aProgramme();
    for (let number = 10; number < 22; number += 1) await meet(`Robin ${number}`);
    const nameless = await meet(undefined);
    const first = await search(path, { search: "robin" });
    expect(first(".plain a").length).to.equal(10);
    const second = await search(path, { search: "robin", page: "2" });
    expect(
      second(".plain a")
        .toArray()
        .map((link) => second(link).text()),
    ).to.deep.equal(["Robin 20", "Robin 21"]);
    for (const text of [nameless, nameless.slice(0, 8), `Learner ${nameless.slice(0, 8)}`]) {
      const found = await search(path, { search: text });
      expect(found(".plain a").attr("href"), text).to.include(`?learner=${nameless}`);
    }
    expect((await search(path, { search: "nobody" }))("[role=status]").text()).to.include("Nobody");
  });

  it("is a press away from writing the draft, which is saved first", async () => {
    const { trackId } = await aProgramme();
    const edit = await request(panel.app).get(`${address}/tracks/${trackId}/edit`);
    expect(load(edit.text)("button[value=save-and-try]").length).to.equal(1);
    const answer = await request(panel.app)
      .post(`${address}/tracks/${trackId}/edit`)
      .type("form")
      .send(pressButton(edit.text, "save-and-try", { name: "Another name" }));
    expect(answer.headers["location"]).to.match(/\/try\?done=draft-saved$/);
    expect((await get(`/tracks/${trackId}/try`))("h1").text()).to.include("Another name");
  });
});
