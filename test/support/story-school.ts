import { setTimeout as pause } from "node:timers/promises";
import type { PracticeLms } from "practice-lms";
import { approveOffering } from "../../src/courses/approve-offering.js";
import { defineCourse } from "../../src/courses/define-course.js";
import { writeQuestions } from "../../src/courses/define-exam.js";
import type { Course } from "../../src/courses/course.js";
import type { Exam, GradeSourceKind } from "../../src/courses/exam.js";
import type { Parts } from "../../src/parts/parts.js";
import { newId } from "../../src/stored-record.js";
import type { AchievementKind } from "../../src/tracks/track.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { aTrackContent, allOf, examStep } from "./core-fixtures.js";
import type { TestVisit } from "./test-product.js";

export type Taught = { course: Course; exam: Exam };

type Place = { organisationId: string; issuer: string; contextId: string; courseId: string };

const questions = ["q1", "q2"].map((id) => ({
  id,
  kind: "single-choice" as const,
  prompt: `Question ${id}?`,
  options: [
    { id: "right", text: "This one" },
    { id: "wrong", text: "Not this one" },
  ],
  correctOptionId: "right",
}));

/** Defines a course with its exam, as the panel does. A hosted exam has two questions. */
export async function teach(
  parts: Parts,
  organisationId: string,
  given: { code: string; gradeSource?: GradeSourceKind },
): Promise<Taught> {
  const { code, gradeSource = "hosted" } = given;
  const defined = await defineCourse(parts, {
    organisationId,
    course: { code, title: `Course ${code}`, contactHours: 8, subject: "Care", version: "1" },
    exam: {
      ...{ examTitle: `Exam ${code}`, passMarkPercent: 60, attemptsAllowed: undefined },
      ...{ gradeSource, scoreMaximum: 100 },
    },
  });
  if (defined.kind !== "defined") throw new Error(JSON.stringify(defined.faults));
  const { course, exam } = defined;
  if (gradeSource !== "hosted") return { course, exam };
  const wanted = { organisationId, id: exam.id, questions };
  const written = await writeQuestions(parts, wanted);
  if (written.kind !== "saved") throw new Error(JSON.stringify(written.faults));
  return { course, exam: written.exam };
}

/** Publishes a track that asks for all of these exams. */
export async function publish(
  parts: Parts,
  organisationId: string,
  given: { name: string; exams: Exam[]; kind?: AchievementKind },
): Promise<string> {
  const { name, exams, kind } = given;
  const steps = exams.map(({ id, kind }) =>
    kind === "activity"
      ? { id: `step-${id}`, kind: "activity-completed" as const, examId: id }
      : examStep(id),
  );
  const requirement = allOf("root", ...steps);
  const content = aTrackContent({ name, requirement, kind });
  const written = await writeTrack(parts, { organisationId, trackId: undefined, content });
  if (written.kind !== "saved") throw new Error(JSON.stringify(written));
  const { id: trackId } = written.track;
  await parts.journey.publishTrack({ organisationId, trackId, publishedBy: newId() });
  return trackId;
}

/** An administrator approves an LMS course as an offering of a course. */
export async function approve(parts: Parts, place: Place): Promise<string> {
  const { courseId, ...about } = place;
  const seen = { ...about, contextTitle: place.contextId, at: parts.now() };
  const { id: offeringId } = await parts.offerings.noteLaunch(seen);
  const { organisationId } = place;
  const decision = { organisationId, offeringId, courseId, decidedBy: newId() };
  await approveOffering(parts, decision);
  return offeringId;
}

/** Places an exam's link in an LMS course. */
export const placeLink = (
  lms: PracticeLms,
  at: { url: string; contextId: string; exam: Exam; clientId?: string },
): string => {
  const { url, contextId, exam, clientId } = at;
  return lms.addLink(contextId, {
    title: exam.title,
    targetLinkUri: `${url}/lti/launch`,
    custom: { rosette_exam: exam.id },
    ...(clientId === undefined ? {} : { clientId }),
  }).id;
};

const answersOf = (exam: Exam, right: number): Record<string, string> =>
  Object.fromEntries(
    exam.questions.map(({ id }, index) => [`answer-${id}`, index < right ? "right" : "wrong"]),
  );

type Posting = Pick<TestVisit, "base" | "post">;

/** Begins an attempt; the path of its page below the visit. */
async function beginExam(visit: Posting, exam: Exam): Promise<string> {
  const started = await visit.post(`/exams/${exam.id}/attempts`);
  if (started.status !== 303) throw new Error(`begin: ${started.status} ${started.text}`);
  return (started.headers["location"] ?? "").replace(visit.base, "");
}

/** Sits an exam and hands it in with that many right answers; the path of the result. */
export async function sit(visit: Posting, exam: Exam, right = 2): Promise<string> {
  const path = await beginExam(visit, exam);
  const done = await visit.post(path, answersOf(exam, right));
  if (done.status !== 303) throw new Error(`hand in: ${done.status} ${done.text}`);
  return path;
}

/** Looks again and again until something is there. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}`);
    await pause(40);
  }
}
