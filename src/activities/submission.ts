import { createHash } from "node:crypto";
import type { Ratings } from "./activity.js";
import { readUrl } from "../read-url.js";

/** A file that was handed in; its bytes are kept apart. */
type WorkFile = { id: string; name: string; sizeBytes: number };

/** What was handed in. All empty: the instructor marked the activity complete. */
type Work = { text: string; link: string | undefined; files: WorkFile[] };

/** What an assessor decided about a submission. */
export type Assessment = {
  outcome: "accepted" | "returned";
  /** The assessor's account. */
  assessorId: string;
  ratings: Ratings;
  comment: string;
  decidedAt: Date;
};

/** One learner's work in one activity, the first, second … of theirs. */
export type Submission = {
  id: string;
  organisationId: string;
  examId: string;
  courseId: string;
  accountId: string;
  /** The LMS course it was handed in from. */
  offeringId: string;
  /** Counts from 1. */
  number: number;
  work: Work;
  submittedAt: Date;
  state: "waiting" | "accepted" | "returned";
  /** At most two: the last one is in force, and a second one takes an acceptance back. */
  assessments: Assessment[];
};

/** That and when somebody handed in, without the work. */
export type BriefSubmission = Pick<
  Submission,
  "accountId" | "examId" | "offeringId" | "submittedAt" | "state"
>;

/** What a learner may hand in at once. */
export const workLimits = {
  textLength: 20_000,
  files: 3,
  fileBytes: 5 * 1024 * 1024,
} as const;

/** Whether a learner may hand in (again): not while work waits or has been accepted. */
export const mayHandIn = (submissions: readonly Submission[]): boolean =>
  submissions.every(({ state }) => state === "returned");

/** A web address that may be shown as a link; undefined when it is none. */
export function readLink(text: string): string | undefined {
  const url = text.length > 2000 ? undefined : readUrl(text);
  if (url === undefined) return undefined;
  const { protocol, username, href } = url;
  return (protocol === "https:" || protocol === "http:") && username === "" ? href : undefined;
}

/** The attested outcome as a sitting: acceptances and their taking back follow one another. */
export function sittingOf(submission: Submission): { id: string; revision: number } {
  const { examId, accountId, number, assessments } = submission;
  const id = createHash("sha256").update(`${examId} ${accountId}`).digest("hex").slice(0, 32);
  return { id, revision: number * 10 + assessments.length };
}
