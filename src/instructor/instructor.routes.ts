import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import type { Exam } from "../courses/exam.js";
import { ToolError } from "../errors.js";
import { visitFrame } from "../learner/visit-frame.js";
import type { Launch } from "../launch/launch.js";
import type { Door, Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { originsOf } from "../platforms/platform.js";
import { listPublishedTracks } from "../tracks/list-published-tracks.js";
import { queryText, readForm, readListQuery } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { setPolicySources } from "../web/security-headers.js";
import { addContent, type AddContentNeeds } from "./add-content.js";
import { contentPage, type Offer, readChoices } from "./choose-content.js";
import { choiceText } from "./content-item.js";
import { readOutlook, readPlace } from "./course-page.js";
import { nameCourse, type NameCourseNeeds, readCourseQuestion } from "./name-course.js";
import { type CoursePageNeeds, readCoursePage, readCourseState } from "./read-course-page.js";

type Needs = CoursePageNeeds &
  AddContentNeeds &
  NameCourseNeeds & { admit: (door: Door) => RequestHandler };

const asList = (items: string | string[] | undefined): string[] =>
  items === undefined ? [] : [items].flat();

const NameForm = z.object({ courseId: z.string() });

const ContentForm = z.object({
  items: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform(asList),
});

/** The visit's Deep Linking request; other visits have nothing to add to. */
function deepLinkingOf(visit: Visit): NonNullable<Launch["deepLinking"]> {
  const { message, deepLinking } = visit.launch;
  if (message !== "deep-linking" || deepLinking === undefined) throw new ToolError("not-found");
  return deepLinking;
}

/** The instructor's pages. They rest on the roles of the LMS course alone. */
export function instructorRoutes(needs: Needs): Router {
  const router = Router();
  const instructor = needs.admit("instructor");

  async function showCourse(
    request: Request,
    response: Response,
    faults: Record<string, string> = {},
  ): Promise<void> {
    const visit = visitOf(response);
    const [page, question] = await Promise.all([
      readCoursePage(needs, visit, {
        ...readListQuery(request),
        show: readOutlook(queryText(request, "show")),
        from: readPlace(queryText(request, "from")),
      }),
      readCourseQuestion(needs, visit),
    ]);
    const isNoted = queryText(request, "done") === "noted" && question?.isAnswered === true;
    const noted = "Thank you. An administrator sees your answer and approves this course.";
    showPage(response, "instructor/course", {
      frame: visitFrame(visit, {
        title: "This course",
        current: "course",
        notices: isNoted ? [{ kind: "done", text: noted }] : [],
      }),
      page: {
        ...page,
        question,
        faults,
        textOf: (exam: Exam) => choiceText({ kind: "exam", exam }),
      },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  router.get("/l/:launchId/course", instructor, async (request, response) => {
    await showCourse(request, response);
  });

  router.post("/l/:launchId/course/name", instructor, async (request, response) => {
    const visit = visitOf(response);
    const form = readForm(request, NameForm);
    const courseId = form.kind === "ok" ? form.value.courseId : "";
    if ((await nameCourse(needs, visit, courseId)) === "unknown") {
      await showCourse(request, response, { courseId: "Choose a course." });
      return;
    }
    response.redirect(303, `/l/${visit.launch.id}/course?done=noted`);
  });

  async function readOffer(visit: Visit): Promise<Offer> {
    const { organisationId } = visit.launch;
    const [{ state }, tracks] = await Promise.all([
      readCourseState(needs, visit),
      listPublishedTracks(needs, { organisationId }),
    ]);
    return { exams: state.kind === "approved" ? state.exams : undefined, tracks };
  }

  async function showContent(
    response: Response,
    given: { chosen?: string[]; fault?: string } = {},
  ): Promise<void> {
    const visit = visitOf(response);
    const deepLinking = deepLinkingOf(visit);
    const offer = await readOffer(visit);
    showPage(response, "instructor/content", {
      frame: visitFrame(visit, { title: "Add to the course", current: "content" }),
      page: contentPage({ deepLinking, offer, ...given }),
      status: given.fault === undefined ? 200 : 422,
    });
  }

  router.get("/l/:launchId/content", instructor, async (request, response) => {
    const suggested = queryText(request, "item");
    await showContent(response, suggested === "" ? {} : { chosen: [suggested] });
  });

  router.post("/l/:launchId/content", instructor, async (request, response) => {
    const visit = visitOf(response);
    const deepLinking = deepLinkingOf(visit);
    const form = readForm(request, ContentForm);
    if (form.kind === "faulty") throw new ToolError("form-invalid");
    const offer = await readOffer(visit);
    const reading = readChoices(form.value.items, offer, deepLinking.acceptMultiple);
    if (reading.kind === "faulty") {
      await showContent(response, { chosen: form.value.items, fault: reading.fault });
      return;
    }
    const answer = await addContent(needs, visit.launch, reading.choices);
    // The one form of ours that goes to the LMS, and to nowhere else.
    setPolicySources(response, "form-action", originsOf([answer.returnUrl]));
    showPage(response, "instructor/content-chosen", {
      frame: visitFrame(visit, { title: "Back to your course", current: "content" }),
      page: { ...answer, count: reading.choices.length },
    });
  });

  return router;
}
