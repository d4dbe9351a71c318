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

/**
 * One line for every step that was met. Scores stay out: an exam's own sentence may name them,
 * and whether scores are shown is for the learner to say.
 */
function linesOf(verdict: Verdict, depth = 0): string[] {
  if (verdict.state !== "met") return [];
  const sentence =
    verdict.exam === undefined
      ? verdict.sentence
      : `Passed: ${verdict.exam.title}${
          verdict.exam.passedAt === undefined ? "" : `, on ${plainDate(verdict.exam.passedAt)}`
        }.`;
  return [
    `${"  ".repeat(depth)}${sentence}`,
    ...verdict.steps.flatMap((step) => linesOf(step, depth + 1)),
  ];
}

/** The explanation that was frozen with the award, in plain words and without scores. */
const explanationNarrative = (explanation: Verdict): string => linesOf(explanation).join("\n");

const courseEvidence = (course: AwardEvidence): Evidence => ({
  type: ["Evidence"],
  name: `${course.courseCode} ${course.courseTitle}`,
  narrative: `${course.examTitle}, passed on ${plainDate(course.passedAt)}. Edition ${course.courseVersion}, ${plainCount(course.contactHours, "contact hour")}.`,
  genre: "Course",
});

/** What the credential rests on: each course that counted, then how they add up. */
export function evidenceOf(award: Pick<Award, "evidence" | "explanation">): Evidence[] {
  const narrative = explanationNarrative(award.explanation);
  const courses = award.evidence.map(courseEvidence);
  if (narrative === "") return courses;
  return [
    ...courses,
    { type: ["Evidence"], name: "How it was earned", narrative, genre: "Explanation" },
  ];
}
