import { type RequestHandler, Router } from "express";
import { ToolError } from "../errors.js";
import type { Door } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { showPage } from "../web/page.js";
import { type MenteesNeeds, readMentee, readMentees } from "./read-mentees.js";
import { visitFrame } from "./visit-frame.js";

type Needs = MenteesNeeds & { admit: (door: Door) => RequestHandler };

/** What a parent or coach sees: the learners whom the LMS links to them, and nothing to press. */
export function menteeRoutes(needs: Needs): Router {
  const router = Router();
  const mentor = needs.admit("mentor");

  router.get("/l/:launchId/mentees", mentor, async (_request, response) => {
    const visit = visitOf(response);
    showPage(response, "learner/mentees", {
      frame: visitFrame(visit, { title: "My learners", current: "mentees" }),
      page: await readMentees(needs, visit),
    });
  });

  router.get("/l/:launchId/mentees/:accountId", mentor, async (request, response) => {
    const visit = visitOf(response);
    const { accountId } = request.params;
    const mentee = await readMentee(needs, visit, typeof accountId === "string" ? accountId : "");
    if (mentee === undefined) throw new ToolError("not-found");
    showPage(response, "learner/mentee", {
      frame: visitFrame(visit, { title: mentee.name, current: "mentees" }),
      page: mentee.page,
    });
  });
  return router;
}
