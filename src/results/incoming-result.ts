import { createHash } from "node:crypto";
import type { ExamFact } from "../progress/exam-fact.js";

/** Whom a result is about. An e-mail address names nobody: people change and share them. */
export type LearnerName =
  | { accountId: string }
  /** Who somebody is at their LMS; without `issuer` where the organisation has one LMS only. */
  | { issuer: string | undefined; sub: string };

/** Which exam a result is of: its id, or a course's code for that course's exam. */
export type ExamName = { examId: string } | { course: string };

/** A result from elsewhere, read but not yet understood: nobody has looked up its names. */
export type IncomingResult = {
  /** As the sender calls the sitting; the same however often it is sent. */
  id: string;
  /** 1 at first; a correction of the same sitting has a higher one. */
  revision: number;
  learner: LearnerName;
  exam: ExamName;
  outcome: ExamFact["outcome"];
  /** When the exam was sat. */
  takenAt: Date;
};

/** Whose results these are, and by which way they came. */
export type Sender = {
  organisationId: string;
  source: "pushed" | "imported";
  /** Result ids are unique within it. */
  name: string;
};

/** The sitting's id in facts; the sender's own id may hold anything, a name too. */
export const sittingIdOf = ({ name }: Sender, id: string): string =>
  createHash("sha256")
    .update(JSON.stringify([name, id]))
    .digest("hex")
    .slice(0, 32);

export const sourceKeyOf = (sender: Sender, result: IncomingResult): string =>
  `${sender.source}:${sittingIdOf(sender, result.id)}:${result.revision}`;

/** What an exam that cannot be found goes by, in the list of what waits to be bound. */
export const examNameText = (exam: ExamName): string =>
  "examId" in exam ? exam.examId : exam.course;

/** What became of one result; the sentences are for the sender. */
export type Reception =
  | { outcome: "stored"; waitsUntil?: Date }
  | { outcome: "already-there" }
  | { outcome: "kept-for-binding"; sentence: string }
  | { outcome: "refused"; code: string; sentence: string };

export const refuse = (code: string, sentence: string): Reception => ({
  outcome: "refused",
  code,
  sentence,
});
