import { json, Router } from "express";
import { paths } from "./addresses.js";
import type { LmsState } from "./lms-state.js";
import { describeRegistration, findOpenRegistration, readRegistration } from "./registration.js";
import { isRecord } from "./unknown-data.js";

/** Where a tool registers itself (1EdTech Dynamic Registration 1.0, section 3.5). */
export function registrationRoutes(lms: LmsState): Router {
  const router = Router();
  router.post(paths.registration, json({ limit: "200kb" }), (request, response) => {
    response.set("Cache-Control", "no-store");
    const token = /^Bearer (\S+)$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
    const clientId = findOpenRegistration(lms, token);
    if (clientId === undefined) {
      response.status(401).json({
        error: "invalid_token",
        error_description: "The registration token is wrong, expired or already used.",
      });
      return;
    }
    const sent: unknown = request.body;
    const tool = isRecord(sent) ? readRegistration(lms, clientId, sent) : "the body is no object";
    if (typeof tool === "string" || !isRecord(sent)) {
      response.status(400).json({ error: "invalid_client_metadata", error_description: tool });
      return;
    }
    lms.registrations.delete(clientId);
    lms.school.tools.set(clientId, tool);
    response.json(describeRegistration(lms, tool, sent));
  });
  return router;
}
