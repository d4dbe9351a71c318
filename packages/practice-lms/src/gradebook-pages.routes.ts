import { Router, urlencoded } from "express";
import { showScore } from "./course-pages.routes.js";
import { gradeByInstructor, type LineItem } from "./gradebook.js";
import type { LmsState } from "./lms-state.js";
import type { PracticeCourse, PracticePerson } from "./model.js";
import { sendPage } from "./pages.js";
import { findLink, isGradable, listMembers, nameOf } from "./school.js";
import { readText } from "./unknown-data.js";
import { frameOf, requireTeacher, visited, VisitRefusal, type Visit } from "./visit.js";

type Notice = { kind: "saved" | "problem"; text: string };

/** The instructor's gradebook: one row a learner, one column a line item, one form a cell. */
export function gradebookPageRoutes(lms: LmsState): Router {
  const router = Router();
  router.get(
    "/courses/:courseId/gradebook",
    visited(lms, async (visit) => {
      const course = requireTeacher(lms, visit);
      await sendGradebook(lms, visit, { course, notice: findSavedNotice(lms, visit, course) });
    }),
  );
  router.post(
    "/courses/:courseId/gradebook",
    urlencoded({ extended: false }),
    visited(lms, async (visit) => {
      await saveCell(lms, visit, requireTeacher(lms, visit));
    }),
  );
  return router;
}

async function saveCell(lms: LmsState, visit: Visit, course: PracticeCourse): Promise<void> {
  const { item, learner } = getCell(lms, course, visit.form);
  const score = readTypedScore(visit.form["score"]);
  if (score === undefined) {
    const text = `Type the points for ${nameOf(learner)} as a number of 0 or more, such as 82.5. Nothing was saved.`;
    await sendGradebook(lms, visit, { course, notice: { kind: "problem", text } });
    return;
  }
  const place = { lineItemId: item.id, userId: learner.id };
  const before = lms.gradebook.findGrade(place);
  lms.gradebook.setGrade(place, gradeByInstructor(before, { score, now: lms.now() }));
  const saved = new URLSearchParams({ line_item_id: item.id, user_id: learner.id });
  const path = `/courses/${encodeURIComponent(course.id)}/gradebook`;
  visit.response.redirect(303, `${path}?${saved.toString()}`);
}

function getCell(
  lms: LmsState,
  course: PracticeCourse,
  sent: Record<string, unknown>,
): { item: LineItem; learner: PracticePerson } {
  const item = lms.gradebook.findLineItem({
    courseId: course.id,
    lineItemId: readText(sent, "line_item_id") ?? "",
  });
  const learner = listLearners(lms, course).find(({ id }) => id === sent["user_id"]);
  if (!item || !learner) throw new VisitRefusal(404, "This cell is not in the gradebook.");
  return { item, learner };
}

/** Points, null for an emptied cell, or undefined for anything that is no score. */
function readTypedScore(typed: unknown): number | null | undefined {
  if (typeof typed !== "string") return undefined;
  const text = typed.trim().replace(",", ".");
  if (text === "") return null;
  return /^\d{1,6}(\.\d{1,4})?$/.test(text) ? Number(text) : undefined;
}

function findSavedNotice(lms: LmsState, visit: Visit, course: PracticeCourse): Notice | undefined {
  if (readText(visit.request.query, "line_item_id") === undefined) return undefined;
  const { item, learner } = getCell(lms, course, visit.request.query);
  const grade = lms.gradebook.findGrade({ lineItemId: item.id, userId: learner.id });
  const score = grade?.score ?? null;
  const cell = `${nameOf(learner)}, ${item.label}`;
  const text =
    score === null
      ? `Saved. ${cell}: no grade.`
      : `Saved. ${cell}: ${showScore(score)} of ${showScore(item.scoreMaximum)}.`;
  return { kind: "saved", text };
}

/** Moodle's gradebook leads to a learner's work where the tool has said how. */
function reviewPathOf(
  lms: LmsState,
  { course, item, userId }: { course: PracticeCourse; item: LineItem; userId: string },
): string | undefined {
  const link = findLink(course, item.resourceLinkId ?? "");
  if (lms.mood !== "moodle" || !link?.lineItem?.submissionReview) return undefined;
  const [courseId, linkId, who] = [course.id, link.id, userId].map(encodeURIComponent);
  return `/courses/${courseId}/links/${linkId}/review/${who}`;
}

function listLearners(lms: LmsState, course: PracticeCourse): PracticePerson[] {
  return listMembers(lms.school, course.id)
    .map(({ person }) => person)
    .filter(({ id }) => isGradable(lms.school, { courseId: course.id, userId: id }));
}

async function sendGradebook(
  lms: LmsState,
  visit: Visit,
  { course, notice }: { course: PracticeCourse; notice: Notice | undefined },
): Promise<void> {
  const lineItems = lms.gradebook.listLineItems({ courseId: course.id });
  const rows = listLearners(lms, course).map((person) => ({
    userId: person.id,
    name: nameOf(person),
    cells: lineItems.map((item) => {
      const grade = lms.gradebook.findGrade({ lineItemId: item.id, userId: person.id });
      const score = grade?.score ?? null;
      return {
        lineItemId: item.id,
        label: item.label,
        scoreMaximum: showScore(item.scoreMaximum),
        score: score === null ? "" : showScore(score),
        gradedBy: score === null ? undefined : grade?.gradedBy,
        reviewPath: reviewPathOf(lms, { course, item, userId: person.id }),
      };
    }),
  }));
  await sendPage(visit.response, {
    view: "gradebook",
    status: notice?.kind === "problem" ? 422 : 200,
    course,
    notice,
    lineItems: lineItems.map((item) => ({ ...item, scoreMaximum: showScore(item.scoreMaximum) })),
    rows,
    csrfToken: visit.session.csrfToken,
    frame: frameOf(lms, visit, `Gradebook: ${course.title}`),
  });
}
