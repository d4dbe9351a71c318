import { expect } from "chai";
import type { ToolError } from "../../src/errors.js";
import type { Exam } from "../../src/courses/exam.js";
import { resourceIdOf } from "../../src/exams/line-item.js";
import { postScore } from "../../src/exams/post-score.js";
import { startAttempt } from "../../src/exams/start-attempt.js";
import { submitAttempt } from "../../src/exams/submit-attempt.js";
import { newId } from "../../src/stored-record.js";
import { COURSE, createExamWorld, examOf, type ExamWorld } from "../support/exam-world.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

for (const mood of ["moodle", "canvas"] as const) {
  describe(`exams and the gradebook of an LMS like ${mood}`, () => {
    let world: ExamWorld;

    beforeEach(async () => {
      world = await createExamWorld(mood);
    });
    afterEach(async () => {
      await world.stop();
    });

    const columns = (exam: Exam) => {
      const rows = world.lms
        .gradebook(COURSE)
        .filter((row) => row.resourceId === resourceIdOf(exam.id));
      return new Set(rows.map((row) => row.lineItemId));
    };
    const gradeOf = (exam: Exam, userId: string) =>
      world.lms
        .gradebook(COURSE)
        .find((row) => row.resourceId === resourceIdOf(exam.id) && row.userId === userId)?.score;
    const type = (exam: Exam, userId: string, score: number | null) => {
      world.lms.grade({ courseId: COURSE, userId, score, resourceId: resourceIdOf(exam.id) });
    };
    const open = async (exam: Exam, sub: string) => {
      const opening = await world.openingOf(exam, sub);
      await world.sources[exam.gradeSource].open(opening);
      await world.work();
      return opening;
    };
    const sit = async (exam: Exam, sub: string, right: number) => {
      const opening = await open(exam, sub);
      const lineItem = await world.lineItems.findFor({
        ...{ organisationId: opening.launch.organisationId, contextId: COURSE },
        ...{ platformId: world.platform.id, examId: exam.id },
      });
      const started = await startAttempt(world.needs, { ...opening, lineItem });
      if (!("attempt" in started)) throw new Error(started.kind);
      const answers = exam.questions.map(({ id }, index) => ({
        questionId: id,
        given: [index < right ? "right" : "wrong"],
      }));
      return await submitAttempt(world.needs, started.attempt, answers);
    };
    const outcomes = () => [...world.facts.values()].map((fact) => fact.outcome);
    const readAgain = async () => {
      world.clock.advance(9 * MINUTE);
      await world.sweep();
    };

    it("makes an exam's column once, however many come at once", async () => {
      const exam = examOf();
      const openings = await Promise.all(
        ["amara", "jonas", "priya"].map(async (sub) => await world.openingOf(exam, sub)),
      );
      await Promise.all(
        openings.map(async (each) => {
          await world.sources.hosted.open(each);
        }),
      );
      const jobs = world.woken.splice(0);
      await Promise.all(jobs.map(async ({ name, data }) => await world.handlers[name]?.(data)));
      await world.work();
      expect(columns(exam).size).to.equal(1);
    });

    it("finds a column that was there before", async () => {
      const exam = examOf();
      const at = { platformId: world.platform.id, lineItemsUrl: world.lineItemsUrl };
      const item = { resourceId: resourceIdOf(exam.id), label: "Before", scoreMaximum: 100 };
      const url = await world.grades.createLineItem(at, item);
      await open(exam, "amara");
      expect(columns(exam).size).to.equal(1);
      const [known] = await world.lineItems.listDue(new Date(8e15), 10);
      expect(known?.url).to.equal(url);
    });

    it("sends the score of a hosted exam and makes one fact of it, no echo", async () => {
      const exam = examOf();
      const attempt = await sit(exam, "amara", 2);
      await world.work();
      expect(gradeOf(exam, "amara")).to.equal(100);
      await readAgain();
      await readAgain();
      expect([...world.facts.keys()]).to.deep.equal([`hosted:${attempt.id}`]);
      expect(outcomes()).to.deep.equal([{ kind: "graded", score: 2, maximum: 2 }]);
    });

    it("keeps the best score in the gradebook", async () => {
      const exam = examOf();
      await sit(exam, "amara", 1);
      await world.work();
      world.clock.advance(MINUTE);
      await sit(exam, "amara", 0);
      await world.work();
      expect(gradeOf(exam, "amara")).to.equal(50);
      world.clock.advance(MINUTE);
      await sit(exam, "amara", 2);
      await world.work();
      expect(gradeOf(exam, "amara")).to.equal(100);
      expect(world.facts.size).to.equal(3);
    });

    it("makes a fact of a grade that is typed over ours, and leaves it there", async () => {
      const exam = examOf();
      await sit(exam, "amara", 2);
      await world.work();
      world.clock.advance(5 * SECOND);
      type(exam, "amara", 40);
      await readAgain();
      await world.sweep();
      expect(outcomes().slice(1)).to.deep.equal([{ kind: "graded", score: 40, maximum: 100 }]);
      expect(gradeOf(exam, "amara")).to.equal(40);
      const [hosted, typed] = [...world.facts.values()];
      expect(typed?.occurredAt.getTime()).to.be.at.least(hosted?.occurredAt.getTime() ?? Infinity);
    });

    it("does not overwrite a grade that was typed while a score was waiting", async () => {
      const exam = examOf();
      await open(exam, "amara");
      world.lms.faults.serviceDown = true;
      await sit(exam, "amara", 2);
      await world.work();
      world.clock.advance(MINUTE);
      world.lms.faults.serviceDown = false;
      if (mood === "canvas") {
        // Without a row Canvas hides what is typed; the exam was begun here before.
        const [item] = await world.lineItems.listDue(new Date(8e15), 1);
        const at = { platformId: world.platform.id, url: item?.url ?? "" };
        await world.grades.makeRow(at, { sub: "amara", timestamp: world.clock.now() });
      }
      type(exam, "amara", 30);
      world.clock.advance(30 * MINUTE);
      await world.sweep();
      expect(gradeOf(exam, "amara")).to.equal(30);
      const post = await findPost(world);
      expect(post?.state).to.equal("overridden");
      expect(outcomes()).to.deep.include({ kind: "graded", score: 30, maximum: 100 });
    });

    it("keeps a score through an LMS that is down for a day", async () => {
      const exam = examOf();
      world.lms.faults.serviceDown = true;
      const attempt = await sit(exam, "amara", 1);
      await world.work();
      const opening = await world.openingOf(exam, "amara");
      expect(await world.sources.hosted.findStanding(opening)).to.deep.include({
        gradebook:
          "It is saved here and will reach the gradebook as soon as your course's site answers again.",
      });
      for (let hour = 0; hour < 24; hour += 1) {
        world.clock.advance(60 * MINUTE);
        await world.sweep();
      }
      world.lms.faults.serviceDown = false;
      world.clock.advance(30 * MINUTE);
      await world.sweep();
      expect(gradeOf(exam, "amara")).to.equal(50);
      expect([...world.facts.keys()]).to.deep.equal([`hosted:${attempt.id}`]);
    });

    it("finds out that a score arrived whose answer was lost", async () => {
      const exam = examOf();
      await open(exam, "amara");
      world.lms.faults.loseScoreAnswers = true;
      await sit(exam, "amara", 2);
      await world.work();
      expect((await findPost(world))?.state).to.equal("waiting");
      world.lms.faults.loseScoreAnswers = false;
      world.clock.advance(10 * MINUTE);
      await world.sweep();
      const post = await findPost(world);
      expect([post?.state, post?.tries]).to.deep.equal(["sent", 2]);
      await readAgain();
      expect(world.facts.size).to.equal(1);
    });

    const postOf = async (sub: string) => {
      const post = await world.connection.collection("scorePosts").findOne({ sub });
      return await world.scorePosts.find(String(post?._id));
    };
    /** Hands in for one learner; the jobs for it, which are not done yet. */
    const sitWithoutWork = async (exam: Exam, sub: string) => {
      await sit(exam, sub, 2);
      return world.woken.splice(0);
    };

    it("sends a score that came just before its column was free, without a sweep", async () => {
      const exam = examOf();
      await sitWithoutWork(exam, "amara");
      const amara = await postOf("amara");
      const releaseSending: typeof world.lineItems.releaseSending = async (...args) => {
        const [job] = await sitWithoutWork(exam, "jonas");
        if (job !== undefined) await world.handlers[job.name]?.(job.data);
        expect(gradeOf(exam, "jonas") ?? null, "not yet").to.equal(null);
        await world.lineItems.releaseSending(...args);
      };
      const lineItems = { ...world.lineItems, releaseSending };
      await postScore({ ...world.needs, lineItems }, amara?.id ?? "");
      await world.work();
      expect([gradeOf(exam, "amara"), gradeOf(exam, "jonas")]).to.deep.equal([100, 100]);
    });

    it("keeps a retry that a person asked for while another score is sent", async () => {
      const exam = examOf();
      await sitWithoutWork(exam, "amara");
      const post = await postOf("amara");
      await world.connection
        .collection("scorePosts")
        .updateOne({ sub: "amara" }, { $set: { state: "failed" } });
      const now = world.clock.now();
      const until = new Date(now.getTime() + MINUTE);
      await world.lineItems.claimSending(post?.lineItemId ?? "", { now, until });
      const retry = async () => await postScore(world.needs, post?.id ?? "").catch(codeOf);
      expect(await retry()).to.equal("work-overtaken");
      await world.lineItems.releaseSending(post?.lineItemId ?? "", until);
      await retry();
      expect((await postOf("amara"))?.state).to.equal("sent");
    });

    it("sends a score a moment later when its column was just being made elsewhere", async () => {
      const exam = examOf();
      const [job] = await sitWithoutWork(exam, "amara");
      const again = async () => await postScore(world.needs, job?.data.key ?? "").catch(codeOf);
      const { lineItemId = "" } = (await postOf("amara")) ?? {};
      const now = world.clock.now();
      const url = (await world.lineItems.find(lineItemId))?.url ?? "";
      await world.lineItems.forgetUrl(lineItemId, url);
      await world.lineItems.claimMaking(lineItemId, {
        now,
        until: new Date(now.getTime() + MINUTE),
      });
      await again();
      const waiting = await postOf("amara");
      expect(waiting).to.include({ state: "waiting", lastError: "work-overtaken" });
      expect(waiting?.nextTryAt.getTime()).to.be.at.most(now.getTime() + 1000);
      await world.lineItems.releaseMaking(lineItemId);
      await again();
      expect((await postOf("amara"))?.state).to.equal("sent");
    });

    it("leaves an LMS alone for as long as it asks, whoever wakes the score", async () => {
      const exam = examOf();
      await open(exam, "amara");
      const [busy] = await sitWithoutWork(exam, "amara");
      let asked = 0;
      const grades: typeof world.needs.grades = {
        ...world.needs.grades,
        postScore: async () => {
          asked += 1;
          return { kind: "busy", retryAfterMs: 5 * MINUTE };
        },
      };
      const again = async () =>
        await postScore({ ...world.needs, grades }, busy?.data.key ?? "").catch(codeOf);
      expect(await again()).to.equal("platform-unreachable");
      world.clock.advance(4 * MINUTE);
      expect([await again(), asked]).to.deep.equal(["platform-busy", 1]);
      world.clock.advance(MINUTE);
      await again();
      expect(asked).to.equal(2);
    });

    it("gives up on a score that the LMS keeps refusing, and says so", async () => {
      const exam = examOf();
      await open(exam, "amara");
      world.lms.faults.rejectScores = true;
      await sit(exam, "amara", 2);
      for (let tries = 0; tries < 12; tries += 1) {
        world.clock.advance(31 * MINUTE);
        await world.sweep();
      }
      expect((await findPost(world))?.state).to.equal("failed");
      const query = { search: "score-not-taken", page: 1, pageSize: 5 };
      const events = await world.events.list(exam.organisationId, query);
      expect(events.total).to.equal(1);
    });

    it("takes a new access token when the LMS has forgotten the old one", async () => {
      const exam = examOf();
      await sit(exam, "amara", 1);
      await world.work();
      world.lms.faults.expireAccessTokens();
      world.clock.advance(MINUTE);
      await sit(exam, "amara", 2);
      await world.work();
      expect(gradeOf(exam, "amara")).to.equal(100);
    });

    it("looks for the column again when it was deleted", async () => {
      const exam = examOf();
      await open(exam, "amara");
      const [item] = await world.lineItems.listDue(new Date(8e15), 1);
      await world.lineItems.setUrl(
        item?.id ?? "",
        (item?.url ?? "").replace(/(\d+)(\/lineitem|$)/, "987$2"),
      );
      world.clock.advance(9 * MINUTE);
      await world.sweep();
      world.clock.advance(60 * MINUTE);
      await world.sweep();
      const [found] = await world.lineItems.listDue(new Date(8e15), 1);
      expect([found?.url, found?.lastError]).to.deep.equal([item?.url, undefined]);
      expect(columns(exam).size).to.equal(1);
    });

    it("makes three facts of 80, 50 and 80 that are typed in the gradebook", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      for (const score of [80, 50, 80]) {
        world.clock.advance(5 * SECOND);
        type(project, "amara", score);
        await readAgain();
        await readAgain();
      }
      world.clock.advance(5 * SECOND);
      type(project, "amara", null);
      await readAgain();
      expect(outcomes()).to.deep.equal([
        { kind: "graded", score: 80, maximum: 100 },
        { kind: "graded", score: 50, maximum: 100 },
        { kind: "graded", score: 80, maximum: 100 },
        { kind: "cleared" },
      ]);
      expect(
        [...world.facts.keys()].every((key) => /^lms:[^:]+:[0-9a-f]{32}:[1-4]$/.test(key)),
      ).to.equal(true);
    });

    it("makes facts for people who never launched", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "priya");
      world.clock.advance(5 * SECOND);
      type(project, "jonas", 90);
      await readAgain();
      const [fact] = [...world.facts.values()];
      const account = (await world.openingOf(project, "jonas")).account;
      expect(fact?.accountId).to.equal(account.id);
    });

    it("takes grades that vanish from the results for unknown, not for taken back", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      world.clock.advance(5 * SECOND);
      type(project, "amara", 80);
      await readAgain();
      world.lms.faults.dropResults = true;
      await readAgain();
      world.lms.faults.dropResults = false;
      await readAgain();
      expect(outcomes()).to.deep.equal([{ kind: "graded", score: 80, maximum: 100 }]);
    });

    it("lets of several readers at once make each fact once", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      world.clock.advance(5 * SECOND);
      type(project, "amara", 80);
      const [item] = await world.lineItems.listDue(new Date(8e15), 1);
      const key = { key: item?.id ?? "", organisationId: project.organisationId };
      for (let round = 0; round < 4; round += 1) {
        // Each launch makes it due again, so that readings overlap.
        await world.sources["lms-gradebook"].open(await world.openingOf(project, "amara"));
        const readers = [1, 2, 3].map(async () => await world.handlers["read-results"]?.(key));
        world.clock.advance(1);
        await Promise.all(readers);
      }
      expect(outcomes()).to.deep.equal([{ kind: "graded", score: 80, maximum: 100 }]);
    });

    it("reads within ten minutes of an edit within a day of a launch, and slowly after", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      const readTimes: number[] = [];
      const start = world.clock.now().getTime();
      let last = start;
      for (let minute = 0; minute < 36 * 60; minute += 1) {
        world.clock.advance(MINUTE);
        const now = world.clock.now();
        if ((await world.lineItems.listDue(now, 1)).length === 0) continue;
        await world.sweep();
        readTimes.push((now.getTime() - last) / MINUTE);
        last = now.getTime();
      }
      const quick = readTimes.slice(0, 150);
      expect(Math.max(...quick)).to.be.at.most(9);
      expect(Math.max(...readTimes)).to.be.within(60, 6 * 60 - 1);
    }).timeout(60_000);

    it("reads more and more rarely while nothing changes, and soon after a change or a launch", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      /** Minutes until the next reading is due. */
      const pause = async (): Promise<number> => {
        const [item] = await world.lineItems.listDue(new Date(8e15), 1);
        return ((item?.nextReadAt.getTime() ?? 0) - world.clock.now().getTime()) / MINUTE;
      };
      const pauseAfterReading = async (): Promise<number> => {
        world.clock.advance(Math.max(0, (await pause()) * MINUTE));
        await world.sweep();
        return await pause();
      };
      const pauses = async (count: number) => {
        const found: number[] = [];
        while (found.length < count) found.push(await pauseAfterReading());
        return found;
      };
      expect(await pauses(3)).to.deep.equal([8, 8, 8]);
      type(project, "amara", 80);
      expect(await pauses(4), "after a change").to.deep.equal([2, 4, 8, 8]);
      world.clock.advance(25 * 60 * MINUTE);
      expect(await pauses(4), "after a day").to.deep.equal([32, 64, 128, 256]);
      type(project, "amara", 50);
      expect(await pauses(5), "after a change then").to.deep.equal([2, 4, 8, 16, 32]);
      await world.sources["lms-gradebook"].open(await world.openingOf(project, "amara"));
      await world.work();
      expect([await pause(), ...(await pauses(2))], "after a launch").to.deep.equal([4, 8, 8]);
    });

    it("keeps what a launch during a reading asks for: the next readings come soon", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      for (let quiet = 0; quiet < 4; quiet += 1) await readAgain();
      world.clock.advance(9 * MINUTE);
      const [item] = await world.lineItems.listDue(new Date(8e15), 1);
      const lease = { now: world.clock.now(), until: new Date(world.clock.now().getTime() + 1) };
      const claimed = await world.lineItems.claimRead(item?.id ?? "", lease);
      if (claimed === undefined) throw new Error("not due");
      await world.sources["lms-gradebook"].open(await world.openingOf(project, "amara"));
      const readAt = world.clock.now();
      const planned = { readAt, nextReadAt: new Date(8e14), quietReads: 5 };
      await world.lineItems.finishRead(claimed, planned);
      const [found] = await world.lineItems.listDue(world.clock.now(), 1);
      expect([found?.quietReads, found?.nextReadAt]).to.deep.equal([0, readAt]);
    });

    it("follows the column that the exam's own link names, but never away from grades", async () => {
      const exam = examOf();
      const first = await open(exam, "amara");
      const at = { platformId: world.platform.id, lineItemsUrl: world.lineItemsUrl };
      const item = { resourceId: "of-the-link", label: "Link", scoreMaximum: 100 };
      const named = await world.grades.createLineItem(at, item);
      const grading = { scopes: [], lineItemsUrl: world.lineItemsUrl, lineItemUrl: named };
      const launchAgain = async (changes: object) => {
        world.clock.advance(MINUTE);
        const launch = { grading: { ...grading, ...changes } };
        await world.sources.hosted.open(await world.openingOf(exam, "amara", launch));
        await world.work();
        const [known] = await world.lineItems.listDue(new Date(8e15), 1);
        return known?.url;
      };
      expect(await launchAgain({})).to.equal(named);
      await sit(exam, "amara", 2);
      await world.work();
      const another = await world.grades.createLineItem(at, { ...item, resourceId: "another" });
      expect(await launchAgain({ lineItemUrl: another })).to.equal(named);
      const query = { search: "line-item-doubled", page: 1, pageSize: 5 };
      expect((await world.events.list(first.exam.organisationId, query)).total).to.equal(1);
    });

    it("reads nothing in an LMS course that was declined, and all of it once it counts again", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      world.offeringChanges.status = "declined";
      type(project, "amara", 80);
      await readAgain();
      expect(outcomes()).to.deep.equal([]);
      world.offeringChanges.status = "approved";
      world.offeringChanges.courseId = newId();
      await readAgain();
      expect(outcomes()).to.deep.equal([]);
      delete world.offeringChanges.courseId;
      await readAgain();
      expect(outcomes()).to.deep.equal([{ kind: "graded", score: 80, maximum: 100 }]);
    });

    it("marks what is typed for Student View, so that it counts for nothing", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "priya");
      world.clock.advance(MINUTE);
      // Somebody is Student View when a launch of theirs says so.
      const asTest = await world.openingOf(project, "jonas", { isTestUser: true });
      await world.sources["lms-gradebook"].open(asTest);
      await world.work();
      type(project, "jonas", 90);
      await readAgain();
      expect([...world.facts.values()].map(({ isTestUser }) => isTestUser)).to.deep.equal([true]);
    });

    it("refuses a negative result, says so once and keeps the earlier grade", async () => {
      const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
      await open(project, "amara");
      world.clock.advance(5 * SECOND);
      type(project, "amara", 80);
      await readAgain();
      world.clock.advance(5 * SECOND);
      type(project, "amara", -5);
      await readAgain();
      await readAgain();
      expect(outcomes()).to.deep.equal([{ kind: "graded", score: 80, maximum: 100 }]);
      const query = { search: "result-refused", page: 1, pageSize: 5 };
      expect((await world.events.list(project.organisationId, query)).total).to.equal(1);
    });

    it("finds an attempt that was handed in just before a crash", async () => {
      const exam = examOf();
      const opening = await open(exam, "amara");
      const [lineItem] = await world.lineItems.listDue(new Date(8e15), 1);
      const started = await startAttempt(world.needs, { ...opening, lineItem });
      if (!("attempt" in started)) throw new Error(started.kind);
      const dying = {
        ...world.needs,
        recordResult: async () => {
          throw new Error("the process ends here");
        },
      };
      const answers = exam.questions.map(({ id }) => ({ questionId: id, given: ["right"] }));
      const died = await submitAttempt(dying, started.attempt, answers).catch(() => "died");
      expect([died, world.facts.size]).to.deep.equal(["died", 0]);
      world.clock.advance(MINUTE);
      await world.sweep();
      await world.sweep();
      expect([...world.facts.keys()]).to.deep.equal([`hosted:${started.attempt.id}`]);
      expect(gradeOf(exam, "amara")).to.equal(100);
    });

    if (mood === "canvas") {
      it("makes rows for learners before anybody is graded, and none afterwards", async () => {
        const project = examOf({ gradeSource: "lms-gradebook", kind: "project" });
        await open(project, "priya");
        const [item] = await world.lineItems.listDue(new Date(8e15), 1);
        expect(item?.rowsMadeAt).to.be.instanceOf(Date);
        world.clock.advance(5 * SECOND);
        type(project, "amara", 70);
        await readAgain();
        expect(outcomes()).to.deep.equal([{ kind: "graded", score: 70, maximum: 100 }]);
        world.lms.addPerson({
          ...{ id: "late", givenName: "Lea", familyName: "Late", email: "late@example.org" },
          ...{ kind: "student", blurb: "Came late." },
        });
        world.lms.enrol({ courseId: COURSE, userId: "late" });
        await readAgain();
        const again = await world.lineItems.listDue(new Date(8e15), 1);
        expect(again[0]?.rowsMadeAt).to.deep.equal(item?.rowsMadeAt);
        expect(gradeOf(project, "amara")).to.equal(70);
      });
    }
  });
}

const codeOf = (error: unknown) => (error as ToolError).code;

const findPost = async (world: ExamWorld) =>
  await world.scorePosts.find(
    String((await world.connection.collection("scorePosts").findOne({}))?._id),
  );
