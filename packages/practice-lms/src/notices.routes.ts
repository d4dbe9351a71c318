import { Router, json } from "express";
import { paths, scopes } from "./addresses.js";
import { getToolWithScope } from "./service-access.js";
import { noticeTypes } from "./notices.js";
import type { LmsState } from "./lms-state.js";
import { isRecord, readText } from "./unknown-data.js";

/** Where tools say which notices they want, and where to (LTI Platform Notification Service 1.0). */
export function noticeRoutes(lms: LmsState): Router {
  const router = Router();
  router.put(`${paths.noticeHandlers}/:deploymentId`, json(), (request, response) => {
    const tool = getToolWithScope(lms, request, scopes.noticeHandlers);
    const { deploymentId } = request.params;
    if (tool === undefined) {
      response.status(401).json({ errors: { message: "the access token is not good for this" } });
      return;
    }
    const body: unknown = request.body;
    const sent = isRecord(body) ? body : {};
    const type = readText(sent, "notice_type") ?? "";
    const handler = readText(sent, "handler");
    const isOurs = tool.deploymentIds.includes(deploymentId);
    if (!isOurs || !noticeTypes.includes(type) || handler === undefined) {
      response.status(400).json({ errors: { message: "unknown deployment or notice_type" } });
      return;
    }
    lms.noticeHandlers.set(JSON.stringify([tool.clientId, type]), handler);
    response.json({ notice_type: type, handler });
  });
  return router;
}
