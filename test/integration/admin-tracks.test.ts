import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { examIdsOf } from "../../src/tracks/requirement.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { aFact } from "../support/core-fixtures.js";
import { pressButton, valuesOf } from "../support/press-button.js";

describe("the administrator's tracks", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  let examIds: string[];

  before(async () => {
    panel = await openPanel();
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
    examIds = [];
    for (const code of ["AH-101", "AH-102", "AH-103"]) {
      const courseId = newId();
      const course = { code, title: `Course ${code}`, contactHours: 8, subject: "S", version: "1" };
      const examId = newId();
      const createdAt = new Date();
      await panel.stores.courses.addOnce({ id: courseId, organisationId, ...course, createdAt });
      await panel.stores.exams.add({
        id: examId,
        organisationId,
        courseId,
        title: "Final exam",
        kind: "exam",
        passMarkPercent: 70,
        attemptsAllowed: undefined,
        gradeSource: code === "AH-103" ? "hosted" : "lms-gradebook",
        scoreMaximum: 100,
        questions: [],
        createdAt,
      });
      examIds.push(examId);
    }
  });

  const get = async (path: string) =>
    (await request(panel.app).get(`${address}${path}`).expect(200)).text;
  const post = async (path: string, body = "") =>
    await request(panel.app).post(`${address}${path}`).type("form").send(body);

  /** Fills in the plain fields. */
  const plain = {
    name: "Safe moving",
    description: "Moves people safely.",
    criteriaNarrative: "Pass the exams.",
    subject: "Physiotherapy",
    contactHours: "16",
    developmentPoints: "3",
    badgeShape: "shield",
    badgeColour: "#7a1f5c",
    badgeInitials: "SM",
  };

  /** A draft that asks for the given exams, written by buttons alone. */
  async function writeDraft(exams = examIds.slice(0, 1)): Promise<string> {
    let html = await get("/tracks/new");
    const [root] = valuesOf(html, "step");
    const typed: Record<string, string> = { ...plain };
    for (const exam of exams) {
      html = (await post("/tracks/new", pressButton(html, `step-add-exam:${root!}`, typed))).text;
      typed[`step-${valuesOf(html, "step").at(-1)!}-exam`] = exam;
    }
    const response = await post("/tracks/new", pressButton(html, "save", typed));
    expect(response.status).to.equal(303);
    return /tracks\/([0-9a-f-]{36})/.exec(String(response.headers["location"]))![1]!;
  }
  const findTrack = async (id: string) => (await panel.stores.tracks.findById(organisationId, id))!;

  it("say what to do first where there are none", async () => {
    expect(load(await get("/tracks"))(".empty").text()).to.include("Add the courses first");
  });

  it("are written by buttons alone: nested steps, moved, removed, told in words, saved as data", async () => {
    let html = await get("/tracks/new");
    const press = async (button: string, typed: Record<string, string> = {}) => {
      const response = await post("/tracks/new", pressButton(html, button, typed));
      expect(response.status).to.equal(200);
      html = response.text;
      return valuesOf(html, "step");
    };
    const [root] = valuesOf(html, "step");
    await press(`step-add-exam:${root!}`, plain);
    const [, first] = await press(`step-add-group:${root!}`);
    const group = valuesOf(html, "step").at(-1)!;
    await press(`step-add-exam:${group}`, { [`step-${first!}-exam`]: examIds[0]! });
    await press(`step-add-exam:${group}`);
    const [second, third] = valuesOf(html, "step").slice(-2);
    await press(`step-add-exam:${root!}`, {
      [`step-${second!}-exam`]: examIds[1]!,
      [`step-${third!}-exam`]: examIds[2]!,
      [`step-${third!}-pass`]: "85",
      [`step-${group}-count`]: "1",
    });
    const extra = valuesOf(html, "step").at(-1)!;
    await press(`step-remove:${extra}`);
    await press(`step-up:${group}`);
    const order = await press("check");
    expect(order).to.deep.equal([root, group, second, third, first]);
    const told = load(html)("#steps").text().replace(/\s+/g, " ");
    expect(told).to.include("Do both of these: Do at least 1 of these 2:");
    expect(told).to.include("Pass Final exam (AH-103 Course AH-103) with at least 85%.");
    expect((await panel.stores.tracks.list(organisationId, all)).total).to.equal(0);

    const saved = await post("/tracks/new", pressButton(html, "save"));
    expect(saved.status).to.equal(303);
    const { items } = await panel.stores.tracks.list(organisationId, all);
    expect(items[0]?.draft).to.include({ name: "Safe moving", contactHours: 16 });
    expect(items[0]?.draft?.requirement).to.deep.equal({
      id: root,
      kind: "all-of",
      of: [
        {
          id: group,
          kind: "at-least",
          count: 1,
          of: [
            { id: second, kind: "exam-passed", examId: examIds[1] },
            { id: third, kind: "exam-passed", examId: examIds[2], passMarkPercent: 85 },
          ],
        },
        { id: first, kind: "exam-passed", examId: examIds[0] },
      ],
    });
  });
  const all = { search: "", page: 1, pageSize: 50 };

  it("come back with every value kept and the message beside the field, and nothing is saved", async () => {
    let html = await get("/tracks/new");
    const [root] = valuesOf(html, "step");
    html = (await post("/tracks/new", pressButton(html, `step-add-exam:${root!}`))).text;
    html = (await post("/tracks/new", pressButton(html, "competency-add"))).text;
    const [competency] = valuesOf(html, "competency");
    const response = await post(
      "/tracks/new",
      pressButton(html, "save", {
        ...plain,
        name: "",
        contactHours: "lots",
        [`competency-${competency!}-frameworkUrl`]: "framework 12",
      }),
    );
    expect(response.status).to.equal(422);
    const page = load(response.text);
    const faulty = page("[aria-invalid=true]")
      .toArray()
      .map((element) =>
        page(element)
          .attr("name")!
          .replace(/-[0-9a-f]{8}-/, "-*-"),
      );
    expect(faulty).to.have.members([
      "name",
      "contactHours",
      "step-*-exam",
      "competency-*-name",
      "competency-*-frameworkUrl",
    ]);
    expect(page("[name=contactHours]").val()).to.equal("lots");
    expect(page("[name=description]").val()).to.equal(plain.description);
    for (const element of page("[aria-invalid=true]").toArray()) {
      const ids = page(element).attr("aria-describedby")!.split(" ");
      expect(page(`[id="${ids.at(-1)!}"]`).text()).to.not.equal("");
    }
    expect((await panel.stores.tracks.list(organisationId, all)).total).to.equal(0);
  });

  it("cannot ask for an exam of another organisation", async () => {
    const other = await panel.enter();
    const html = load(await get("/tracks/new")).html();
    const [root] = valuesOf(html, "step");
    const added = (await post("/tracks/new", pressButton(html, `step-add-exam:${root!}`, plain)))
      .text;
    const step = valuesOf(added, "step").at(-1)!;
    const body = pressButton(added, "save", { ...plain, [`step-${step}-exam`]: examIds[0]! });
    const response = await request(panel.app)
      .post(`${other.panel}/tracks/new`)
      .type("form")
      .send(body);
    expect(response.status).to.equal(422);
    expect(load(response.text)(`[id="fault-step-${step}-exam"]`).text()).to.include(
      "Choose the exam",
    );
    expect(response.text).to.not.include("Course AH-101");
  });

  /** Looks whom it would award, and confirms. */
  const publish = async (id: string) => {
    expect((await post(`/tracks/${id}/try-out`)).status).to.equal(303);
    const page = load(await get(`/tracks/${id}/publication`));
    const form = page(`form[action$="/publish"]`);
    return await post(`/tracks/${id}/publish`, `trial=${String(form.find("[name=trial]").val())}`);
  };

  it("are published after a confirmation, and a published version is not changed by editing", async () => {
    const id = await writeDraft();
    const first = load(await get(`/tracks/${id}`))(".row form").first();
    expect(first.attr("action")).to.equal(`${address}/tracks/${id}/try-out`);
    expect((await post(`/tracks/${id}/publish`)).status).to.equal(409);
    expect((await publish(id)).status).to.equal(303);
    const published = await findTrack(id);
    expect([published.publishedVersion, published.draft]).to.deep.equal([1, undefined]);

    const html = await get(`/tracks/${id}/edit`);
    expect(load(html)("[name=name]").val()).to.equal("Safe moving");
    const edited = await post(
      `/tracks/${id}/edit`,
      pressButton(html, "save", { name: "Safe moving II", description: "New words." }),
    );
    expect(edited.status).to.equal(303);
    const page = load(await get(`/tracks/${id}`));
    expect(page("main").text()).to.include("Draft of changes");
    const old = load(await get(`/tracks/${id}/versions/1`));
    expect(old("h1").text()).to.equal("Safe moving, version 1");
    expect(old("main").text()).to.not.include("New words.");

    expect((await publish(id)).status).to.equal(303);
    const versions = load(await get(`/tracks/${id}`))("tbody th");
    expect(versions.toArray().map((row) => load(row).text())).to.deep.equal([
      "Version 2",
      "Version 1",
    ]);
    expect(load(await get(`/tracks/${id}/versions/1`))("main").text()).to.include(
      "Moves people safely.",
    );
  });

  it("say before they are published whom they would award, and then how far it is", async () => {
    const id = await writeDraft();
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id: accountId } = await panel.stores.accounts.findOrCreate(key, new Date());
    const about = { id: accountId, organisationId, email: undefined };
    await panel.stores.profiles.noteFromLms({ ...about, name: "Mina Long" });
    const { draft } = await findTrack(id);
    for (const examId of examIdsOf(draft!.requirement))
      await panel.stores.facts.addOnce(aFact({ organisationId, accountId, examId }));

    await post(`/tracks/${id}/try-out`);
    const before = load(await get(`/tracks/${id}/publication`));
    expect(before("[data-said]").text()).to.include("1 learner would be awarded now");
    expect(before("tbody th").text()).to.equal("Mina Long");
    expect(before("tbody td").first().text()).to.match(/^Course AH-101: passed with 80% on /u);
    expect(before("form button").first().text()).to.equal("Publish and award 1 learner");

    expect((await publish(id)).headers["location"]).to.include(`/tracks/${id}/publication?done=`);
    const after = load(await get(`/tracks/${id}/publication`));
    expect(after("[data-watch]").attr("data-watch")).to.equal("on");
    expect(after("[data-said]").text()).to.equal("0 of 1 learner awarded so far.");
    expect(after("progress").attr("max")).to.equal("1");
    expect(after("a", "[data-watch]").text()).to.equal("Look again");
  });

  it("are not published by what was looked at before the draft was written again", async () => {
    const id = await writeDraft();
    await post(`/tracks/${id}/try-out`);
    const trial = load(await get(`/tracks/${id}/publication`))("[name=trial]").val();
    await post(`/tracks/${id}/edit`, pressButton(await get(`/tracks/${id}/edit`), "save"));
    const refused = await post(`/tracks/${id}/publish`, `trial=${String(trial)}`);
    expect(refused.status).to.equal(409);
    expect(load(await get(`/tracks/${id}/publication`))("[data-said]").text()).to.include(
      "written again since",
    );
    expect((await findTrack(id)).publishedVersion).to.equal(0);
  });

  it("are not published while an exam has no questions; the page says which", async () => {
    const id = await writeDraft([examIds[2]!]);
    expect(load(await get(`/tracks/${id}`))(".notice.warning").text()).to.include(
      "no questions yet",
    );
    const response = await post(`/tracks/${id}/try-out`);
    expect(response.status).to.equal(422);
    expect(load(response.text)(".notice.warning").first().text()).to.include("Not published.");
    expect((await findTrack(id)).publishedVersion).to.equal(0);
  });

  it("keep what is in force when a draft of changes is discarded", async () => {
    const id = await writeDraft();
    await publish(id);
    await post(`/tracks/${id}/edit`, pressButton(await get(`/tracks/${id}/edit`), "save"));
    expect((await post(`/tracks/${id}/discard`)).status).to.equal(303);
    const published = await findTrack(id);
    expect([published.publishedVersion, published.draft]).to.deep.equal([1, undefined]);
  });

  it("keep both texts when two administrators change one draft", async () => {
    const id = await writeDraft();
    const [mine, theirs] = [await get(`/tracks/${id}/edit`), await get(`/tracks/${id}/edit`)];
    await post(`/tracks/${id}/edit`, pressButton(theirs, "save", { description: "Their words." }));
    const answer = await post(
      `/tracks/${id}/edit`,
      pressButton(mine, "save", { description: "My words." }),
    );
    expect(answer.status).to.equal(409);
    expect(load(answer.text)(".notice.warning").text()).to.include("Somebody else saved");
    expect(load(answer.text)("[name=description]").val()).to.equal("My words.");
    expect((await findTrack(id)).draft?.description).to.equal("Their words.");
    expect((await post(`/tracks/${id}/edit`, pressButton(answer.text, "save"))).status).to.equal(
      303,
    );
    expect((await findTrack(id)).draft?.description).to.equal("My words.");
  });

  it("have slips in a published version corrected, with a reason, and nothing else", async () => {
    const id = await writeDraft();
    await panel.stores.publishTrack({ organisationId, trackId: id, publishedBy: "admin" });
    const path = `/tracks/${id}/versions/1`;
    const texts = { ...plain, name: "Safer moving" };
    const { name, description, criteriaNarrative } = texts;
    const fields = { name, description, criteriaNarrative };
    const send = async (reason: string) =>
      await request(panel.app)
        .post(`${address}${path}/correct`)
        .type("form")
        .send({ ...fields, reason });
    const refused = await send("");
    expect(refused.status).to.equal(422);
    expect(load(refused.text)("#fault-reason").text()).to.equal("Say what was wrong.");
    expect((await send("A slip of the pen")).status).to.equal(303);
    const page = load(await get(path));
    expect(page("h1").text()).to.equal("Safer moving, version 1");
    expect(page("main").text()).to.include("A slip in its wording was corrected on");
    const trail = await panel.stores.audit.list(organisationId, {
      ...{ search: "", page: 1, pageSize: 5, action: "track-wording-corrected" },
    });
    expect(trail.items[0]).to.deep.include({
      ...{ reason: "A slip of the pen", after: { version: 1, parts: "name" } },
    });
  });

  it("show the badge while it is designed, and refuse what is no badge", async () => {
    const badge =
      "/badge-preview.svg?badgeShape=circle&badgeColour=%23123456&badgeInitials=%3Cb%3E";
    const response = await request(panel.app).get(`${address}${badge}`);
    expect(response.type).to.equal("image/svg+xml");
    expect(String(response.body)).to.include("&lt;b&gt;");
    const forged = '/badge-preview.svg?badgeShape=circle&badgeInitials=A&badgeColour="/><script>';
    expect((await request(panel.app).get(`${address}${encodeURI(forged)}`)).status).to.equal(404);
  });
});
