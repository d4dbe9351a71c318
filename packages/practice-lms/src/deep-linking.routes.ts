import { Router, urlencoded } from "express";
import { acceptChoice } from "./accept-choice.js";
import { paths } from "./addresses.js";
import type { LmsState } from "./lms-state.js";
import { sendPage, sendProblem } from "./pages.js";
import { getCourse } from "./school.js";
import { isRecord, readText } from "./unknown-data.js";

/**
 * Where a tool brings the chosen content. The browser posts from the tool's site, without this
 * site's cookie; the ticket in the address stands for the instructor who asked.
 */
export function deepLinkingRoutes(lms: LmsState): Router {
  const router = Router();
  router.post(
    paths.deepLinkingReturn,
    urlencoded({ extended: false, limit: "1mb" }),
    async (request, response) => {
      const body: unknown = request.body;
      const outcome = await acceptChoice(lms, {
        ticket: readText(request.query, "ticket") ?? "",
        token: (isRecord(body) ? readText(body, "JWT") : undefined) ?? "",
      });
      if (outcome.kind === "refused") {
        await sendProblem(response, {
          schoolName: lms.name,
          status: 400,
          title: "Nothing was added",
          because: outcome.because,
        });
        return;
      }
      await sendPage(response, {
        view: "content-added",
        course: getCourse(lms.school, outcome.choice.courseId),
        links: outcome.links,
        skippedTypes: outcome.skippedTypes,
        message: outcome.message,
        frame: {
          schoolName: lms.name,
          title: outcome.links.length === 0 ? "Nothing was added" : "Added to the course",
          visitor: undefined,
          layout: "bare",
        },
      });
    },
  );
  return router;
}
