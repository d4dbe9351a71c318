import type { Grade } from "./gradebook.js";
import type { Mood } from "./model.js";
import { readRecord, readText } from "./unknown-data.js";

/** What becomes of a score a tool posts (LTI AGS 2.0, section 3.4, and each platform's own rules). */
export type ScoreDecision =
  { kind: "store"; grade: Grade } | { kind: "refuse"; status: 400 | 409 | 422; because: string };

export type ScoreCircumstances = {
  mood: Mood;
  now: Date;
  /** Maximum of the line item, to which the score is scaled. */
  lineItemMaximum: number;
  before: Grade | undefined;
  isGradable: (userId: string) => boolean;
};

/** A score whose shape is right; what it means is the platform's business. */
type Score = {
  userId: string;
  timestamp: Date;
  activityProgress: string;
  gradingProgress: string;
  scoreGiven: number | undefined;
  scoreMaximum: number | undefined;
  comment: string | undefined;
  /** `https://canvas.instructure.com/lti/submission` */
  submission: Record<string, unknown>;
};

const submissionExtension = "https://canvas.instructure.com/lti/submission";
const allowedFutureMs = 60_000;
const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;
const activityProgresses = ["Initialized", "Started", "InProgress", "Submitted", "Completed"];
const gradingProgresses = ["FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"];

export function decideScore(
  body: Record<string, unknown>,
  circumstances: ScoreCircumstances,
): ScoreDecision {
  const score = readScore(body);
  if (typeof score === "string") return { kind: "refuse", status: 400, because: score };
  return circumstances.mood === "moodle"
    ? decideLikeMoodle(score, circumstances)
    : decideLikeCanvas(score, circumstances);
}

/** Moodle compares whole seconds, so a second score within one second is refused. */
function decideLikeMoodle(score: Score, circumstances: ScoreCircumstances): ScoreDecision {
  const { before } = circumstances;
  if (score.scoreGiven !== undefined && score.scoreMaximum === undefined) {
    return { kind: "refuse", status: 400, because: "scoreGiven needs scoreMaximum" };
  }
  if (!circumstances.isGradable(score.userId)) {
    return { kind: "refuse", status: 400, because: "the user cannot be graded in this course" };
  }
  if (before && wholeSeconds(before.updatedAt) >= wholeSeconds(score.timestamp)) {
    return { kind: "refuse", status: 409, because: "a grade of this time or later is known" };
  }
  const isFinal = score.gradingProgress === "FullyGraded";
  return { kind: "store", grade: gradeFrom(score, circumstances, isFinal ? "apply" : "clear") };
}

/** Canvas clears the grade unless the score is final or asks it to be preserved. */
function decideLikeCanvas(score: Score, circumstances: ScoreCircumstances): ScoreDecision {
  const { before, now } = circumstances;
  if (!circumstances.isGradable(score.userId)) {
    return { kind: "refuse", status: 422, because: "the user is no student of this course" };
  }
  if (score.scoreGiven !== undefined && score.scoreMaximum === undefined) {
    return { kind: "refuse", status: 422, because: "scoreGiven needs scoreMaximum" };
  }
  if (score.timestamp.getTime() > now.getTime() + allowedFutureMs) {
    return { kind: "refuse", status: 400, because: "the timestamp lies in the future" };
  }
  if (before?.hasToolRow && before.updatedAt > score.timestamp) {
    return { kind: "refuse", status: 400, because: "a newer result is known" };
  }
  const isFinal = ["FullyGraded", "PendingManual"].includes(score.gradingProgress);
  if (isFinal && score.scoreGiven !== undefined) {
    return { kind: "store", grade: gradeFrom(score, circumstances, "apply") };
  }
  const isPreserved = score.submission["preserve_score"] === true;
  return { kind: "store", grade: gradeFrom(score, circumstances, isPreserved ? "keep" : "clear") };
}

function gradeFrom(
  score: Score,
  { before, lineItemMaximum }: ScoreCircumstances,
  effect: "apply" | "keep" | "clear",
): Grade {
  const attempts = score.submission["new_submission"] === false ? 0 : 1;
  const kept: Pick<Grade, "score" | "gradedBy"> = before ?? { score: null, gradedBy: "tool" };
  const given = effect === "apply" ? scaledScore(score, lineItemMaximum) : null;
  return {
    score: effect === "keep" ? kept.score : given,
    gradedBy: effect === "keep" ? kept.gradedBy : "tool",
    updatedAt: score.timestamp,
    hasToolRow: true,
    comment: score.comment ?? before?.comment,
    activityProgress: score.activityProgress,
    gradingProgress: score.gradingProgress,
    submissions: (before?.submissions ?? 0) + attempts,
  };
}

function scaledScore(score: Score, lineItemMaximum: number): number | null {
  if (score.scoreGiven === undefined || score.scoreMaximum === undefined) return null;
  return (score.scoreGiven * lineItemMaximum) / score.scoreMaximum;
}

function readScore(body: Record<string, unknown>): Score | string {
  const userId = readText(body, "userId");
  const timestamp = readText(body, "timestamp");
  const activityProgress = readText(body, "activityProgress") ?? "";
  const gradingProgress = readText(body, "gradingProgress") ?? "";
  if (userId === undefined) return "userId is missing";
  if (timestamp === undefined || !iso8601.test(timestamp) || Number.isNaN(Date.parse(timestamp))) {
    return "timestamp is no ISO 8601 time with a time zone";
  }
  if (!activityProgresses.includes(activityProgress)) return "activityProgress is unknown";
  if (!gradingProgresses.includes(gradingProgress)) return "gradingProgress is unknown";
  const points = readPoints(body);
  if (typeof points === "string") return points;
  return {
    userId,
    timestamp: new Date(timestamp),
    activityProgress,
    gradingProgress,
    ...points,
    comment: readText(body, "comment"),
    submission: readRecord(body, submissionExtension),
  };
}

function readPoints(
  body: Record<string, unknown>,
): Pick<Score, "scoreGiven" | "scoreMaximum"> | string {
  const scoreGiven = body["scoreGiven"] ?? undefined;
  const scoreMaximum = body["scoreMaximum"] ?? undefined;
  if (scoreGiven !== undefined && (typeof scoreGiven !== "number" || scoreGiven < 0)) {
    return "scoreGiven is no number of 0 or more";
  }
  if (scoreMaximum !== undefined && (typeof scoreMaximum !== "number" || scoreMaximum <= 0)) {
    return "scoreMaximum is no number above 0";
  }
  return { scoreGiven, scoreMaximum };
}

function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
