import { type RequestHandler, Router } from "express";
import { getHostedBadge, type HostedBadgeNeeds } from "./get-hosted-badge.js";

/**
 * Open Badges 2.0 for backpacks that take nothing newer: what is hosted is what is checked, so
 * each document is read anew, and one that was taken back or withdrawn is there no longer.
 */
export function openBadge2Routes(needs: HostedBadgeNeeds): Router {
  const router = Router();
  const answer: RequestHandler = async (request, response) => {
    const { status, body } = await getHostedBadge(needs, request.path);
    response
      .status(status)
      .set({ "cache-control": "no-cache", "access-control-allow-origin": "*" })
      .set("x-robots-tag", "noindex")
      .type("application/ld+json")
      .send(JSON.stringify(body));
  };
  router.get("/credentials/:credentialId/assertion.json", answer);
  router.get("/achievements/:trackId/:version/badge-class.json", answer);
  router.get("/issuers/:issuerId/issuer.json", answer);
  return router;
}
