import { ToolError } from "../errors.js";
import type { WorkQueue } from "../work/work-queue.js";
import { type EnsureLineItemNeeds, withLineItem } from "./ensure-line-item.js";
import { isCanvasAddress, type LineItem, type PlacedLineItem } from "./line-item.js";
import type { LineItemStore } from "./line-item-store.js";
import type { LmsGradesClient, ScoreAnswer } from "./lms-grades-client.js";
import type { Observation } from "./observation.js";
import type { ObservationStore } from "./observation-store.js";
import { observeResults, type ObserveResultsNeeds } from "./observe-results.js";
import { nextTimestamp, retryPauseMs, type ScorePost } from "./score-post.js";
import type { ScorePostStore, TryOutcome } from "./score-post-store.js";

export type PostScoreNeeds = ObserveResultsNeeds &
  EnsureLineItemNeeds & {
    lineItems: Pick<LineItemStore, "markInUse" | "claimSending" | "releaseSending">;
    observations: Pick<ObservationStore, "find">;
    scorePosts: Pick<ScorePostStore, "find" | "claim" | "beginSend" | "finish" | "findDue">;
    grades: Pick<LmsGradesClient, "postScore">;
    work: Pick<WorkQueue, "wake">;
    /** 0 ≤ random < 1 */
    random: () => number;
  };

/** A sender that died is succeeded after this long. */
const LEASE_MS = 2 * 60_000;
/** Longer than the LMS may take for a token and the score, twice. */
const SENDING_MS = 45_000;
/** Until what stood in the way here is done. */
const MOMENT_MS = 1000;
/** What the LMS refuses is tried again so often: rights and enrolments get mended. */
const REFUSALS_AT_MOST = 8;

/** What the gradebook says about a score of ours that is to be sent. */
export function judgeBeforeSending(
  post: Pick<ScorePost, "number" | "submittedAt">,
  observation: Observation | undefined,
): "send" | "sent" | "overridden" {
  if (observation === undefined) return "send";
  if (observation.echoedNumber >= post.number) return "sent";
  const isTyped = observation.last !== undefined && !observation.isOwn;
  const isLater =
    observation.lastOccurredAt !== undefined && observation.lastOccurredAt > post.submittedAt;
  return isTyped && isLater ? "overridden" : "send";
}

type Waiting = Extract<TryOutcome, { state: "waiting" }>;

const waiting = (
  needs: PostScoreNeeds,
  post: ScorePost,
  why: { error: string; isKnownLost: boolean; retryAfterMs?: number | undefined },
): Waiting => {
  const firstMs = why.error === "work-overtaken" ? MOMENT_MS : undefined;
  const pauseMs = retryPauseMs(post.tries, needs.random(), {
    ...{ retryAfterMs: why.retryAfterMs, firstMs },
  });
  return {
    state: "waiting",
    error: why.error,
    isKnownLost: why.isKnownLost,
    nextTryAt: new Date(needs.now().getTime() + pauseMs),
  };
};

/** The LMS has a grade of that second or a later one, and it is not news: step past it. */
async function afterConflict(
  needs: PostScoreNeeds,
  item: PlacedLineItem,
  post: ScorePost,
): Promise<TryOutcome> {
  await observeResults(needs, item, post.sub);
  const observation = await needs.observations.find(item.id, post.sub);
  const verdict = judgeBeforeSending(post, observation);
  if (verdict === "sent") return { state: "sent", confirmed: true };
  if (verdict === "overridden") return { state: "overridden" };
  const waits = waiting(needs, post, { error: "score-conflict", isKnownLost: true });
  const latest = new Date(
    Math.max(post.timestamp.getTime(), observation?.lastOccurredAt?.getTime() ?? 0),
  );
  return { ...waits, timestamp: nextTimestamp(post.submittedAt, latest) };
}

async function outcomeOf(
  needs: PostScoreNeeds,
  sending: { item: PlacedLineItem; post: ScorePost },
  answer: ScoreAnswer,
): Promise<TryOutcome> {
  const { item, post } = sending;
  switch (answer.kind) {
    case "taken":
      return { state: "sent", confirmed: answer.confirmed };
    case "conflict":
      return await afterConflict(needs, item, post);
    case "busy":
      return waiting(needs, post, { ...answer, error: "platform-busy", isKnownLost: true });
    case "unreachable":
      return waiting(needs, post, { error: "platform-unreachable", isKnownLost: false });
    case "gone":
      await needs.lineItems.forgetUrl(item.id, item.url);
      return waiting(needs, post, { error: "not-found", isKnownLost: true });
    case "refused":
      return post.tries >= REFUSALS_AT_MOST
        ? { state: "failed", error: `platform-refused: status ${answer.status}` }
        : waiting(needs, post, { error: "platform-refused", isKnownLost: true });
  }
}

/** Looks before it sends: what the LMS shows may be ours already, or somebody's later grade. */
async function trySending(
  needs: PostScoreNeeds,
  item: PlacedLineItem,
  post: ScorePost,
): Promise<TryOutcome> {
  const reading = await observeResults(needs, item, post.sub);
  if (reading.wasOvertaken) {
    return waiting(needs, post, { error: "work-overtaken", isKnownLost: false });
  }
  const verdict = judgeBeforeSending(post, await needs.observations.find(item.id, post.sub));
  if (verdict === "sent") return { state: "sent", confirmed: true };
  if (verdict === "overridden") return { state: "overridden" };
  const isOurs = await needs.scorePosts.beginSend(post);
  // What is begun now has arrived or failed before anybody else may send.
  const hasTime = needs.now().getTime() + SENDING_MS <= post.leaseUntil.getTime();
  if (!isOurs || !hasTime) {
    return waiting(needs, post, { error: "work-overtaken", isKnownLost: false });
  }
  const { sub, score, maximum, timestamp } = post;
  const forCanvas = isCanvasAddress(item.url);
  const sent = { sub, score, maximum, timestamp, forCanvas };
  return await outcomeOf(needs, { item, post }, await needs.grades.postScore(item, sent));
}

async function sendOrSayWhyNot(
  needs: PostScoreNeeds,
  item: LineItem,
  post: ScorePost,
): Promise<TryOutcome> {
  try {
    return await withLineItem(needs, item, async (placed) => await trySending(needs, placed, post));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { code, retryAfterMs } = error;
    return waiting(needs, post, { error: code, isKnownLost: false, retryAfterMs });
  }
}

async function reportFailure(needs: PostScoreNeeds, post: ScorePost, error: string) {
  await needs.events.add({
    organisationId: post.organisationId,
    code: "score-not-taken",
    level: "warning",
    summary:
      "The LMS does not take a score. The result counts in Rosette all the same. Check in the LMS that the learner is enrolled and that Rosette may write grades.",
    about: { scorePostId: post.id, lineItemId: post.lineItemId, because: error },
    at: needs.now(),
  });
}

async function sendNow(
  needs: PostScoreNeeds,
  item: LineItem,
  sending: { id: string; now: Date; until: Date },
): Promise<void> {
  const post = await needs.scorePosts.claim(sending.id, sending);
  if (post === undefined) return;
  const outcome = await sendOrSayWhyNot(needs, item, post);
  if (outcome.state === "sent") await needs.lineItems.markInUse(post.lineItemId);
  await needs.scorePosts.finish(post, outcome);
  if (outcome.state === "failed") {
    await reportFailure(needs, post, outcome.error);
    throw new ToolError("platform-refused", { detail: outcome.error });
  }
  if (outcome.state === "waiting") {
    throw new ToolError("platform-unreachable", { detail: outcome.error });
  }
}

/**
 * Sends the newest score of one learner for one line item, if it is not in the gradebook yet. Of
 * several processes one does it, and for one line item one score at a time: who sends has the
 * line item, and wakes who has waited longest when it is done. After a crash anywhere the next
 * try finds out what became of the last. While the LMS is down the score waits in the spool.
 * @throws ToolError why it has to be tried again, once that is noted; platform-refused when it is
 * given up until a person has it tried again
 */
export async function postScore(needs: PostScoreNeeds, scorePostId: string): Promise<void> {
  const spooled = await needs.scorePosts.find(scorePostId);
  if (spooled === undefined) return;
  const { lineItemId, state, lastError, nextTryAt } = spooled;
  const now = needs.now();
  if (state === "waiting" && lastError === "platform-busy" && nextTryAt > now) {
    throw new ToolError("platform-busy", { detail: "the LMS asked to be left alone for a while" });
  }
  const until = new Date(now.getTime() + LEASE_MS);
  const item = await needs.lineItems.claimSending(lineItemId, { now, until });
  if (item === undefined) {
    // Who sends finds what waits; what was given up and is tried again it would not find.
    if (state !== "failed") return;
    throw new ToolError("work-overtaken", { detail: "other scores are sent just now" });
  }
  try {
    await sendNow(needs, item, { id: scorePostId, now, until });
  } finally {
    await needs.lineItems.releaseSending(item.id, until);
    // Looked for after the release: who came too early for it stands in the spool by now.
    const due = await needs.scorePosts.findDue(lineItemId, needs.now());
    if (due !== undefined) {
      await needs.work.wake("post-score", { key: due.id, organisationId: due.organisationId });
    }
  }
}
