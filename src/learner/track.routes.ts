import { type RequestHandler, Router } from "express";
import { ToolError } from "../errors.js";
import type { Door } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { showPage } from "../web/page.js";
import { type LearnerPageNeeds, readLearnerPage } from "./read-learner-page.js";
import { visitFrame } from "./visit-frame.js";

type Needs = LearnerPageNeeds & { admit: (door: Door) => RequestHandler };

/** The page of one track: what it asks for, what it earns, and how far the learner is. */
export function trackRoutes(needs: Needs): Router {
  const router = Router();
  router.get("/l/:launchId/tracks/:trackId", needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    const { page, notices } = await readLearnerPage(needs, visit);
    const { trackId } = request.params;
    const card = page.cards.find((each) => each.trackId === trackId);
    if (card === undefined) throw new ToolError("not-found");
    showPage(response, "learner/track", {
      frame: visitFrame(visit, { title: card.name, notices }),
      page: { card, onlooker: page.onlooker },
    });
  });
  return router;
}
