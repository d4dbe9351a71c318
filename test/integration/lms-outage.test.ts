import { expect } from "chai";
import type { Exam } from "../../src/courses/exam.js";
import { resourceIdOf } from "../../src/exams/line-item.js";
import { startAttempt } from "../../src/exams/start-attempt.js";
import { submitAttempt } from "../../src/exams/submit-attempt.js";
import { COURSE, createExamWorld, type ExamWorld, examOf } from "../support/exam-world.js";

const MINUTE = 60_000;
const LEARNERS = 24;

/** Numbers from 0 to 1 that are the same in every run. */
function createRandom(seed = 20261125) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a day without an LMS, and its return", function () {
  this.timeout(60_000);
  let world: ExamWorld;
  let exam: Exam;

  before(async () => {
    world = await createExamWorld("moodle", createRandom());
    exam = examOf();
    for (let number = 0; number < LEARNERS; number += 1) {
      const id = `learner-${number}`;
      const name = { givenName: "L", familyName: String(number) };
      world.lms.addPerson({ id, ...name, email: `${id}@x.example`, kind: "student", blurb: "" });
    }
  });
  after(async () => {
    await world.stop();
  });

  const rows = () =>
    world.lms
      .gradebook(COURSE)
      .filter(
        ({ resourceId, userId }) =>
          resourceId === resourceIdOf(exam.id) && userId.startsWith("learner-"),
      );
  const arrived = () => rows().filter(({ score }) => score !== null);

  async function sit(sub: string, right: number) {
    const opening = await world.openingOf(exam, sub);
    await world.sources.hosted.open(opening);
    const { organisationId, platformId } = opening.launch;
    const key = { organisationId, platformId, contextId: COURSE, examId: exam.id };
    const lineItem = await world.lineItems.findFor(key);
    const started = await startAttempt(world.needs, { ...opening, lineItem });
    if (!("attempt" in started)) throw new Error(started.kind);
    const answers = exam.questions.map(({ id }, index) => ({
      questionId: id,
      given: [index < right ? "right" : "wrong"],
    }));
    await submitAttempt(world.needs, started.attempt, answers);
  }

  it("loses no score of a class, sends each learner's newest alone, and meets the LMS spread out", async () => {
    world.lms.faults.tokenDown = true;
    for (let number = 0; number < LEARNERS; number += 1) await sit(`learner-${number}`, 1);
    await world.work();
    // Some try again while nothing gets through: only the better result is sent.
    for (let number = 0; number < 10; number += 1) {
      world.clock.advance(1000);
      await sit(`learner-${number}`, 2);
    }
    await world.work();
    for (let hour = 0; hour < 24; hour += 1) {
      world.clock.advance(60 * MINUTE);
      await world.sweep();
    }
    expect(arrived()).to.have.length(0);

    world.lms.faults.tokenDown = false;
    const perMinute: number[] = [];
    for (let minute = 0; minute < 35 && arrived().length < LEARNERS; minute += 1) {
      world.clock.advance(MINUTE);
      const before = arrived().length;
      await world.sweep();
      perMinute.push(arrived().length - before);
    }
    expect(arrived(), `after ${perMinute.length} minutes`).to.have.length(LEARNERS);
    for (const { userId, score } of rows()) {
      const number = Number(userId.replace("learner-", ""));
      expect(score, userId).to.equal(number < 10 ? 100 : 50);
    }
    // All at once would be a stampede: the pauses before were drawn apart by chance.
    expect(Math.max(...perMinute), perMinute.join(" ")).to.be.at.most(LEARNERS / 4);
    expect(perMinute.filter((count) => count > 0).length).to.be.at.least(8);
    expect(world.facts.size).to.equal(LEARNERS + 10);
  });
});
