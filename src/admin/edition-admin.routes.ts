import { type Request, type Response, Router } from "express";
import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import { makeEdition } from "../courses/make-edition.js";
import { visitOf } from "../launch/visit.routes.js";
import { type FormValues, readForm } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import { CourseFormSchema, courseValuesOf } from "./course-form.js";

type Needs = DecisionNeeds & {
  courses: Pick<CourseStore, "addOnce" | "findById">;
  exams: Pick<ExamStore, "add" | "listByCourses">;
};

/** A new edition of a course, beside the old one. */
export function editionAdminRoutes(needs: Needs): Router {
  const router = Router();

  const findCourse = async (response: Response, id: string | undefined): Promise<Course> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.courses.findById(organisationId, idIn(id ?? "")));
  };

  const showForm = (
    request: Request,
    response: Response,
    shown: { course: Course; values: FormValues; faults?: Record<string, string> },
  ): void => {
    const { course, values, faults = {} } = shown;
    const visit = visitOf(response);
    showAdminPage(request, response, {
      view: "course-form",
      title: `A new edition of ${course.code} ${course.title}`,
      area: "courses",
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: {
        lead: `A course of its own, with a copy of its exam and projects. Edition ${course.version} stays as it is. Afterwards you decide whether who passed it has what the new edition asks for.`,
        ...{ values, faults },
        action: adminPath(visit, `/courses/${course.id}/editions/new`),
        back: adminPath(visit, `/courses/${course.id}`),
        submit: "Make the new edition",
        ...{ withCourse: true, withExam: false, isProject: false },
      },
    });
  };

  router.get("/courses/:courseId/editions/new", async (request, response) => {
    const course = await findCourse(response, request.params.courseId);
    const values = { ...courseValuesOf(course), code: "", version: "" };
    showForm(request, response, { course, values });
  });

  router.post("/courses/:courseId/editions/new", async (request, response) => {
    const course = await findCourse(response, request.params.courseId);
    const form = readForm(request, CourseFormSchema);
    if (form.kind === "faulty") {
      showForm(request, response, { course, ...form });
      return;
    }
    const { organisationId, id } = course;
    const result = await decide(needs, response, {
      make: async () => await makeEdition(needs, { organisationId, id, course: form.value }),
      note: (made) =>
        made.kind === "made"
          ? {
              action: "course-edition-made",
              subject: { kind: "course", id: made.course.id },
              before: { course: id, code: course.code, version: course.version },
              after: { code: made.course.code, version: made.course.version },
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      showForm(request, response, {
        ...{ course, faults: result.faults, values: postedValues(request) },
      });
      return;
    }
    const { course: made, from, to } = result;
    if (from === undefined || to === undefined) {
      goOn(response, `/courses/${made.id}`, "edition-made");
      return;
    }
    const proposal = new URLSearchParams({ from: from.id, to: to.id, done: "edition-made" });
    const ledger = adminPath(visitOf(response), "/equivalencies/new");
    response.redirect(303, `${ledger}?${proposal.toString()}`);
  });

  return router;
}
