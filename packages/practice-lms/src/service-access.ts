import { setTimeout as delay } from "node:timers/promises";
import type { Request, RequestHandler, Response } from "express";
import { typeIdOf } from "./addresses.js";
import type { LmsState } from "./lms-state.js";
import type { InstalledTool } from "./school.js";

/** A problem a service answers with instead of its result. */
export class ServiceRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A service call whose tool, scope and place have been checked. */
export type ServiceCall = {
  request: Request;
  response: Response;
  tool: InstalledTool;
  courseId: string;
};

export type Endpoint = {
  /** One of these scopes is enough. */
  scopes: string[];
  /** Media type a GET must ask for, or a PUT or POST must send. */
  mediaType?: string;
  /** Moodle's NRPS address carries the tool in its path instead. */
  hasTypeId?: boolean;
  handle: (call: ServiceCall) => void | Promise<void>;
};

/** Wraps a service endpoint: outages, bearer token, scope, course, and Moodle's exact headers. */
export function serviceEndpoint(lms: LmsState, endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    response.set("Cache-Control", "no-store");
    if (lms.faults.slow > 0) await delay(lms.faults.slow);
    try {
      if (lms.faults.serviceDown) throw new ServiceRefusal(503, "the service is down");
      if (isThrottled(lms, response)) return;
      if (lms.mood === "moodle") checkMoodleHeaders(request, endpoint.mediaType);
      const tool = getCaller(lms, request, endpoint.scopes);
      if (lms.mood === "moodle" && endpoint.hasTypeId !== false) checkTypeId(request, tool);
      const courseId = String(request.params["courseId"]);
      if (!lms.school.courses.has(courseId)) throw new ServiceRefusal(404, "unknown course");
      await endpoint.handle({ request, response, tool, courseId });
    } catch (cause) {
      if (!(cause instanceof ServiceRefusal)) throw cause;
      sendRefusal(lms, response, cause);
    }
  };
}

/** Moodle's errors are text that merely looks like JSON, served as HTML; Canvas' are JSON. */
function sendRefusal(lms: LmsState, response: Response, { status, message }: ServiceRefusal): void {
  response.status(status);
  if (lms.mood === "moodle") {
    response.type("text/html").send(`{ "status" : ${status}, "reason" : "${message}", }\n`);
    return;
  }
  response.json({ errors: { type: status === 404 ? "not_found" : "refused", message } });
}

/** Canvas counts what calls cost; older ones answer 403, newer 429. */
function isThrottled(lms: LmsState, response: Response): boolean {
  const { throttle } = lms.faults;
  if (!throttle || throttle.times === 0) return false;
  throttle.times -= 1;
  response.set({ "X-Request-Cost": "1.2", "X-Rate-Limit-Remaining": "0.0" });
  if (throttle.retryAfterSeconds !== undefined) {
    response.set("Retry-After", String(throttle.retryAfterSeconds));
  }
  response.status(throttle.status).type("text/html");
  response.send(
    `${throttle.status} ${throttle.status === 403 ? "Forbidden " : ""}(Rate Limit Exceeded)\n`,
  );
  return true;
}

/** The tool behind a call's access token, if that has the scope. */
export function getToolWithScope(
  lms: LmsState,
  request: Request,
  scope: string,
): InstalledTool | undefined {
  try {
    return getCaller(lms, request, [scope]);
  } catch (cause) {
    if (cause instanceof ServiceRefusal) return undefined;
    throw cause;
  }
}

function getCaller(lms: LmsState, request: Request, scopes: string[]): InstalledTool {
  const bearer = /^Bearer (\S+)$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
  const token = lms.accessTokens.get(bearer);
  if (!token || token.expiresAt <= lms.now()) {
    throw new ServiceRefusal(401, "the access token is missing, unknown or expired");
  }
  const tool = lms.school.tools.get(token.clientId);
  if (!tool?.isActive || !scopes.some((scope) => token.scopes.includes(scope))) {
    throw new ServiceRefusal(401, "the access token does not have the scope");
  }
  return tool;
}

/** Moodle finds its handler by the exact media type: no "*\/*" and no charset. */
function checkMoodleHeaders(request: Request, mediaType: string | undefined): void {
  if (mediaType === undefined) return;
  const name = request.method === "GET" ? "Accept" : "Content-Type";
  const sent = request.get(name);
  const isOmittedAccept = name === "Accept" && sent === undefined;
  if (sent !== mediaType && !isOmittedAccept) {
    throw new ServiceRefusal(400, `No handler found: ${name} must be exactly ${mediaType}`);
  }
}

function checkTypeId(request: Request, tool: InstalledTool): void {
  if (request.query["type_id"] !== typeIdOf(tool)) {
    throw new ServiceRefusal(403, "type_id is missing or belongs to another tool");
  }
}
