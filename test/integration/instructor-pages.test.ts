import { expect } from "chai";
import { load } from "cheerio";
import type { Express } from "express";
import { createLocalJWKSet, jwtVerify } from "jose";
import request from "supertest";
import { decideEquivalency } from "../../src/equivalencies/decide-equivalency.js";
import { instructorRoutes } from "../../src/instructor/instructor.routes.js";
import type { Launch } from "../../src/launch/launch.js";
import type { Visit } from "../../src/launch/visit.js";
import type { Account } from "../../src/people/account.js";
import { createToolKeyStore } from "../../src/platforms/tool-key-store.js";
import { createToolKeys, type ToolKeys } from "../../src/platforms/tool-keys.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { newId } from "../../src/stored-record.js";
import { examIdsOf, type Requirement } from "../../src/tracks/requirement.js";
import { allOf, examStep } from "../support/core-fixtures.js";
import {
  aCourse,
  anExam,
  aTrack,
  aTrackContent,
  aTrackVersion,
  aVisit,
  ISSUER,
  NOW,
} from "../support/learning-fixtures.js";
import { cookieOf, createPageApp, FORM_TOKEN } from "../support/page-app.js";
import { openSmallSchool, type SmallSchool } from "../support/small-school.js";
import { openTestDatabase } from "../support/test-database.js";

const LAUNCH_URL = "https://badges.example/lti/launch";
const DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/";

describe("the instructor's pages", () => {
  let school: SmallSchool;
  let toolKeys: ToolKeys;
  let closeDatabase: () => Promise<void>;
  let teacher: Account;

  beforeEach(async () => {
    const database = await openTestDatabase();
    const { connection } = database;
    closeDatabase = async () => {
      await database.close();
    };
    const keys = createToolKeyStore(connection);
    school = await openSmallSchool(connection);
    toolKeys = createToolKeys({
      keys,
      sealedBox: createSealedBox("ab".repeat(32)),
      now: () => NOW,
    });
    teacher = await school.join("Tess Teacher");
  });
  afterEach(async () => {
    await closeDatabase();
  });

  const visitOf = (launch: Partial<Launch> = {}): Visit =>
    aVisit(teacher, {
      organisationId: school.organisationId,
      courseRoles: ["instructor"],
      ...launch,
    });

  const appFor = (visit: Visit): Express =>
    createPageApp([visit], school.accounts, (admit) =>
      instructorRoutes({
        ...{ ...school, admit, toolKeys, launchUrl: LAUNCH_URL, now: () => NOW },
        lineItems: { findFor: () => Promise.resolve(undefined) },
        grades: { findLineItem: () => Promise.resolve(undefined) },
      }),
    );

  const open = async (visit: Visit, path: string) =>
    await request(appFor(visit)).get(`/l/${visit.launch.id}${path}`).set("cookie", cookieOf(visit));

  const elsewhere = { id: "course-8", label: undefined, title: "Another" };

  describe("the course page", () => {
    it("shows the learners with this course's scores, of others only whether they are met", async () => {
      const [balance, gait] = school.examRecords;
      if (balance === undefined || gait === undefined) throw new Error("no exams");
      const ada = await school.join("Ada Lind");
      await school.grade(ada, balance, 83.5);
      await school.gradeIn(newId(), ada, { exam: gait, scorePercent: 97 });
      const response = await open(visitOf(), "/course");
      expect(response.status).to.equal(200);
      const $ = load(response.text);
      const row = $("tbody tr").first();
      expect(row.find("th").text()).to.equal("Ada Lind");
      expect(row.text()).to.contain("83.5%").and.to.contain("2 of 3");
      const steps = row
        .find(".path li")
        .map((_, step) => $(step).text().replace(/\s+/g, " ").trim());
      expect([...steps]).to.deep.equal([
        "Done: ESS-101 Balance Essentials: 83.5%, passed.",
        "Done: ESS-102 Gait Essentials: met.",
        "Open: ESS-103 Falls Essentials: not met. Next",
      ]);
      expect(row.text()).to.contain("Close").and.to.contain("One step is left: Falls Essentials.");
      expect(response.text).not.to.match(/\b97\b/);
    });

    it("shows who has opened Rosette and has no result yet", async () => {
      const ben = await school.join("Ben");
      const { organisationId, offering } = school;
      const seen = { organisationId, offeringId: offering.id, accountIds: [ben.id], at: NOW };
      await school.courseMembers.noteMembers(seen);
      await school.courseMembers.noteMembers(seen);
      const $ = load((await open(visitOf(), "/course")).text);
      expect($("tbody th").text()).to.equal("Ben");
      expect($("tbody tr").text()).to.contain("No result yet");
    });

    it("leaves out who has left, unless a result of theirs is here", async () => {
      const [balance] = school.examRecords;
      if (balance === undefined) throw new Error("no exam");
      const { organisationId, offering } = school;
      const [ada, ben, cleo] = [
        await school.join("Ada"),
        await school.join("Ben"),
        await school.join("Cleo"),
      ];
      await school.grade(ben, balance, 91);
      const before = new Date(NOW.getTime() - 1000);
      const seen = { organisationId, offeringId: offering.id };
      const accountIds = [ada.id, ben.id, cleo.id];
      await school.courseMembers.noteMembers({ ...seen, accountIds, at: before });
      await school.courseMembers.noteMembers({ ...seen, accountIds: [cleo.id], at: NOW });
      await school.courseMembers.markLeft({ ...seen, notSeenSince: NOW });
      const $ = load((await open(visitOf(), "/course")).text);
      const rows = $("tbody th").map((_, cell) => $(cell).text());
      expect([...rows]).to.deep.equal(["Ben has left this course", "Cleo"]);
    });

    /** Somebody with results on exams of the school, in this LMS course. */
    const meet = async (name: string, ...results: [number, number][]) => {
      const account = await school.join(name);
      for (const [index, percent] of results)
        await school.grade(account, school.examRecords[index]!, percent);
      return account;
    };

    it("lists who is close and who is stuck, with the reason, and nobody else", async () => {
      const [balance] = school.examRecords;
      if (balance === undefined) throw new Error("no exam");
      const { organisationId, offering } = school;
      await meet("Ada", [0, 90], [1, 90]);
      await meet("Ben", [0, 90]);
      const cleo = await meet("Cleo", [0, 30]);
      for (const number of [1, 2, 3])
        await school.attempts.start({
          ...{ id: newId(), organisationId, accountId: cleo.id, sub: "cleo", number },
          ...{ courseId: balance.courseId, examId: balance.id, passMarkPercent: 80 },
          ...{ offeringId: offering.id, lineItemId: undefined, questions: [] },
          ...{ startedAt: NOW, submittedAt: NOW, answers: [], settledAt: NOW },
          grading: { points: [], score: 0, maximum: 1 },
        });
      const namesOf = async (query: string) => {
        const $ = load((await open(visitOf(), `/course${query}`)).text);
        return { names: [...$("tbody th").map((_, cell) => $(cell).text())], $ };
      };
      expect((await namesOf("")).names).to.deep.equal(["Ada", "Ben", "Cleo"]);
      expect((await namesOf("?show=close")).names).to.deep.equal(["Ada"]);
      const stuck = await namesOf("?show=stuck");
      expect(stuck.names).to.deep.equal(["Cleo"]);
      expect(stuck.$("tbody").text()).to.contain("all 3 attempts are used, and it is not passed");
      expect(stuck.$("nav [aria-current]").text()).to.contain("Stuck");
      expect(stuck.$("input[name=show]").val()).to.equal("stuck");
      const none = await namesOf("?show=stuck&search=ada");
      expect(none.$(".empty").text()).to.contain("who is stuck is called “ada”");
    });

    it("looks for them among so many at a time, and from there on when asked to", async () => {
      const name = (number: number) => `Learner ${String(number).padStart(3, "0")}`;
      for (let number = 1; number <= 230; number += 1) {
        const isClose = number === 3 || number === 229;
        await meet(name(number), [0, isClose ? 90 : 30], [1, isClose ? 90 : 30]);
      }
      const read = async (query: string) => {
        const $ = load((await open(visitOf(), `/course?show=close${query}`)).text);
        const names = [...$("tbody th").map((_, cell) => $(cell).text())];
        const next = $("main a[rel=next]").attr("href") ?? "";
        return { names, next: next.slice(next.indexOf("?")), text: $("main").text() };
      };
      const first = await read("");
      expect(first.names).to.deep.equal([name(3)]);
      expect(first.text).to.contain("Learners 1 to 200 of 230 were looked at");
      expect(first.next).to.equal("?show=close&from=201");
      const second = await read("&from=201");
      expect(second.names).to.deep.equal([name(229)]);
      expect(second.text).to.contain("Learners 201 to 230 of 230");
      expect(second.next).to.equal("");
      const found = await read("&search=229");
      expect(found.names).to.deep.equal([name(229)]);
      expect(found.text).not.to.contain("looked at");
      for (const odd of ["&from=0", "&from=-4", "&from=x"])
        expect((await read(odd)).names).to.deep.equal([name(3)]);
      expect((await read("&from=9999")).names).to.deep.equal([]);
    });

    it("says where work on an activity was returned, and where it waits", async () => {
      const { organisationId, offering } = school;
      const [course] = school.courseRecords;
      const plan = anExam(course!.id, {
        ...{ organisationId, kind: "activity", gradeSource: "assessed", title: "Plan" },
      });
      await school.exams.add(plan);
      await addTrack(allOf("root", examStep(plan.id), examStep(school.examRecords[1]!.id)));
      for (const [name, states] of [
        ["Ada", ["returned"]],
        ["Ben", ["returned", "waiting"]],
      ] as const) {
        const { id: accountId } = await meet(name, [0, 90]);
        for (const [index, state] of states.entries())
          await school.submissions.addOnce({
            ...{ id: newId(), organisationId, examId: plan.id, courseId: plan.courseId, accountId },
            ...{ offeringId: offering.id, number: index + 1, state, assessments: [] },
            work: { text: "Mine", link: undefined, files: [] },
            submittedAt: new Date(NOW.getTime() + index),
          });
      }
      const $ = load((await open(visitOf(), "/course?show=stuck")).text);
      const told = $("tbody tr").map((_, row) => $(row).find("p.small").last().text());
      expect(told[0]).to.contain("returned with a comment, and not handed in again");
      expect(told[1]).to.contain("handed in, and waits to be assessed");
    });

    /** A published track beside the school's own. */
    const addTrack = async (requirement: Requirement) => {
      const { organisationId } = school;
      const content = { ...aTrackContent([]), name: "Poise", requirement };
      const version = { ...aTrackVersion(content), organisationId };
      const track = { ...aTrack(version), organisationId, draft: content, publishedVersion: 0 };
      await school.tracks.add(track);
      await school.trackVersions.addOnce(version);
      await school.tracks.putInForce({
        ...{ organisationId, id: track.id, version: 1, name: track.name, trackIds: [] },
        ...{ examIds: examIdsOf(requirement), draftWrittenAt: track.updatedAt, at: NOW },
      });
    };

    for (const [whom, isAlone] of [
      ["for everybody", false],
      ["for one learner", true],
    ] as const)
      it(`shows a track that this course counts for by a decision ${whom}`, async () => {
        const { organisationId } = school;
        const course = aCourse({ organisationId, code: "POISE", title: "Poise" });
        const exam = anExam(course.id, { organisationId });
        await school.courses.addOnce(course);
        await school.exams.add(exam);
        await addTrack(allOf("root", examStep(exam.id)));
        const ada = await meet("Ada", [0, 90]);
        await meet("Ben", [0, 90]);
        const decision = await decideEquivalency(
          { ...school, now: () => NOW },
          {
            ...{ organisationId, fromExamId: school.examRecords[0]!.id, toExamId: exam.id },
            ...{ accountId: isAlone ? ada.id : undefined, since: undefined },
            ...{ decision: "counts", reach: "one-way", reason: "A secret reason" },
            ...{ decidedBy: "Committee", enteredBy: newId() },
          },
        );
        expect(decision.kind).to.equal("entered");
        const page = await open(visitOf(), "/course");
        const $ = load(page.text);
        const tracks = $("tbody tr").map((_, row) => $(row).find("summary").text());
        expect(tracks[0]).to.contain("Poise: 1 of 1");
        if (isAlone) expect(tracks[1]).not.to.contain("Poise");
        else expect(tracks[1]).to.contain("Poise: 1 of 1");
        expect(page.text).not.to.contain("secret");
      });

    it("shows joined accounts as one learner", async () => {
      const [balance] = school.examRecords;
      if (balance === undefined) throw new Error("no exam");
      const ada = await school.join("Ada Lind");
      const second = await school.join(undefined);
      await school.grade(ada, balance, 40);
      await school.grade(second, balance, 81);
      await school.accounts.link(school.organisationId, second.id, ada.id);
      const $ = load((await open(visitOf(), "/course")).text);
      expect($("tbody tr")).to.have.length(1);
      expect($("tbody tr").text()).to.contain("Ada Lind").and.to.contain("81%");
    });

    it("finds a learner by name and pages the rest", async () => {
      const { organisationId, offering } = school;
      const accountIds: string[] = [];
      for (let number = 1; number <= 23; number += 1) {
        accountIds.push((await school.join(`Learner ${String(number).padStart(2, "0")}`)).id);
      }
      const seen = { organisationId, offeringId: offering.id, accountIds, at: NOW };
      await school.courseMembers.noteMembers(seen);
      const visit = visitOf();
      const second = load((await open(visit, "/course?page=2")).text);
      expect(second("tbody tr")).to.have.length(3);
      expect(second(".pager").text()).to.contain("Page 2 of 2");
      const found = load((await open(visit, "/course?search=learner+07")).text);
      expect(found("tbody th").text()).to.equal("Learner 07");
      const none = load((await open(visit, "/course?search=%3Cb%3E")).text);
      expect(none(".empty").text()).to.contain("<b>");
    });

    it("says that the LMS course waits for approval, and shows nobody", async () => {
      await school.offerings.noteLaunch({
        ...{ organisationId: school.organisationId, issuer: ISSUER, at: NOW },
        ...{ contextId: "course-8", contextTitle: "Another" },
      });
      const response = await open(visitOf({ context: elsewhere }), "/course");
      const $ = load(response.text);
      expect($(".notice").text()).to.contain("Another").and.to.contain("waits for approval");
      expect($("table")).to.have.length(0);
    });

    it("is closed to learners, and to teachers outside a course", async () => {
      expect((await open(visitOf({ courseRoles: ["learner"] }), "/course")).status).to.equal(403);
      expect((await open(visitOf({ context: undefined }), "/course")).status).to.equal(403);
    });
  });

  describe("adding content", () => {
    const returnUrl = "https://school.lms.example/deep_link?course=7";
    const deepLinking = {
      returnUrl,
      acceptTypes: ["ltiResourceLink"],
      acceptMultiple: true,
      data: "opaque <data>",
    };
    let visit: Visit;

    beforeEach(async () => {
      const platform = {
        ...{ id: newId(), organisationId: school.organisationId, name: "LMS", issuer: ISSUER },
        ...{ clientId: "client-7", authorizationUrl: `${ISSUER}/auth` },
        ...{ tokenUrl: `${ISSUER}/token`, tokenAudience: undefined, jwksUrl: `${ISSUER}/jwks` },
        ...{ family: "other" as const, acceptsAnyDeployment: true, createdAt: NOW },
      };
      await school.platforms.addOnce(platform);
      const deployment = await school.deployments.ensure({
        ...{ platformId: platform.id, deploymentId: "deployment-3", status: "approved" },
        ...{ organisationId: school.organisationId, at: NOW },
      });
      visit = visitOf({
        message: "deep-linking",
        platformId: platform.id,
        deploymentRecordId: deployment.id,
        deepLinking,
      });
    });

    const choose = async (items: string | string[], chosenVisit = visit) =>
      await request(appFor(chosenVisit))
        .post(`/l/${chosenVisit.launch.id}/content`)
        .set("cookie", cookieOf(chosenVisit))
        .type("form")
        .send({ _csrf: FORM_TOKEN, items });

    it("offers what the course has, the progress page and the track", async () => {
      const $ = load((await open(visit, "/content")).text);
      const titles = $(".choice strong")
        .map((_, title) => $(title).text())
        .get();
      expect(titles).to.deep.equal([
        "Balance Essentials: exam",
        "Observe a patient",
        "My micro-credentials",
        "Gait and Balance",
      ]);
      expect($("input[type=checkbox]")).to.have.length(4);
    });

    it("answers with a message that the LMS can check, for its own address alone", async () => {
      const response = await choose([`exam:${school.project.id}`, "progress"]);
      expect(response.status).to.equal(200);
      expect(response.headers["content-security-policy"]).to.match(
        /form-action https:\/\/school\.lms\.example(;|$)/,
      );
      const $ = load(response.text);
      expect($("form").attr("action")).to.equal(returnUrl);
      expect($("form button").text()).to.equal("Return to your course");
      const jwks = createLocalJWKSet(await toolKeys.jwks());
      const { payload } = await jwtVerify(String($("input[name=JWT]").attr("value")), jwks, {
        issuer: "client-7",
        audience: ISSUER,
        currentDate: NOW,
      });
      expect(payload["https://purl.imsglobal.org/spec/lti/claim/deployment_id"]).to.equal(
        "deployment-3",
      );
      expect(payload[`${DEEP_LINKING}data`]).to.equal("opaque <data>");
      const items = payload[`${DEEP_LINKING}content_items`] as Record<string, unknown>[];
      expect(items.map((item) => item["custom"])).to.deep.equal([
        { rosette_exam: school.project.id },
        { rosette_page: "progress" },
      ]);
      expect(items[0]?.["lineItem"]).to.deep.equal({
        ...{ scoreMaximum: 100, label: "Observe a patient", tag: "rosette" },
        resourceId: `rosette-exam-${school.project.id}`,
      });
    });

    it("sends nothing to the LMS while nothing is chosen", async () => {
      const response = await choose([]);
      expect(response.status).to.equal(422);
      const $ = load(response.text);
      expect($("#fault-items").text()).to.equal("Choose what to add.");
      expect($("input[name=JWT]")).to.have.length(0);
    });

    it("keeps what was chosen when the LMS takes one at a time", async () => {
      const single = { ...visit, launch: { ...visit.launch } };
      single.launch.deepLinking = { ...deepLinking, acceptMultiple: false };
      const response = await choose([`exam:${school.project.id}`, "progress"], single);
      expect(response.status).to.equal(422);
      const $ = load(response.text);
      expect($("input[type=radio]")).to.have.length(4);
      expect($("input[checked]")).to.have.length(2);
    });

    it("adds no exam of a course that is not approved here", async () => {
      const pending = { ...visit, launch: { ...visit.launch, context: elsewhere } };
      const page = load((await open(pending, "/content")).text);
      expect(page("input[value^='exam:']")).to.have.length(0);
      expect(page(".choice")).to.have.length(2);
      const response = await choose([`exam:${school.project.id}`], pending);
      expect(response.status).to.equal(422);
    });

    it("is nowhere to be found in an ordinary launch", async () => {
      expect((await open(visitOf(), "/content")).status).to.equal(404);
    });

    it("is closed to learners", async () => {
      const learner = { ...visit, launch: { ...visit.launch, courseRoles: ["learner" as const] } };
      expect((await open(learner, "/content")).status).to.equal(403);
    });
  });
});
