import { type Faults, hasFaults } from "../courses/faults.js";
import { newId } from "../stored-record.js";
import { type Activity, faultsOfRatings, type Ratings } from "./activity.js";
import { recordOutcome, type RecordOutcomeNeeds } from "./record-outcome.js";
import type { Submission } from "./submission.js";
import type { SubmissionStore } from "./submission-store.js";

type Needs = RecordOutcomeNeeds & {
  submissions: Pick<SubmissionStore, "decide" | "addOnce" | "listOwn">;
  now: () => Date;
};

export type AssessmentResult =
  | { kind: "decided"; submission: Submission }
  | { kind: "faulty"; faults: Faults }
  /** Somebody else decided meanwhile. */
  | { kind: "overtaken" };

const commentFault = "Tell the learner what is missing, so that they can go on.";

/** Accepts work or returns it with a comment, against the rubric; the outcome becomes a fact. */
export async function assessWork(
  needs: Needs,
  about: { activity: Activity; submission: Submission; assessorId: string },
  wanted: { decision: "accept" | "return"; ratings: Ratings; comment: string },
): Promise<AssessmentResult> {
  const { activity, submission, assessorId } = about;
  const { decision, ratings, comment } = wanted;
  const faults = faultsOfRatings(activity.rubric, ratings, decision);
  if (decision === "return" && comment === "") faults["comment"] = commentFault;
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const outcome = decision === "accept" ? ("accepted" as const) : ("returned" as const);
  // Accepted work can be returned and nothing else, returned work is done with; `sittingOf` relies
  // on it. A form that was sent twice decides once.
  if (submission.state === "returned" || submission.state === outcome) return { kind: "overtaken" };
  const decided = await needs.submissions.decide({
    organisationId: submission.organisationId,
    id: submission.id,
    from: submission.state,
    assessment: { outcome, assessorId, ratings, comment, decidedAt: needs.now() },
  });
  if (decided === undefined) return { kind: "overtaken" };
  await recordOutcome(needs, decided);
  return { kind: "decided", submission: decided };
}

/**
 * The instructor's word that a learner has done what the course asked for. Counts like accepted
 * work; 'already-there' when the learner's work waits or was accepted.
 */
export async function markComplete(
  needs: Needs,
  about: Pick<Submission, "organisationId" | "examId" | "courseId" | "accountId" | "offeringId">,
  said: { assessorId: string; comment: string },
): Promise<"marked" | "already-there"> {
  const earlier = await needs.submissions.listOwn(about);
  if (earlier.some(({ state }) => state !== "returned")) return "already-there";
  const at = needs.now();
  const submission: Submission = {
    id: newId(),
    ...about,
    number: earlier.length + 1,
    work: { text: "", link: undefined, files: [] },
    submittedAt: at,
    state: "accepted",
    assessments: [{ outcome: "accepted", ...said, ratings: {}, decidedAt: at }],
  };
  if ((await needs.submissions.addOnce(submission)) === "already-there") return "already-there";
  await recordOutcome(needs, submission);
  return "marked";
}
