import type { z } from "zod";
import { ToolError } from "../errors.js";
import { faultOf, parseLmsJson } from "../platforms/lms-answer.js";
import type { LmsAnswer, LmsHttp } from "../platforms/lms-http-client.js";
import type { LmsTokens } from "../platforms/lms-token-client.js";
import { findNextPage } from "./link-header.js";

const AGS = "https://purl.imsglobal.org/spec/lti-ags/scope";
/** LTI-AGS 2.0 §3.1.1 and LTI-NRPS 2.0 §2.2. */
export const lmsScopes = {
  lineItem: `${AGS}/lineitem`,
  score: `${AGS}/score`,
  results: `${AGS}/result.readonly`,
  roster: "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
} as const;

/** One call of an LMS service, in the name of a registration. */
export type LmsCall = {
  platformId: string;
  scope: string;
  url: string;
  /** The exact media type: of the answer, and of the body when there is one. */
  mediaType: string;
};

export type LmsCallNeeds = {
  http: LmsHttp;
  tokens: Pick<LmsTokens, "get" | "forget">;
  now: () => Date;
};

/** Enough for the largest course; a list without end is a fault of the LMS. */
const PAGES_AT_MOST = 500;

const isGone = ({ status }: LmsAnswer): boolean => status === 404 || status === 410;

/** Calls LMS parts with an access token, a fresh one when the LMS no longer takes the old. */
export function createLmsCalls(needs: LmsCallNeeds) {
  const sendOnce = async (call: LmsCall, body: object | undefined): Promise<LmsAnswer> => {
    const token = await needs.tokens.get(call.platformId, [call.scope]);
    const headers = { authorization: `Bearer ${token}`, accept: call.mediaType };
    return await needs.http.send(
      body === undefined
        ? { url: call.url, method: "GET", headers }
        : {
            url: call.url,
            method: "POST",
            // No charset: Moodle finds its handler by the exact text.
            headers: { ...headers, "content-type": call.mediaType },
            body: JSON.stringify(body),
          },
    );
  };

  const send = async (call: LmsCall, body?: object): Promise<LmsAnswer> => {
    const answer = await sendOnce(call, body);
    if (answer.status !== 401) return answer;
    needs.tokens.forget(call.platformId, [call.scope]);
    return await sendOnce(call, body);
  };

  /**
   * An answer's body, checked.
   * @throws ToolError not-found when what was asked for is gone, platform-busy,
   * platform-unreachable, platform-refused, platform-answer-unreadable
   */
  const read = <S extends z.ZodType>(answer: LmsAnswer, schema: S): z.output<S> => {
    throwFault(answer);
    const parsed = schema.safeParse(parseLmsJson(answer.text));
    if (parsed.success) return parsed.data;
    throw new ToolError("platform-answer-unreadable", { detail: "not what was asked for" });
  };

  const throwFault = (answer: LmsAnswer): void => {
    if (isGone(answer)) throw new ToolError("not-found", { detail: `status ${answer.status}` });
    const fault = faultOf(answer, needs.now());
    if (fault !== undefined) throw fault;
  };

  return {
    send,
    read,
    throwFault,

    /** A list page by page, as its `rel=next` links lead, to the end. */
    async *listPages<S extends z.ZodType>(call: LmsCall, schema: S): AsyncGenerator<z.output<S>> {
      const visited = new Set<string>();
      for (let url: string | undefined = call.url; url !== undefined;) {
        if (visited.size === PAGES_AT_MOST || visited.has(url)) {
          throw new ToolError("platform-answer-unreadable", { detail: "a list without end" });
        }
        visited.add(url);
        const answer: LmsAnswer = await send({ ...call, url });
        yield read(answer, schema);
        url = findNextPage(answer.headers["link"], url);
      }
    },
  };
}
