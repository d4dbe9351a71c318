import { expect } from "chai";
import fc from "fast-check";
import type { Course } from "../../src/courses/course.js";
import type { Exam } from "../../src/courses/exam.js";
import { entriesIn, ledgerOf, sumHours } from "../../src/hours/hour-ledger.js";
import { faultsOfHourTypes, inUnits } from "../../src/hours/hour-type.js";
import type { Transcript } from "../../src/hours/read-transcript.js";
import { readPeriod, transcriptCsv } from "../../src/hours/transcript-page.js";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import { aCourse, aFact, anExam } from "../support/learning-fixtures.js";

const now = new Date("2026-11-25T12:00:00Z");
const on = (day: string) => new Date(`${day}T09:00:00Z`);

const course = (code: string, contactHours: number): Course => aCourse({ code, contactHours });
const lms = (courseId: string, given: Partial<Exam> = {}) =>
  anExam(courseId, { gradeSource: "lms-gradebook", ...given });

const passed = (exam: Exam, day: string, given: Partial<ExamFact> = {}) =>
  aFact(exam, 90, { source: "lms-gradebook", occurredAt: on(day), observedAt: on(day), ...given });

describe("the ledger of hours", () => {
  const gait = course("GAIT", 3.5);
  const gaitExam = lms(gait.id);
  const catalogue = { courses: [gait], exams: [gaitExam] };
  const hoursOf = (facts: ExamFact[], given = catalogue) =>
    ledgerOf(facts, given, now).map(({ code, hours }) => [code, hours]);

  it("counts a course once, however often and wherever it was passed", () => {
    const facts = [
      passed(gaitExam, "2026-03-01"),
      passed(gaitExam, "2026-05-01", { offeringId: "another" }),
      passed(gaitExam, "2026-06-01", { accountId: "linked" }),
    ];
    expect(hoursOf(facts)).to.deep.equal([["GAIT", 3.5]]);
    expect(ledgerOf(facts, catalogue, now)[0]?.earnedAt).to.deep.equal(on("2026-03-01"));
  });

  it("counts nothing that was failed, taken back or lies in the future", () => {
    const failed = aFact(gaitExam, 79, { source: "lms-gradebook" });
    const back = aFact(gaitExam, "cleared", {
      source: "lms-gradebook",
      occurredAt: on("2026-04-01"),
    });
    expect(hoursOf([failed])).to.deep.equal([]);
    expect(hoursOf([passed(gaitExam, "2026-03-01"), back])).to.deep.equal([]);
    expect(hoursOf([passed(gaitExam, "2026-12-24")])).to.deep.equal([]);
  });

  it("asks for every activity where a course has no exam that can be taken", () => {
    const none = anExam(gait.id, { gradeSource: "hosted", questions: [] });
    const tasks = ["one", "two"].map((title) =>
      anExam(gait.id, { title, kind: "activity", gradeSource: "assessed", passMarkPercent: 100 }),
    );
    const given = { courses: [gait], exams: [none, ...tasks] };
    const facts = tasks.map((task) =>
      aFact(task, 100, { source: "assessed", sitting: { id: task.id, revision: 11 } }),
    );
    expect(hoursOf(facts.slice(0, 1), given)).to.deep.equal([]);
    expect(hoursOf(facts, given)).to.deep.equal([["GAIT", 3.5]]);
  });

  it("includes the first and the last day of a period", () => {
    const entries = ledgerOf([passed(gaitExam, "2026-03-31")], catalogue, now);
    const inPeriod = (from: string, to: string) => entriesIn(entries, readPeriod(from, to)).length;
    expect(inPeriod("2026-03-31", "2026-03-31")).to.equal(1);
    expect(inPeriod("2026-04-01", "")).to.equal(0);
    expect(inPeriod("", "2026-03-30")).to.equal(0);
    expect(inPeriod("2026-02-30", "nonsense")).to.equal(1);
  });

  it("gives the same sum in any order and repetition, and splits without loss into periods", () => {
    const courses = Array.from({ length: 5 }, (_, index) => course(`C${index}`, index + 0.1));
    const exams = courses.map(({ id }) => lms(id));
    const results = fc.record({
      which: fc.nat({ max: 4 }),
      day: fc.integer({ min: 1, max: 28 }),
    });
    fc.assert(
      fc.property(fc.array(results), fc.integer({ min: 1, max: 27 }), (given, split) => {
        const facts = given.flatMap(({ which, day }) => {
          const exam = exams[which];
          const date = `2026-06-${String(day).padStart(2, "0")}`;
          return exam === undefined ? [] : [passed(exam, date)];
        });
        const entries = ledgerOf(facts, { courses, exams }, now);
        const turned = ledgerOf([...facts, ...facts].reverse(), { courses, exams }, now);
        expect(sumHours(turned)).to.equal(sumHours(entries));
        const at = (day: number) => `2026-06-${String(day).padStart(2, "0")}`;
        const early = entriesIn(entries, readPeriod("", at(split)));
        const late = entriesIn(entries, readPeriod(at(split + 1), ""));
        expect(early.length + late.length).to.equal(entries.length);
      }),
    );
  });

  it("tells hours in units, never rounded up, and refuses units that make no sense", () => {
    expect(inUnits(3.5, { id: "x", name: "PDP", perHour: 1.25 })).to.equal(4.37);
    expect(inUnits(0.1 + 0.2, { id: "x", name: "Hours", perHour: 1 })).to.equal(0.3);
    const unit = { id: "x", name: "CE", perHour: 0.1 };
    expect(faultsOfHourTypes([unit])).to.deep.equal({});
    expect(faultsOfHourTypes([unit, unit])).to.have.property("name-1");
    for (const perHour of [0, -1, Number.NaN, Infinity])
      expect(faultsOfHourTypes([{ ...unit, perHour }])).to.have.property("perHour-0");
    expect(faultsOfHourTypes([])).to.have.property("name-0");
  });

  it("runs no formula of a name or a title in a spreadsheet", () => {
    const transcript: Transcript = {
      organisationName: "Guild",
      learnerName: '=HYPERLINK("https://evil.example")',
      period: readPeriod("", ""),
      entries: [
        { courseId: "c", code: "+C", title: "A, B", version: "1", hours: 2, earnedAt: now },
      ],
      types: [{ id: "h", name: "@Hours", perHour: 1 }],
      madeAt: now,
    };
    const text = transcriptCsv(transcript);
    expect(text).to.contain(`Learner,"'=HYPERLINK(""https://evil.example"")"\r\n`);
    expect(text).to.contain(`2026-11-25,'+C,"A, B",1,2\r\n`);
    expect(text).to.contain(",'@Hours\r\n");
  });
});
