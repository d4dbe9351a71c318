import { expect } from "chai";
import { load } from "cheerio";
import type { Express } from "express";
import request from "supertest";
import { readCatalogue } from "../../src/progress/read-catalogue.js";
import { tellNameDecision } from "../../src/learner/tell-name-decision.js";
import { learnerRoutes } from "../../src/learner/learner.routes.js";
import type { Launch } from "../../src/launch/launch.js";
import type { Visit } from "../../src/launch/visit.js";
import type { Account } from "../../src/people/account.js";
import { newId } from "../../src/stored-record.js";
import { aVisit, NOW } from "../support/learning-fixtures.js";
import { cookieOf, createPageApp, FORM_TOKEN } from "../support/page-app.js";
import { openSmallSchool, schoolAddresses, type SmallSchool } from "../support/small-school.js";
import { openTestDatabase } from "../support/test-database.js";

describe("the learner's page", () => {
  let school: SmallSchool;
  let closeDatabase: () => Promise<void>;
  let linked: { organisationId: string; accountId: string }[];
  let ada: Account;

  beforeEach(async () => {
    const database = await openTestDatabase();
    closeDatabase = async () => {
      await database.close();
    };
    school = await openSmallSchool(database.connection);
    linked = [];
    ada = await school.join("Ada Lind");
  });
  afterEach(async () => {
    await closeDatabase();
  });

  const visitOf = (account: Account, launch: Partial<Launch> = {}): Visit =>
    aVisit(account, { organisationId: school.organisationId, ...launch });

  const appFor = (...visits: Visit[]): Express =>
    createPageApp(visits, school.accounts, (admit) =>
      learnerRoutes({
        ...school,
        admit,
        addresses: schoolAddresses,
        recallCatalogue: async (organisationId) => await readCatalogue(school, { organisationId }),
        journey: {
          accountsLinked: async (about) => {
            linked.push(about);
          },
        },
        now: () => NOW,
      }),
    );

  const open = async (visit: Visit, path = "/progress") => {
    const app = appFor(visit);
    return await request(app).get(`/l/${visit.launch.id}${path}`).set("cookie", cookieOf(visit));
  };

  const post = async (visit: Visit, path: string, form: Record<string, string> = {}) =>
    await request(appFor(visit))
      .post(`/l/${visit.launch.id}${path}`)
      .set("cookie", cookieOf(visit))
      .type("form")
      .send({ _csrf: FORM_TOKEN, ...form });

  it("shows every track with its ring, each course's state and why", async () => {
    const [balance, gait] = school.examRecords;
    if (balance === undefined || gait === undefined) throw new Error("no exams");
    await school.grade(ada, balance, 91);
    await school.grade(ada, gait, 55);
    const response = await open(visitOf(ada));
    expect(response.status).to.equal(200);
    const $ = load(response.text);
    expect($("h2").first().text()).to.equal("Gait and Balance");
    expect($("svg.ring").attr("aria-label")).to.equal("1 of 3 steps done");
    const steps = $(".steps > li")
      .map((_, step) => $(step).attr("class"))
      .get();
    expect(steps).to.deep.equal(["met exam", "in-progress exam next", "missing exam", "goal"]);
    expect($(".steps > .goal").text().trim()).to.equal("Gait and Balance");
    expect($(".steps > li").first().text()).to.match(/Balance Essentials: passed with 91%/);
    expect($(".steps > li").eq(1).text()).to.match(/55%.*80% is needed/);
  });

  it("leads to the exams of the LMS course it was opened from", async () => {
    const visit = visitOf(ada);
    const links = load((await open(visit)).text)(".steps a");
    expect(links).to.have.length(1);
    const examId = school.examRecords[0]?.id ?? "";
    expect(links.attr("href")).to.equal(`/l/${visit.launch.id}/exams/${examId}`);
    const elsewhere = visitOf(ada, { context: { id: "course-8", label: "", title: "" } });
    expect(load((await open(elsewhere)).text)(".steps a")).to.have.length(0);
  });

  it("weighs at most 60 kB with everything it loads from /assets", async () => {
    const visit = visitOf(ada);
    const { text } = await open(visit);
    const $ = load(text);
    const assets = $("link[href^='/assets/'], script[src^='/assets/']")
      .map((_, element) => $(element).attr("href") ?? $(element).attr("src"))
      .get();
    expect(assets).to.have.length(3);
    let bytes = Buffer.byteLength(text);
    for (const path of assets) {
      const asset = await request(appFor(visit)).get(path).expect(200);
      bytes += Number(asset.headers["content-length"]);
    }
    expect(bytes).to.be.at.most(60_000);
  });

  it("ties the badge's metadata to its button", async () => {
    const $ = load((await open(visitOf(ada))).text);
    const described = $(".badge-button").attr("aria-describedby") ?? "";
    const text = $(`#${described}`).text();
    for (const part of ["Allied Health Association", "Assesses gait", "ESS-103", "Contact hours"]) {
      expect(text).to.contain(part);
    }
  });

  it("tells of an award in one launch and not in the next", async () => {
    const award = await school.award(ada);
    const notice = {
      ...{ id: newId(), organisationId: school.organisationId, learnerId: ada.id },
      ...{ key: `awarded:${award.id}`, createdAt: NOW },
      subject: { kind: "awarded", trackName: award.trackName },
    } as const;
    expect(await school.notices.addNotice(notice)).to.equal("added");
    expect(await school.notices.addNotice({ ...notice, id: newId() })).to.equal("already-there");
    const first = visitOf(ada);
    const told = "Congratulations: you earned “Gait and Balance”.";
    expect((await open(first)).text.split(told)).to.have.length(2);
    expect((await open(first)).text).to.contain(told);
    expect((await open(visitOf(ada))).text).not.to.contain(told);
  });

  it("shares a credential and takes it back", async () => {
    const award = await school.award(ada);
    const credential = await school.credential(ada, award.id);
    const visit = visitOf(ada);
    const address = schoolAddresses.credentialUrl(credential.id);
    expect((await open(visit)).text).not.to.contain(address);

    const path = `/credentials/${credential.id}/visibility`;
    const shared = await post(visit, path, { visibility: "link" });
    expect(shared.status).to.equal(303);
    const $ = load((await open(visit, "/progress?done=shared")).text);
    expect($("input[readonly]").attr("value")).to.equal(address);
    expect($(".notice.done").text()).to.contain("The link is ready");

    await post(visit, path, { visibility: "private" });
    expect((await open(visit)).text).not.to.contain(address);
  });

  it("shares nothing that belongs to somebody else", async () => {
    const award = await school.award(ada);
    const credential = await school.credential(ada, award.id);
    const ben = await school.join("Ben");
    const path = `/credentials/${credential.id}/visibility`;
    const response = await post(visitOf(ben), path, { visibility: "link" });
    expect(response.status).to.equal(404);
    expect((await school.credentials.findById(credential.id))?.visibility).to.equal("private");
  });

  for (const id of ["nonsense", newId()]) {
    it(`answers sharing of the unknown credential ${id.slice(0, 8)} with not found`, async () => {
      const path = `/credentials/${id}/visibility`;
      expect((await post(visitOf(ada), path, { visibility: "link" })).status).to.equal(404);
    });
  }

  it("asks for a name first when an award waits for it, and keeps what was entered", async () => {
    const nameless = await school.join(undefined);
    await school.award(nameless);
    const visit = visitOf(nameless);
    const $ = load((await open(visit)).text);
    expect($("main section").first().attr("aria-labelledby")).to.equal("name-heading");

    const faulty = await post(visit, "/name", { name: "no@mail.example" });
    expect(faulty.status).to.equal(422);
    const $faulty = load(faulty.text);
    expect($faulty("#field-name").attr("value")).to.equal("no@mail.example");
    expect($faulty("#field-name").attr("aria-describedby")).to.contain("fault-name");
    expect(await school.profiles.find(school.organisationId, nameless.id)).to.equal(undefined);

    expect((await post(visit, "/name", { name: " Cara  Moss " })).status).to.equal(303);
    const profile = await school.profiles.find(school.organisationId, nameless.id);
    expect(profile?.proposedName).to.equal("Cara Moss");
    expect((await open(visit)).text).to.contain("Waits for approval");
  });

  it("tells the learner what was decided about their name", async () => {
    const nameless = await school.join(undefined);
    const needs = { ...school, now: () => NOW };
    const about = { organisationId: school.organisationId, accountId: nameless.id };

    await post(visitOf(nameless), "/name", { name: "C. Moss" });
    await school.profiles.declineName(school.organisationId, nameless.id, "C. Moss");
    await tellNameDecision(needs, { ...about, outcome: "declined" });
    expect((await open(visitOf(nameless))).text).to.contain("was not approved");

    await post(visitOf(nameless), "/name", { name: "Cara Moss" });
    await school.profiles.approveName(school.organisationId, nameless.id, "Cara Moss");
    await tellNameDecision(needs, { ...about, outcome: "approved" });
    const { text } = await open(visitOf(nameless));
    expect(text).to.contain("was approved").and.not.to.contain("was not approved");
  });

  it("joins two accounts with a code, once", async () => {
    const madeIn = visitOf(ada);
    const page = load((await post(madeIn, "/accounts/code")).text);
    const code = page(".notice code").text();
    expect(code).to.match(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);

    const second = await school.join(undefined);
    const joined = await post(visitOf(second), "/accounts/link", { code: code.toLowerCase() });
    expect(joined.status).to.equal(303);
    expect(linked).to.deep.equal([{ organisationId: school.organisationId, accountId: ada.id }]);

    const third = await school.join(undefined);
    const again = await post(visitOf(third), "/accounts/link", { code });
    expect(again.status).to.equal(422);
    expect(load(again.text)("#fault-code").text()).to.contain("has been used");
  });

  it("counts what was passed in a joined account", async () => {
    const [balance] = school.examRecords;
    if (balance === undefined) throw new Error("no exam");
    const second = await school.join(undefined);
    await school.grade(second, balance, 88);
    await school.accounts.link(school.organisationId, second.id, ada.id);
    const $ = load((await open(visitOf(ada))).text);
    expect($("svg.ring").attr("aria-label")).to.equal("1 of 3 steps done");
  });

  it("lets Student View look and change nothing", async () => {
    const visit = visitOf(ada, { isTestUser: true });
    const $ = load((await open(visit)).text);
    expect($(".banner").text()).to.contain("Student View");
    expect($("form")).to.have.length(0);
    expect((await post(visit, "/name", { name: "Test Student" })).status).to.equal(403);
    expect((await post(visit, "/accounts/code")).status).to.equal(403);
  });

  it("shows a teacher what learners see, without anything to press", async () => {
    const visit = visitOf(ada, { courseRoles: ["instructor"] });
    const $ = load((await open(visit)).text);
    expect($(".banner").text()).to.contain("learners see");
    expect($("form")).to.have.length(0);
    expect((await post(visit, "/name", { name: "A Teacher" })).status).to.equal(403);
  });

  it("refuses a form without its token", async () => {
    const response = await post(visitOf(ada), "/name", { name: "Ada", _csrf: "other" });
    expect(response.status).to.equal(403);
  });

  it("says so when there is nothing to earn yet", async () => {
    const elsewhere = { ...school, tracks: { listInForce: async () => [] } };
    const visit = visitOf(ada);
    const app = createPageApp([visit], school.accounts, (admit) =>
      learnerRoutes({
        ...{ ...elsewhere, admit, addresses: schoolAddresses, now: () => NOW },
        recallCatalogue: async (organisationId) =>
          await readCatalogue(elsewhere, { organisationId }),
        journey: { accountsLinked: async () => undefined },
      }),
    );
    const response = await request(app)
      .get(`/l/${visit.launch.id}/progress`)
      .set("cookie", cookieOf(visit));
    expect(load(response.text)(".empty").text()).to.contain("no micro-credentials to earn yet");
  });

  it("escapes whatever the LMS or an administrator wrote", async () => {
    const hostile = await school.join("<script>alert(1)</script>");
    const response = await open(visitOf(hostile));
    expect(response.text).not.to.contain("<script>alert");
    expect(response.text).to.contain("&lt;script&gt;alert");
  });
});
