import { z } from "zod";
import { faultOf } from "../platforms/lms-answer.js";
import { LINE_ITEM_TAG, subAddress } from "./line-item.js";
import { createLmsCalls, type LmsCallNeeds, lmsScopes } from "./lms-call-client.js";
import type { Result } from "./observe-result.js";

/** Exact media types (LTI-AGS 2.0 §3): Moodle answers 400 to anything else. */
const mediaTypes = {
  lineItem: "application/vnd.ims.lis.v2.lineitem+json",
  lineItems: "application/vnd.ims.lis.v2.lineitemcontainer+json",
  score: "application/vnd.ims.lis.v1.score+json",
  results: "application/vnd.ims.lis.v2.resultcontainer+json",
} as const;

const CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission";
const PAGE_SIZE = 100;

const LineItemAnswer = z.object({
  id: z.url({ protocol: /^https?$/ }),
  resourceId: z.string().nullish(),
});

// An id may come as a number, a score as text; nonsense becomes NaN and is refused by the rule.
const ResultAnswer = z.object({
  userId: z.union([z.string(), z.number()]).transform(String),
  resultScore: z.unknown().optional(),
  resultMaximum: z.unknown().optional(),
  timestamp: z.unknown().optional(),
});

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";

const asNumber = (value: unknown): number =>
  typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;

const asTime = (value: unknown): Date | undefined => {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
};

const asResult = (answer: z.output<typeof ResultAnswer>): Result => ({
  sub: answer.userId,
  score: isAbsent(answer.resultScore) ? undefined : asNumber(answer.resultScore),
  // LTI-AGS 2.0 §3.3.5.2: the maximum is 1 when none is told.
  maximum: isAbsent(answer.resultMaximum) ? 1 : asNumber(answer.resultMaximum),
  timestamp: asTime(answer.timestamp),
});

/** A column at an LMS. */
export type LineItemAddress = { platformId: string; url: string };

/** The list of columns of one LMS course. */
export type LineItemsAddress = { platformId: string; lineItemsUrl: string };

/** A final score of one learner. */
export type Score = {
  sub: string;
  score: number;
  maximum: number;
  timestamp: Date;
  /** Adds what Canvas understands: a grade typed in Canvas wins. */
  forCanvas: boolean;
};

export type ScoreAnswer =
  /** `confirmed`: the LMS applied it; otherwise it merely took it in (202). */
  | { kind: "taken"; confirmed: boolean }
  /** The LMS holds a grade of that time or later. */
  | { kind: "conflict" }
  | { kind: "busy"; retryAfterMs: number | undefined }
  | { kind: "unreachable"; status: number }
  /** The column is not there any more. */
  | { kind: "gone" }
  | { kind: "refused"; status: number };

export type LmsGradesClient = ReturnType<typeof createLmsGradesClient>;

/**
 * Assignment and Grade Services of an LMS (LTI-AGS 2.0), with Moodle's and Canvas' ways. Where
 * nothing else is said a fault of the LMS is thrown as a ToolError: not-found, platform-busy,
 * platform-unreachable, platform-refused or platform-answer-unreadable.
 */
export function createLmsGradesClient(needs: LmsCallNeeds) {
  const calls = createLmsCalls(needs);
  const scoresOf = (item: LineItemAddress) => ({
    platformId: item.platformId,
    scope: lmsScopes.score,
    url: subAddress(item.url, "scores"),
    mediaType: mediaTypes.score,
  });

  return {
    /** Our column with this resourceId; of several the first. Not every LMS heeds the filter. */
    async findLineItem(at: LineItemsAddress, resourceId: string): Promise<string | undefined> {
      const url = new URL(at.lineItemsUrl);
      url.searchParams.set("resource_id", resourceId);
      url.searchParams.set("limit", String(PAGE_SIZE));
      const pages = calls.listPages(
        {
          platformId: at.platformId,
          scope: lmsScopes.lineItem,
          url: url.href,
          mediaType: mediaTypes.lineItems,
        },
        z.array(LineItemAnswer),
      );
      for await (const items of pages) {
        const found = items.find((item) => item.resourceId === resourceId);
        if (found !== undefined) return found.id;
      }
      return undefined;
    },

    /** Makes a column and tells its address. A second call makes a second one: look before. */
    async createLineItem(
      at: LineItemsAddress,
      item: { resourceId: string; label: string; scoreMaximum: number },
    ): Promise<string> {
      const answer = await calls.send(
        {
          platformId: at.platformId,
          scope: lmsScopes.lineItem,
          url: at.lineItemsUrl,
          mediaType: mediaTypes.lineItem,
        },
        { ...item, tag: LINE_ITEM_TAG },
      );
      return calls.read(answer, LineItemAnswer).id;
    },

    /** Sends a final score. Faults of the LMS are answers, as each asks for something else. */
    async postScore(item: LineItemAddress, score: Score): Promise<ScoreAnswer> {
      const answer = await calls.send(scoresOf(item), {
        userId: score.sub,
        scoreGiven: score.score,
        scoreMaximum: score.maximum,
        timestamp: score.timestamp.toISOString(),
        activityProgress: "Completed",
        gradingProgress: "FullyGraded",
        ...(score.forCanvas
          ? { [CANVAS_SUBMISSION]: { new_submission: false, prioritize_non_tool_grade: true } }
          : {}),
      });
      const { status } = answer;
      if (status === 409) return { kind: "conflict" };
      if (status === 404 || status === 410) return { kind: "gone" };
      const fault = faultOf(answer, needs.now());
      if (fault === undefined) return { kind: "taken", confirmed: status !== 202 };
      if (fault.code === "platform-busy") {
        return { kind: "busy", retryAfterMs: fault.retryAfterMs };
      }
      return fault.code === "platform-unreachable" || status === 408
        ? { kind: "unreachable", status }
        : { kind: "refused", status };
    },

    /**
     * Makes a learner's row without a grade, so that Canvas shows us what is typed there. Only
     * before grading begins: a Canvas that does not know `preserve_score` clears the grade.
     * False when the LMS wants no row for this person (not a student any more).
     */
    async makeRow(item: LineItemAddress, row: { sub: string; timestamp: Date }): Promise<boolean> {
      const answer = await calls.send(scoresOf(item), {
        userId: row.sub,
        timestamp: row.timestamp.toISOString(),
        activityProgress: "Initialized",
        gradingProgress: "NotReady",
        [CANVAS_SUBMISSION]: { new_submission: false, preserve_score: true },
      });
      if (answer.status === 422 || answer.status === 400) return false;
      calls.throwFault(answer);
      return true;
    },

    /** Results page by page; of one learner when `sub` is given. */
    async *listResultPages(item: LineItemAddress, sub?: string): AsyncGenerator<Result[]> {
      const query = sub === undefined ? { limit: String(PAGE_SIZE) } : { user_id: sub };
      const pages = calls.listPages(
        {
          platformId: item.platformId,
          scope: lmsScopes.results,
          url: subAddress(item.url, "results", query),
          mediaType: mediaTypes.results,
        },
        z.array(ResultAnswer),
      );
      for await (const page of pages) {
        const results = page.map(asResult);
        yield sub === undefined ? results : results.filter((result) => result.sub === sub);
      }
    },
  };
}
