import { Router } from "express";
import type { LmsState } from "./lms-state.js";
import { sendPage } from "./pages.js";
import type { PracticeCourse } from "./model.js";
import { findLink, nameOf } from "./school.js";
import { startLaunch, type LaunchArgs, type LoginInitiation } from "./start-launch.js";
import { readText } from "./unknown-data.js";
import {
  frameOf,
  getVisitedCourse,
  mayEnter,
  mayTeach,
  requireAdministrator,
  requireTeacher,
  visited,
  VisitRefusal,
  type Visit,
} from "./visit.js";

/** Pages that show a tool in an iframe, and the page inside it that starts the login. */
export function launchPageRoutes(lms: LmsState): Router {
  const router = Router();
  router.get(
    "/courses/:courseId/links/:linkId",
    visited(lms, async (visit) => {
      const course = getVisitedCourse(lms, visit);
      const link = findLink(course, String(visit.request.params["linkId"]));
      if (!link) throw new VisitRefusal(404, "This activity was removed from the course.");
      await sendToolPage(lms, visit, {
        title: link.title,
        course,
        launch: { course_id: course.id, link_id: link.id },
      });
    }),
  );
  router.get(
    "/courses/:courseId/links/:linkId/review/:userId",
    visited(lms, async (visit) => {
      const course = requireTeacher(lms, visit);
      const link = findLink(course, String(visit.request.params["linkId"]));
      const learner = lms.school.people.get(String(visit.request.params["userId"]));
      if (!link?.lineItem?.submissionReview || !learner) {
        throw new VisitRefusal(404, "There is nothing to review.");
      }
      await sendToolPage(lms, visit, {
        title: `${link.title}: ${nameOf(learner)}`,
        course,
        launch: { course_id: course.id, link_id: link.id, review_of: learner.id },
      });
    }),
  );
  router.get(
    "/courses/:courseId/add-content/:clientId",
    visited(lms, async (visit) => {
      const course = requireTeacher(lms, visit);
      const tool = getActiveTool(lms, visit);
      await sendToolPage(lms, visit, {
        title: `Add content from ${tool.title}`,
        course,
        launch: { course_id: course.id, client_id: tool.clientId, message: "deep-linking" },
      });
    }),
  );
  router.get(
    "/courses/:courseId/tools/:clientId",
    visited(lms, async (visit) => {
      const course = getVisitedCourse(lms, visit);
      const tool = getActiveTool(lms, visit);
      await sendToolPage(lms, visit, {
        title: tool.title,
        course,
        launch: { course_id: course.id, client_id: tool.clientId, placement: "course-navigation" },
      });
    }),
  );
  router.get(
    "/administration/:clientId",
    visited(lms, async (visit) => {
      requireAdministrator(visit);
      const tool = getActiveTool(lms, visit);
      await sendToolPage(lms, visit, {
        title: `${tool.title} administration`,
        course: undefined,
        launch: { client_id: tool.clientId, placement: "administration" },
      });
    }),
  );
  router.get(
    "/launch",
    visited(lms, async (visit) => {
      const { loginUrl, parameters } = openLaunch(lms, visit);
      await sendPage(visit.response, {
        view: "post-form",
        action: loginUrl,
        fields: parameters,
        frame: { schoolName: lms.name, title: "Opening…", visitor: undefined, layout: "bare" },
      });
    }),
  );
  return router;
}

async function sendToolPage(
  lms: LmsState,
  visit: Visit,
  page: {
    title: string;
    course: { id: string; title: string } | undefined;
    launch: Record<string, string>;
  },
): Promise<void> {
  await sendPage(visit.response, {
    view: "tool",
    course: page.course,
    launchPath: `/launch?${new URLSearchParams(page.launch).toString()}`,
    // Moodle's pages do not answer the messages of a framed tool; those of Canvas do.
    answersMessages: lms.mood === "canvas",
    frame: frameOf(lms, visit, page.title),
  });
}

function getActiveTool(lms: LmsState, { request }: Visit) {
  const tool = lms.school.tools.get(String(request.params["clientId"]));
  if (!tool?.isActive) throw new VisitRefusal(404, "This tool is not installed.");
  return tool;
}

function openLaunch(lms: LmsState, visit: Visit): LoginInitiation {
  const launch = readLaunch(lms, visit);
  try {
    return startLaunch(lms, launch);
  } catch (cause) {
    throw new VisitRefusal(404, cause instanceof Error ? cause.message : "It cannot be opened.");
  }
}

function requireReviewer(lms: LmsState, { person }: Visit, course: PracticeCourse): void {
  if (!mayTeach(lms, person, course)) {
    throw new VisitRefusal(403, "Only the instructors of this course can look at learners' work.");
  }
}

/** The launch a page asked for, if this person may start it. */
function readLaunch(lms: LmsState, visit: Visit): LaunchArgs {
  const { query } = visit.request;
  const userId = visit.person.id;
  const clientId = readText(query, "client_id");
  if (readText(query, "placement") === "administration") {
    requireAdministrator(visit);
    return { userId, clientId, placement: "administration" };
  }
  const courseId = readText(query, "course_id") ?? "";
  const course = lms.school.courses.get(courseId);
  if (!course || !mayEnter(lms, visit.person, course)) {
    throw new VisitRefusal(404, "There is no such course, or you are not enrolled in it.");
  }
  const linkId = readText(query, "link_id");
  const forUserId = readText(query, "review_of");
  if (linkId !== undefined && forUserId !== undefined) {
    requireReviewer(lms, visit, course);
    return { userId, courseId, linkId, forUserId, messageType: "LtiSubmissionReviewRequest" };
  }
  if (linkId !== undefined) return { userId, courseId, linkId };
  if (readText(query, "message") !== "deep-linking") {
    return { userId, courseId, clientId, placement: "course-navigation" };
  }
  if (!mayTeach(lms, visit.person, course)) {
    throw new VisitRefusal(403, "Only the instructors of this course can add content.");
  }
  return { userId, courseId, clientId, messageType: "LtiDeepLinkingRequest" };
}
