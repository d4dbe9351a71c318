import type { Award } from "../../src/awards/award.js";
import type { Course } from "../../src/courses/course.js";
import type { Exam } from "../../src/courses/exam.js";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import type { Result } from "../../src/progress/record-result.js";
import { newId } from "../../src/stored-record.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import type { TrackContent } from "../../src/tracks/track.js";

/** A moment in the tests' year, by days and minutes after 1 March 2026, noon UTC. */
export const day = (days: number, minutes = 0): Date =>
  new Date(Date.UTC(2026, 2, 1, 12) + days * 86_400_000 + minutes * 60_000);

export const aCourse = (given: Partial<Course> = {}): Course => {
  const id = newId();
  return {
    id,
    organisationId: "org",
    code: `C-${id.slice(0, 8)}`,
    title: `Course ${id.slice(0, 4)}`,
    contactHours: 4,
    subject: "Anything",
    version: "2026",
    createdAt: day(0),
    ...given,
  };
};

export const anExam = (given: Partial<Exam> = {}): Exam => ({
  id: newId(),
  organisationId: "org",
  courseId: newId(),
  title: "Final exam",
  kind: "exam",
  passMarkPercent: 70,
  attemptsAllowed: undefined,
  gradeSource: "lms-gradebook",
  scoreMaximum: 100,
  questions: [],
  createdAt: day(0),
  ...given,
});

export const aFact = (given: Partial<ExamFact> & { percent?: number } = {}): ExamFact => {
  const { percent = 80, ...rest } = given;
  const id = given.id ?? newId();
  return {
    id,
    organisationId: "org",
    accountId: "account",
    courseId: "course",
    examId: "exam",
    offeringId: "offering",
    sourceKey: `hosted:${id}`,
    source: "hosted",
    outcome: { kind: "graded", score: percent, maximum: 100 },
    passMarkPercent: 70,
    occurredAt: day(1),
    observedAt: given.occurredAt ?? day(1),
    ...rest,
  };
};

export const aResult = (given: Partial<Result> & { percent?: number } = {}): Result => {
  const { percent = 80, ...rest } = given;
  return {
    organisationId: "org",
    accountId: "account",
    courseId: "course",
    examId: "exam",
    offeringId: "offering",
    sourceKey: `hosted:${newId()}`,
    source: "hosted",
    outcome: { kind: "graded", score: percent, maximum: 100 },
    passMarkPercent: 70,
    occurredAt: day(1),
    isTestUser: false,
    ...rest,
  };
};

export const examStep = (
  examId: string,
  given: { passMarkPercent?: number } = {},
): Requirement => ({
  id: `step-${examId}`,
  kind: "exam-passed",
  examId,
  ...given,
});

export const allOf = (id: string, ...of: Requirement[]): Requirement => ({
  id,
  kind: "all-of",
  of,
});

export const atLeast = (id: string, count: number, ...of: Requirement[]): Requirement => ({
  id,
  kind: "at-least",
  count,
  of,
});

export const inOrder = (id: string, ...of: Requirement[]): Requirement => ({
  id,
  kind: "in-order",
  of,
});

export const atLeastHours = (id: string, hours: number, ...of: Requirement[]): Requirement => ({
  id,
  kind: "at-least-hours",
  hours,
  of,
});

export const heldStep = (trackId: string): Requirement => ({
  id: `held-${trackId}`,
  kind: "micro-credential-held",
  trackId,
});

export const licenceStep = (professionId: string): Requirement & { kind: "eligibility" } => ({
  id: `licence-${professionId}`,
  kind: "eligibility",
  professionId,
  asks: "licence",
});

export const aTrackContent = (given: Partial<TrackContent> = {}): TrackContent => ({
  name: "Compression Therapy",
  description: "Chooses and applies compression.",
  criteriaNarrative: "Two courses with their exams.",
  competencies: [
    {
      name: "Bandaging",
      description: undefined,
      frameworkUrl: undefined,
      frameworkName: undefined,
    },
  ],
  subject: "Compression",
  badge: { shape: "hexagon", colour: "#1d5b8f", initials: "CT" },
  contactHours: 9,
  developmentPoints: undefined,
  requirement: allOf("root", examStep("exam")),
  ...given,
});

export const anAward = (given: Partial<Award> = {}): Award => ({
  id: newId(),
  organisationId: "org",
  learnerId: "learner",
  trackId: "track",
  trackVersion: 1,
  trackName: "Compression Therapy",
  round: 1,
  subjectUrn: `urn:uuid:${newId()}`,
  awardedAt: day(2),
  explanation: {
    nodeId: "root",
    kind: "all-of",
    state: "met",
    sentence: "Done.",
    evidence: ["fact"],
    needed: 1,
    steps: [],
  },
  evidence: [],
  ...given,
});
