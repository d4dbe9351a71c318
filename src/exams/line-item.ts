import { readUrl } from "../read-url.js";

/**
 * One exam's column in the gradebook of one LMS course (LTI-AGS 2.0 §3.2). Made by Rosette in
 * the first launch there. Unique by (platformId, contextId, examId).
 */
export type LineItem = {
  id: string;
  organisationId: string;
  platformId: string;
  issuer: string;
  contextId: string;
  offeringId: string;
  examId: string;
  /** Label of the column. */
  title: string;
  /** Points the column is out of. */
  scoreMaximum: number;
  /** Where the LMS lists the line items of the course; refreshed in each launch. */
  lineItemsUrl: string | undefined;
  /** Where the LMS lists the course's members, if it does. */
  membershipsUrl: string | undefined;
  /** The column's address; undefined until it was found or made. */
  url: string | undefined;
  /** Who asks the LMS for the column has it alone until then: two would make two. */
  makingUntil: Date | undefined;
  /** Who sends a score to the column has it alone until then: one score at a time. */
  sendingUntil: Date | undefined;
  /** Whether the instructor grades it: then learners need rows before grading begins. */
  gradedInLms: boolean;
  /** Whether grades are kept in it: then no other column takes its place. */
  inUse: boolean;
  /** Latest launch anywhere in that LMS course. */
  lastLaunchAt: Date;
  /** When results are read next; also the lease of who is reading. */
  nextReadAt: Date;
  /** When results were last read whole. */
  lastReadAt: Date | undefined;
  /** Readings in a row that changed nothing, since the last change or launch; undefined for none. */
  quietReads: number | undefined;
  /** Failures in a row. */
  failures: number;
  /** Code of the latest failure, while it lasts. */
  lastError: string | undefined;
  /** When rows were last made for learners without one (Canvas). */
  rowsMadeAt: Date | undefined;
};

/** A line item that stands in the LMS. */
export type PlacedLineItem = LineItem & { url: string };

/** What our columns carry, so that they are found again, also in a copied course. */
export const resourceIdOf = (examId: string): string => `rosette-exam-${examId}`;
export const LINE_ITEM_TAG = "rosette";

/**
 * Address of a line item's scores or results: put into the path, the query kept
 * (LTI-AGS 2.0 §3.3.4; Moodle needs its `?type_id=`).
 */
export function subAddress(
  lineItemUrl: string,
  part: "scores" | "results",
  query: Record<string, string> = {},
): string {
  const url = new URL(lineItemUrl);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${part}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Whether a line items address is Canvas'. Canvas shows a tool no result of a learner for whom
 * the tool never posted, and knows extensions that others would refuse.
 */
export const isCanvasAddress = (url: string): boolean =>
  /\/api\/lti\/courses\/[^/]+\/line_items(\/|$)/.test(readUrl(url)?.pathname ?? "");
