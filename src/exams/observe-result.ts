import type { Grade, GradeChange, Sight } from "./observation.js";
import type { Send } from "./score-post.js";

/** One row of AGS results (LTI-AGS 2.0 §3.3.5), as far as it could be read. */
export type Result = {
  sub: string;
  /** undefined: the row is there and holds no grade. May be NaN when the LMS sent nonsense. */
  score: number | undefined;
  maximum: number;
  /** AGS promises none. */
  timestamp: Date | undefined;
};

/** What is known of our own scores for this learner and line item. */
export type OwnScores = {
  /** Newest score that the LMS had confirmed before the result was asked for; 0 for none. */
  acknowledgedNumber: number;
  /** Every score whose sending had begun when the result arrived. */
  sends: readonly Send[];
  /**
   * Whether a confirmed score took the place of what a person had typed. Canvas confirms and
   * keeps the typed grade (`prioritize_non_tool_grade`).
   */
  replaceTyped: boolean;
};

export type Observed =
  /** Nothing new; `sight` is there when our own scores are accounted for now. */
  | { kind: "unchanged"; sight: Sight | undefined }
  /** A score that we sent or are sending. */
  | { kind: "echo"; sight: Sight }
  /** Somebody gave or took back a grade. */
  | { kind: "changed"; sight: Sight; change: GradeChange }
  /** Unusable; `isNews` the first time only. The earlier grade is kept. */
  | { kind: "refused"; sight: Sight; because: RefusalReason; isNews: boolean };

type RefusalReason = "not-a-number" | "negative" | "maximum-not-positive";

const refusalOf = (score: number, maximum: number): RefusalReason | undefined => {
  if (!Number.isFinite(score) || Number.isNaN(maximum) || maximum === Infinity) {
    return "not-a-number";
  }
  if (maximum <= 0) return "maximum-not-positive";
  return score < 0 ? "negative" : undefined;
};

type GradedOutcome = Extract<Grade, { kind: "graded" }>;

/** Two grades with the same share of their maximum are the same grade. */
type Graded = { score: number; maximum: number };
const isClose = (left: Graded, right: Graded, tolerance: number): boolean =>
  Math.abs(left.score / left.maximum - right.score / right.maximum) <= tolerance;

const SAME = 1e-9;
/** An LMS scales and rounds what we send, to two decimals at the coarsest. */
const ECHO = 1e-4;

const latest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times.reduce(
    (late, time) => (late === undefined || (time && time > late) ? time : late),
    undefined,
  );

/**
 * Decides what a result read from the LMS means. A result that is absent is unknown and never
 * gets here. Scores of ours are recognised by value, each once: after a person's grade the same
 * value is a new grade again, so 80 → 50 → 80 are three changes.
 */
export function observeResult(before: Sight, seen: Seen, own: OwnScores): Observed {
  const { score, maximum } = seen.result;
  if (score === undefined) return observeEmpty(before, seen, own);
  const because = refusalOf(score, maximum);
  return because === undefined
    ? observeGrade(before, { ...seen, grade: { kind: "graded", score, maximum } }, own)
    : refuse(before, seen.result, because);
}

type Seen = { result: Result; observedAt: Date };

/** What the LMS should show, had nobody but us touched it since the last look. */
function expectation(before: Sight, own: OwnScores) {
  const news = own.sends.filter((send) => send.number > before.echoedNumber);
  const confirmed = news.filter((send) => send.number <= own.acknowledgedNumber).at(-1);
  const isTyped = before.last !== undefined && !before.isOwn;
  const applied = own.replaceTyped || !isTyped ? confirmed : undefined;
  const shown: Grade | undefined =
    applied === undefined
      ? before.last
      : { kind: "graded", score: applied.score, maximum: applied.maximum };
  const accounted: Sight = {
    ...before,
    refused: undefined,
    echoedNumber: confirmed?.number ?? before.echoedNumber,
    lastOccurredAt: latest([before.lastOccurredAt, confirmed?.timestamp]),
  };
  const isNews = confirmed !== undefined || before.refused !== undefined;
  const unchanged: Observed = { kind: "unchanged", sight: isNews ? accounted : undefined };
  const candidates = news.filter((send) => send.number >= (confirmed?.number ?? 0));
  return { shown, isOwnShown: applied !== undefined, candidates, accounted, unchanged };
}

function observeEmpty(before: Sight, seen: Seen, own: OwnScores): Observed {
  const { shown, accounted, unchanged } = expectation(before, own);
  return shown?.kind === "graded" ? change(accounted, { kind: "cleared" }, seen) : unchanged;
}

function observeGrade(before: Sight, seen: Seen & { grade: GradedOutcome }, own: OwnScores) {
  const { shown, isOwnShown, candidates, accounted, unchanged } = expectation(before, own);
  const isAsShown = shown?.kind === "graded" && isClose(seen.grade, shown, SAME);
  if (isAsShown && !isOwnShown) return unchanged;
  const echoed = candidates.findLast((send) => isClose(seen.grade, send, ECHO));
  return echoed === undefined
    ? change(accounted, seen.grade, seen)
    : echo(accounted, seen.grade, echoed);
}

function echo(accounted: Sight, grade: GradedOutcome, send: Send): Observed {
  return {
    kind: "echo",
    sight: {
      ...accounted,
      last: grade,
      isOwn: true,
      echoedNumber: send.number,
      lastOccurredAt: latest([accounted.lastOccurredAt, send.timestamp]),
    },
  };
}

function change(accounted: Sight, outcome: Grade, seen: Seen): Observed {
  const { result, observedAt } = seen;
  const occurredAt =
    latest([result.timestamp ?? observedAt, accounted.lastOccurredAt]) ?? observedAt;
  const made: GradeChange = {
    number: accounted.changeNumber + 1,
    outcome,
    occurredAt,
    observedAt,
  };
  return {
    kind: "changed",
    change: made,
    sight: {
      ...accounted,
      last: outcome,
      isOwn: false,
      lastOccurredAt: occurredAt,
      changeNumber: made.number,
      unrecorded: [...accounted.unrecorded, made],
    },
  };
}

function refuse(before: Sight, result: Result, because: RefusalReason): Observed {
  const refused = `${because} ${result.score}/${result.maximum}`;
  return {
    kind: "refused",
    because,
    isNews: before.refused !== refused,
    sight: { ...before, refused },
  };
}
