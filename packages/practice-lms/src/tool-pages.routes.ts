import { Router, urlencoded } from "express";
import type { LmsState } from "./lms-state.js";
import { sendPage } from "./pages.js";
import { startRegistration } from "./registration.js";
import { readText } from "./unknown-data.js";
import { frameOf, requireAdministrator, visited, VisitRefusal, type Visit } from "./visit.js";

/** The administrator's list of tools, and adding one by its registration address. */
export function toolPageRoutes(lms: LmsState): Router {
  const router = Router();
  const form = urlencoded({ extended: false });
  router.get(
    "/tools",
    visited(lms, async (visit) => {
      await sendToolList(lms, visit, undefined);
    }),
  );
  router.post(
    "/tools/registrations",
    form,
    visited(lms, async (visit) => {
      requireAdministrator(visit);
      const typed = (readText(visit.form, "registration_url") ?? "").trim();
      if (!/^https?:\/\//.test(typed) || !URL.canParse(typed)) {
        await sendToolList(lms, visit, typed);
        return;
      }
      await sendPage(visit.response, {
        view: "register-tool",
        registrationUrl: startRegistration(lms, typed).url,
        frame: frameOf(lms, visit, "Add a tool"),
      });
    }),
  );
  router.post(
    "/tools/:clientId/activate",
    form,
    visited(lms, (visit) => {
      requireAdministrator(visit);
      const tool = lms.school.tools.get(String(visit.request.params["clientId"]));
      if (!tool) throw new VisitRefusal(404, "This tool is not installed.");
      tool.isActive = true;
      visit.response.redirect(303, "/tools");
    }),
  );
  return router;
}

/** @param wrongUrl an address that was typed and is none */
async function sendToolList(
  lms: LmsState,
  visit: Visit,
  wrongUrl: string | undefined,
): Promise<void> {
  requireAdministrator(visit);
  await sendPage(visit.response, {
    view: "tools",
    status: wrongUrl === undefined ? 200 : 422,
    wrongUrl,
    tools: [...lms.school.tools.values()],
    csrfToken: visit.session.csrfToken,
    frame: frameOf(lms, visit, "Tools"),
  });
}
