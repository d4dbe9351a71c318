import { z } from "zod";
import { LmsError, type LmsTrouble } from "./lms-trouble.js";

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

function troubleOfStatus(status: number): LmsTrouble {
  if (status >= 500) return "server-error";
  if (status >= 300 && status < 400) return "redirected";
  if (status === 401 || status === 403) return "forbidden";
  return status === 404 || status === 410 ? "not-there" : "refused";
}

/** What is wrong with an LMS' answer, by its status; undefined when it is a success (2xx). */
export function faultOf(answer: Answer, now: Date): LmsError | undefined {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return undefined;
  const detail = `status ${status}`;
  if (isThrottled(answer)) {
    const retryAfterMs = readRetryAfter(headers["retry-after"], now);
    return new LmsError("busy", { detail, retryAfterMs });
  }
  return new LmsError(troubleOfStatus(status), { detail });
}

const TokenRefusal = z.object({
  error: z.enum([
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
  ]),
});

const troubleOfRefusal = {
  invalid_request: "invalid-request",
  invalid_client: "invalid-client",
  invalid_grant: "invalid-grant",
  unauthorized_client: "unauthorized-client",
  unsupported_grant_type: "unsupported-grant-type",
  invalid_scope: "invalid-scope",
} as const satisfies Record<string, LmsTrouble>;

/** The same of a token endpoint's answer: it may say why it gives no token (RFC 6749 §5.2). */
export function tokenFaultOf(answer: Answer, now: Date): LmsError | undefined {
  const fault = faultOf(answer, now);
  if (fault?.code !== "platform-refused") return fault;
  try {
    const refusal = TokenRefusal.safeParse(parseLmsJson(answer.text));
    if (!refusal.success) return fault;
    const { error } = refusal.data;
    return new LmsError(troubleOfRefusal[error], { detail: `status ${answer.status}, ${error}` });
  } catch {
    return fault;
  }
}

/**
 * The JSON in an LMS' answer, whatever media type it is served as (Moodle serves tokens as
 * text/html).
 * @throws LmsError not-json
 */
export function parseLmsJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LmsError("not-json", { detail: "no JSON", cause: error });
  }
}
