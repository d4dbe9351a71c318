import { Router, urlencoded } from "express";
import { copyCourse } from "./course-content.js";
import type { LmsState } from "./lms-state.js";
import type { PracticeCourse, PracticeLink, PracticePerson } from "./model.js";
import { sendPage } from "./pages.js";
import { nameOf } from "./school.js";
import {
  frameOf,
  getVisitedCourse,
  mayEnter,
  mayTeach,
  requireTeacher,
  visited,
  VisitRefusal,
} from "./visit.js";

/** The list of courses, a course, and the instructor's look at it as a learner. */
export function coursePageRoutes(lms: LmsState): Router {
  const router = Router();
  const form = urlencoded({ extended: false });
  router.get(
    "/courses",
    visited(lms, async (visit) => {
      const isAdministrator = visit.person.kind === "administrator";
      await sendPage(visit.response, {
        view: "courses",
        families: groupByFamily(lms, visit.person),
        administrations: isAdministrator ? listActiveTools(lms) : [],
        isAdministrator,
        frame: frameOf(lms, visit, isAdministrator ? "All courses" : "Your courses"),
      });
    }),
  );
  router.get(
    "/courses/:courseId",
    visited(lms, async (visit) => {
      const course = getVisitedCourse(lms, visit);
      const isTeacher = mayTeach(lms, visit.person, course);
      const tools = listActiveTools(lms).filter(
        ({ family }) => family === undefined || family === course.family,
      );
      await sendPage(visit.response, {
        view: "course",
        course,
        links: course.links.map((link) => ({
          ...link,
          grade: describeOwnGrade(lms, { course, link, person: visit.person }),
        })),
        isTeacher,
        contentTools: isTeacher ? tools.filter((tool) => tool.deepLinkingUrl !== undefined) : [],
        menuTools: lms.mood === "canvas" ? tools : [],
        hasPreview: isTeacher && findPreviewAccount(lms) !== undefined,
        csrfToken: visit.session.csrfToken,
        frame: frameOf(lms, visit, course.title),
      });
    }),
  );
  router.post(
    "/courses/:courseId/preview",
    form,
    visited(lms, (visit) => {
      const course = requireTeacher(lms, visit);
      const preview = findPreviewAccount(lms);
      if (!preview) throw new VisitRefusal(404, "This site has no preview account.");
      visit.session.previewOf = visit.person.id;
      visit.session.userId = preview.id;
      visit.response.redirect(303, `/courses/${encodeURIComponent(course.id)}`);
    }),
  );
  router.post(
    "/courses/:courseId/copy",
    form,
    visited(lms, (visit) => {
      const { id, code, title } = requireTeacher(lms, visit);
      const number = lms.school.takeNumber();
      const copy = copyCourse(lms, id, {
        id: `${id}-copy-${number}`,
        code: `${code}-${number}`,
        title: `${title} (copy)`,
      });
      visit.response.redirect(303, `/courses/${encodeURIComponent(copy.id)}`);
    }),
  );
  router.post(
    "/leave-preview",
    form,
    visited(lms, (visit) => {
      visit.session.userId = visit.session.previewOf ?? visit.session.userId;
      visit.session.previewOf = undefined;
      visit.response.redirect(303, "/courses");
    }),
  );
  return router;
}

function groupByFamily(lms: LmsState, person: PracticePerson) {
  const families = new Map<string, PracticeCourse[]>();
  for (const course of lms.school.courses.values()) {
    if (!mayEnter(lms, person, course)) continue;
    const family = course.family ?? "Courses";
    families.set(family, [...(families.get(family) ?? []), course]);
  }
  return [...families].map(([name, courses]) => ({ name, courses }));
}

function listActiveTools(lms: LmsState) {
  return [...lms.school.tools.values()].filter((tool) => tool.isActive);
}

function findPreviewAccount(lms: LmsState): PracticePerson | undefined {
  return [...lms.school.people.values()].find((person) => person.kind === "test-user");
}

/** "83 of 100" where this person has a grade in the link's column. */
function describeOwnGrade(
  lms: LmsState,
  what: { course: PracticeCourse; link: PracticeLink; person: PracticePerson },
): string | undefined {
  const [item] = lms.gradebook.listLineItems({
    courseId: what.course.id,
    resourceLinkId: what.link.id,
  });
  if (!item) return undefined;
  const grade = lms.gradebook.findGrade({ lineItemId: item.id, userId: what.person.id });
  if (grade?.score === null || grade?.score === undefined) return undefined;
  return `${nameOf(what.person)}: ${showScore(grade.score)} of ${showScore(item.scoreMaximum)}`;
}

/** At most two decimals, none where there are none. */
export function showScore(score: number): string {
  return String(Math.round(score * 100) / 100);
}
