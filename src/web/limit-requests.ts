import type { Request, RequestHandler, Response } from "express";
import type { requestsPerMinute } from "../../config/http-policy.js";
import { ToolError } from "../errors.js";
import type { CountRequest } from "./request-count-store.js";

/** What a request is counted as. */
export type RequestKind = keyof typeof requestsPerMinute;

function kindOf({ method, path: asked }: Pick<Request, "method" | "path">): RequestKind {
  // As routes are found: whatever the case.
  const path = asked.toLowerCase();
  if (/^\/(lti\/register|setup)(\/|$)/.test(path)) return "registration";
  // Has us call another machine, as registering does.
  if (/^\/l\/[^/]+\/admin\/platforms\/[^/]+\/(addresses\/)?test\/?$/.test(path))
    return "registration";
  if (path.startsWith("/lti/")) return "launch";
  if (path.startsWith("/l/")) return "visit";
  if (path.startsWith("/api/")) return "push";
  return method === "POST" ? "check" : "public";
}

/** Refuses with 429 and Retry-After whoever asks for more than `requestsPerMinute` allows. */
export const limitRequests = (count: CountRequest<RequestKind>): RequestHandler =>
  limitBy(count, (request) => [kindOf(request), request.ip ?? ""]);

/** The same for one kind of request by whom it is for, whatever address they ask from. */
export const limitBy =
  (
    count: CountRequest<RequestKind>,
    countedAs: (request: Request, response: Response) => [kind: RequestKind, whose: string],
  ): RequestHandler =>
  async (request, response, next) => {
    const refused = await count(...countedAs(request, response));
    if (refused === undefined) {
      next();
      return;
    }
    response.set("retry-after", String(Math.max(1, Math.ceil(refused.retryAfterMs / 1000))));
    throw new ToolError("too-many-requests");
  };
