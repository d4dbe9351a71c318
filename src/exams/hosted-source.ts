import { eachInTurn } from "../each-in-turn.js";
import { findBestAttempt } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import type { DueWork, GradeSource } from "./grade-source.js";
import type { LineItem } from "./line-item.js";
import { openLineItem, type OpenLineItemNeeds } from "./open-line-item.js";
import { postScore, type PostScoreNeeds } from "./post-score.js";
import type { ScorePost } from "./score-post.js";
import type { ScorePostStore } from "./score-post-store.js";
import { settleAttempt, type SettleAttemptNeeds } from "./settle-attempt.js";

type Needs = SettleAttemptNeeds &
  PostScoreNeeds &
  OpenLineItemNeeds & {
    attempts: Pick<AttemptStore, "listSubmittedWithoutFact">;
    scorePosts: Pick<ScorePostStore, "listDue" | "findByLearner">;
  };

const SWEPT_AT_ONCE = 200;
/** A submission this fresh is still being dealt with by the request that brought it. */
const SETTLING_MS = 15_000;

/** What a learner is told about their score in the LMS gradebook. */
export function gradebookSentence(
  item: LineItem | undefined,
  post: Pick<ScorePost, "state" | "lastError"> | undefined,
): string {
  if (item === undefined) {
    return "It is saved here. This course shares no gradebook with Rosette, so it stays here.";
  }
  switch (post?.state) {
    case undefined:
    case "sent":
      return "It is in your course's gradebook.";
    case "overridden":
      return "The gradebook of your course shows the grade that your instructor gave later.";
    case "failed":
      return "It is saved here and counts. The gradebook of your course did not take it; please tell your instructor.";
    case "waiting":
      return post.lastError === undefined
        ? "It is saved here and on its way to the gradebook of your course."
        : "It is saved here and will reach the gradebook as soon as your course's site answers again.";
  }
}

/** Exams whose questions Rosette asks and grades itself. */
export function createHostedSource(needs: Needs): GradeSource & { kind: "hosted" } {
  return {
    kind: "hosted",
    explain: () =>
      "Rosette asks the questions and grades your answers at once. Your best attempt counts.",

    open: async (opening) => {
      await openLineItem(needs, opening);
    },

    findStanding: async ({ launch, account, exam }) => {
      const { organisationId, platformId, context } = launch;
      const about = { organisationId, accountId: account.id, examId: exam.id };
      const best = findBestAttempt(await needs.attempts.list(about));
      if (best === undefined) return { kind: "no-result" };
      const key = { organisationId, platformId, contextId: context?.id ?? "", examId: exam.id };
      const item = await needs.lineItems.findFor(key);
      const post = item && (await needs.scorePosts.findByLearner(item.id, account.id));
      const { score, maximum } = best.grading;
      const gradebook = gradebookSentence(item, post);
      return { kind: "result", score, maximum, at: best.submittedAt, gradebook };
    },

    handlers: {
      "post-score": async ({ key }) => {
        await postScore(needs, key);
      },
    },

    finishLeft: async (now, reach) => {
      const before = reach === "all" ? now : new Date(now.getTime() - SETTLING_MS);
      const left = await needs.attempts.listSubmittedWithoutFact(before, SWEPT_AT_ONCE);
      await eachInTurn(left, async (attempt) => {
        await settleAttempt(needs, attempt);
      });
    },

    listDue: async (now): Promise<DueWork[]> => {
      const due = await needs.scorePosts.listDue(now, SWEPT_AT_ONCE);
      return due.map(({ id, organisationId }) => ({
        name: "post-score",
        data: { key: id, organisationId },
      }));
    },
  };
}
