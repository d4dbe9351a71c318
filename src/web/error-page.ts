import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { type ErrorCode, errorText, ToolError } from "../errors.js";
import type { Log } from "../log.js";
import { requestIdOf, showPage } from "./page.js";

/** Programs that say nothing about it, as curl does, get JSON below /api/. */
const prefersJson = (request: Request): boolean =>
  request.originalUrl.startsWith("/api/") ||
  request.accepts(["html", "application/problem+json", "json"]) !== "html";

/** Body-parser and Express tell what went wrong by `status` or `type` on a plain Error. */
function codeOf(error: unknown): ErrorCode {
  if (error instanceof ToolError) return error.code;
  if (!(error instanceof Error)) return "unexpected";
  const status = "status" in error ? error.status : undefined;
  if (status === 413) return "request-too-large";
  if (status === 404) return "not-found";
  if (typeof status === "number" && status >= 400 && status < 500) return "request-malformed";
  if (/^Mongo(Network|ServerSelection|NotConnected|PoolClosed)/.test(error.name)) {
    return "store-unavailable";
  }
  return "unexpected";
}

function answer(request: Request, response: Response, code: ErrorCode): void {
  const { status, title, advice } = errorText(code);
  const reference = requestIdOf(response);
  response.setHeader("cache-control", "no-store");
  if (prefersJson(request)) {
    // RFC 9457 problem details; the type is a stable urn, as there is no page for it.
    response
      .status(status)
      .type("application/problem+json")
      .send(
        JSON.stringify({
          type: `urn:rosette:error:${code}`,
          title,
          status,
          detail: advice,
          code,
          reference,
        }),
      );
    return;
  }
  showPage(response, "errors/error", {
    frame: { title },
    page: { code, title, advice, reference },
    status,
  });
}

/** Anything no route answered. */
export const notFound: RequestHandler = () => {
  throw new ToolError("not-found");
};

/** Turns every thrown thing into a page or problem details. Faults of ours are logged whole. */
export const createErrorHandler =
  (log: Log): ErrorRequestHandler =>
  // eslint-disable-next-line max-params -- Express knows an error handler by its four parameters.
  (error: unknown, request, response, next) => {
    const code = codeOf(error);
    const record = { code, requestId: requestIdOf(response), method: request.method };
    if (errorText(code).status >= 500) log.error({ ...record, err: error }, "request failed");
    else log.info(record, "request refused");
    if (response.headersSent) {
      next(error);
      return;
    }
    answer(request, response, code);
  };
