import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";
import helmet from "helmet";

type Policy = Record<string, readonly string[]>;

/** A correlation id for each request; never taken from the client. */
export const nameRequest: RequestHandler = (_request, response, next) => {
  response.locals["requestId"] = randomUUID();
  next();
};

/**
 * Helmet with our policy. No X-Frame-Options (an LMS frames us: `frame-ancestors` says which) and
 * no COOP/COEP, which would sever `window.opener` from the LMS.
 */
export function createSecurityHeaders(policy: Policy): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: Object.fromEntries(
        Object.entries({ ...policy, "form-action": ["'self'"], "frame-ancestors": ["'none'"] }).map(
          ([name, sources]) => [name, [...sources]],
        ),
      ),
    },
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    // Badge images and credentials are meant to be shown by others; pages are held by CSP.
    crossOriginResourcePolicy: { policy: "cross-origin" },
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: false,
  });
}

/** Replaces the sources of one directive in the response's policy. Sources must be origins. */
export function setPolicySources(
  response: Response,
  directive: "frame-ancestors" | "form-action",
  sources: readonly string[],
): void {
  const header = String(response.getHeader("content-security-policy") ?? "");
  const kept = header
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith(`${directive} `));
  const value = sources.length === 0 ? "'none'" : sources.join(" ");
  response.setHeader("content-security-policy", [...kept, `${directive} ${value}`].join("; "));
}
