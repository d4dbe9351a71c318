import { ToolError } from "../errors.js";

type Answer = { status: number; headers: Record<string, string>; text: string };

const SHORTEST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60 * 60 * 1000;
const USUAL_WAIT_MS = 30_000;

/** `Retry-After` (RFC 9110 §10.2.3) in milliseconds, in seconds or as a date; bounded. */
export function readRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return USUAL_WAIT_MS;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : Number.NaN;
  const waitMs = Number.isNaN(seconds) ? Date.parse(header) - now.getTime() : seconds * 1000;
  if (Number.isNaN(waitMs)) return USUAL_WAIT_MS;
  return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, waitMs));
}

/** Canvas throttles with 403 and this text, newer ones with 429; others say 503 and a time. */
const isThrottled = ({ status, headers, text }: Answer): boolean =>
  status === 429 ||
  (status === 403 && /rate limit exceeded/i.test(text.slice(0, 1000))) ||
  (status === 503 && headers["retry-after"] !== undefined);

/** What is wrong with an LMS' answer, by its status; undefined when it is a success (2xx). */
export function faultOf(answer: Answer, now: Date): ToolError | undefined {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return undefined;
  const detail = `status ${status}`;
  if (isThrottled(answer)) {
    const retryAfterMs = readRetryAfter(headers["retry-after"], now);
    return new ToolError("platform-busy", { detail, retryAfterMs });
  }
  return new ToolError(status >= 500 ? "platform-unreachable" : "platform-refused", { detail });
}

/**
 * The JSON in an LMS' answer, whatever media type it is served as (Moodle serves tokens as
 * text/html).
 * @throws ToolError platform-answer-unreadable
 */
export function parseLmsJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new ToolError("platform-answer-unreadable", { detail: "no JSON", cause: error });
  }
}
