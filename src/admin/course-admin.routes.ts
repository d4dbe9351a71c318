import { type Request, type Response, Router } from "express";
import type { CourseContent } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import { changeCourse, defineCourse } from "../courses/define-course.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { type FormValues, readForm, readListQuery } from "../web/forms.js";
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
import {
  CourseFormSchema,
  courseValuesOf,
  NewCourseFormSchema,
  newCourseValues,
} from "./course-form.js";
import { coursePage, gradeSourceChoices } from "./course-page.js";

type Needs = DecisionNeeds & {
  courses: CourseStore;
  exams: ExamStore;
  offerings: Pick<OfferingStore, "listByCourse">;
};

type Shown = { values: FormValues; faults: Record<string, string> };

function showNew(request: Request, response: Response, { values, faults }: Shown): void {
  const visit = visitOf(response);
  showAdminPage(request, response, {
    view: "course-form",
    title: "Add a course",
    area: "courses",
    status: Object.keys(faults).length === 0 ? 200 : 422,
    page: {
      values,
      faults,
      action: adminPath(visit, "/courses/new"),
      back: adminPath(visit, "/courses"),
      submit: "Add the course",
      withCourse: true,
      withExam: true,
      isProject: false,
      gradeSources: gradeSourceChoices,
    },
  });
}

function showEdit(request: Request, response: Response, shown: Shown & { id: string }): void {
  const { id, values, faults } = shown;
  const visit = visitOf(response);
  showAdminPage(request, response, {
    view: "course-form",
    title: "Change the course",
    area: "courses",
    status: Object.keys(faults).length === 0 ? 200 : 422,
    page: {
      values,
      faults,
      action: adminPath(visit, `/courses/${id}/edit`),
      back: adminPath(visit, `/courses/${id}`),
      submit: "Save",
      withCourse: true,
      withExam: false,
      isProject: false,
    },
  });
}

const courseState = ({ code, version, contactHours }: Omit<CourseContent, "title">) => ({
  ...{ code, version, contactHours },
});

/** The organisation's courses: list, add, look at, change. */
export function courseAdminRoutes(needs: Needs): Router {
  const router = Router();

  router.get("/courses", async (request, response) => {
    const query = readListQuery(request);
    const list = await needs.courses.list(visitOf(response).launch.organisationId, query);
    showAdminPage(request, response, {
      view: "courses",
      title: "Courses",
      area: "courses",
      page: { list, search: query.search },
    });
  });

  router.get("/courses/new", (request, response) => {
    showNew(request, response, { values: newCourseValues, faults: {} });
  });

  router.post("/courses/new", async (request, response) => {
    const form = readForm(request, NewCourseFormSchema);
    if (form.kind === "faulty") {
      showNew(request, response, form);
      return;
    }
    const { code, title, contactHours, subject, version, ...exam } = form.value;
    const { organisationId } = visitOf(response).launch;
    const course = { code, title, contactHours, subject, version };
    const result = await decide(needs, response, {
      make: async () => await defineCourse(needs, { organisationId, course, exam }),
      note: (made) =>
        made.kind === "defined"
          ? {
              ...{ action: "course-added", subject: { kind: "course", id: made.course.id } },
              after: courseState(made.course),
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      showNew(request, response, { values: postedValues(request), faults: result.faults });
      return;
    }
    goOn(response, `/courses/${result.course.id}`, "course-added");
  });

  router.get("/courses/:courseId", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.courseId);
    const course = found(await needs.courses.findById(organisationId, id));
    const exams = await needs.exams.listByCourses(organisationId, [id]);
    const offerings = await needs.offerings.listByCourse(organisationId, id);
    showAdminPage(request, response, {
      view: "course",
      title: course.title,
      area: "courses",
      page: coursePage({ course, exams, offerings }),
    });
  });

  router.get("/courses/:courseId/edit", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.courseId);
    const course = found(await needs.courses.findById(organisationId, id));
    showEdit(request, response, { id, values: courseValuesOf(course), faults: {} });
  });

  router.post("/courses/:courseId/edit", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.courseId);
    const course = found(await needs.courses.findById(organisationId, id));
    const form = readForm(request, CourseFormSchema);
    if (form.kind === "faulty") {
      showEdit(request, response, { id, ...form });
      return;
    }
    const result = await decide(needs, response, {
      make: async () => await changeCourse(needs, { organisationId, id, course: form.value }),
      note: (made) =>
        made.kind === "changed"
          ? {
              ...{ action: "course-changed", subject: { kind: "course", id } },
              ...{ before: courseState(course), after: courseState(made.course) },
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      const { faults } = result;
      showEdit(request, response, { id, values: postedValues(request), faults });
      return;
    }
    goOn(response, `/courses/${id}`, "course-saved");
  });

  return router;
}
