import { Router, urlencoded } from "express";
import type { LmsState } from "./lms-state.js";
import type { PracticePerson } from "./model.js";
import { sendPage, sendProblem } from "./pages.js";
import { nameOf } from "./school.js";
import { isRecord, readText } from "./unknown-data.js";
import { closeSession, isFromThisSite, kindName, openSession, visited } from "./visit.js";

/** Choosing who to be. A practice LMS has no passwords. */
export function signInRoutes(lms: LmsState): Router {
  const router = Router();
  const form = urlencoded({ extended: false });
  router.get("/", async (_request, response) => {
    await sendPage(response, {
      view: "sign-in",
      // Instructors reach the preview account from a course.
      people: listPeople(lms).map((person) => ({
        id: person.id,
        name: nameOf(person),
        givenName: person.givenName,
        kind: kindName(person),
        blurb: person.blurb,
      })),
      frame: {
        schoolName: lms.name,
        title: "Who are you today?",
        visitor: undefined,
        layout: "full",
      },
    });
  });
  router.post("/sign-in", form, async (request, response) => {
    const body: unknown = request.body;
    const userId = (isRecord(body) ? readText(body, "user_id") : undefined) ?? "";
    if (!isFromThisSite(request) || !lms.school.people.has(userId)) {
      await sendProblem(response, {
        schoolName: lms.name,
        status: 400,
        title: "You are not signed in",
        because: "Choose a person on the first page.",
      });
      return;
    }
    openSession(lms, response, userId);
    response.redirect(303, "/courses");
  });
  router.post(
    "/sign-out",
    form,
    visited(lms, (visit) => {
      closeSession(lms, visit);
      visit.response.redirect(303, "/");
    }),
  );
  return router;
}

function listPeople(lms: LmsState): PracticePerson[] {
  return [...lms.school.people.values()].filter((person) => person.kind !== "test-user");
}
