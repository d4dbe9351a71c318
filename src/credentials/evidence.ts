import type { Award, AwardEvidence } from "../awards/award.js";
import { plainCount, plainDate } from "../progress/plain-words.js";
import type { Verdict } from "../progress/verdict.js";

/** Open Badges 3.0 Evidence (OB 3.0 §B.1.7), the members we use. */
export type Evidence = {
  type: ["Evidence"];
  name: string;
  narrative: string;
  genre: "Course" | "Explanation";
};

/** What the learner lets evidence tell. */
type Told = { hours: boolean; scores: boolean };

/**
 * One line for every step that was met. An exam's own sentence may name scores, and whether these
 * are shown is for the learner to say.
 */
function linesOf(verdict: Verdict, told: Told, depth = 0): string[] {
  if (verdict.state !== "met") return [];
  const sentence =
    verdict.exam === undefined || (told.scores && verdict.exam.counted === undefined)
      ? verdict.sentence
      : sayPassed(verdict.exam);
  return [
    `${"  ".repeat(depth)}${sentence}`,
    ...verdict.steps.flatMap((step) => linesOf(step, told, depth + 1)),
  ];
}

/** Why something else counted is between the learner and who decided it. */
function sayPassed({ title, passedAt, counted }: NonNullable<Verdict["exam"]>): string {
  const on = passedAt === undefined ? "" : `, on ${plainDate(passedAt)}`;
  return `Passed: ${title}${on}${counted === undefined ? "" : ` (by ${counted.title}, which counts for it)`}.`;
}

const courseEvidence = (course: AwardEvidence, told: Told): Evidence => ({
  type: ["Evidence"],
  name: `${course.courseCode} ${course.courseTitle}`,
  narrative: `${course.examTitle}, passed on ${plainDate(course.passedAt)}. Edition ${course.courseVersion}${told.hours ? `, ${plainCount(course.contactHours, "contact hour")}` : ""}.`,
  genre: "Course",
});

/** What the credential rests on: each course that counted, then how they add up. */
export function evidenceOf(
  award: Pick<Award, "evidence" | "explanation">,
  told: Told = { hours: true, scores: false },
): Evidence[] {
  const narrative = linesOf(award.explanation, told).join("\n");
  const courses = award.evidence.map((course) => courseEvidence(course, told));
  if (narrative === "") return courses;
  return [
    ...courses,
    { type: ["Evidence"], name: "How it was earned", narrative, genre: "Explanation" },
  ];
}
