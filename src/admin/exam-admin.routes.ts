import { type Request, type Response, Router } from "express";
import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import { addProject, changeExam } from "../courses/define-exam.js";
import type { Exam, ExamSettings } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { removeProject } from "../tracks/remove-project.js";
import type { TrackStore } from "../tracks/track-store.js";
import { type FormReading, type FormValues, readForm } from "../web/forms.js";
import type { Notice } from "../web/page.js";
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
  ExamFormSchema,
  examValuesOf,
  newProjectValues,
  ProjectFormSchema,
} from "./course-form.js";
import { gradeSourceChoices } from "./course-page.js";

type Needs = DecisionNeeds & {
  courses: Pick<CourseStore, "findById">;
  exams: ExamStore;
  tracks: TrackStore;
};

type Shown = {
  course: Course;
  /** undefined: a project that is being added. */
  exam: Exam | undefined;
  values: FormValues;
  faults: Record<string, string>;
  notices?: Notice[];
};

const examState = (exam: Pick<ExamSettings, "passMarkPercent" | "gradeSource">) => ({
  ...{ passMarkPercent: exam.passMarkPercent, gradeSource: exam.gradeSource },
});

function showExam(request: Request, response: Response, shown: Shown): void {
  const { course, exam, values, faults, notices = [] } = shown;
  const courseAddress = adminPath(visitOf(response), `/courses/${course.id}`);
  const isProject = exam?.kind !== "exam";
  const here = `${courseAddress}/${exam === undefined ? "projects/new" : `exams/${exam.id}`}`;
  showAdminPage(request, response, {
    view: "course-form",
    title: exam === undefined ? "Add a project" : `Settings: ${exam.title}`,
    area: "courses",
    status: Object.keys(faults).length === 0 ? 200 : 422,
    notices,
    page: {
      values,
      faults,
      action: here,
      back: courseAddress,
      submit: exam === undefined ? "Add the project" : "Save",
      withCourse: false,
      withExam: true,
      isProject,
      gradeSources: gradeSourceChoices,
      removal: exam !== undefined && isProject ? `${here}/remove` : undefined,
    },
  });
}

/** What was posted about an exam or, with fewer fields, about a project. */
function readSettings(request: Request, kind: Exam["kind"]): FormReading<ExamSettings> {
  if (kind === "exam") return readForm(request, ExamFormSchema);
  const form = readForm(request, ProjectFormSchema);
  if (form.kind === "faulty") return form;
  return {
    kind: "ok",
    value: {
      ...form.value,
      attemptsAllowed: undefined,
      gradeSource: kind === "activity" ? "assessed" : "lms-gradebook",
    },
  };
}

/** The settings of exams and projects. */
export function examAdminRoutes(needs: Needs): Router {
  const router = Router();

  const findCourse = async (request: Request<{ courseId: string }>, response: Response) => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.courses.findById(organisationId, idIn(request.params.courseId)));
  };

  const findExam = async (
    request: Request<{ courseId: string; examId: string }>,
    response: Response,
  ): Promise<Exam> => {
    const { organisationId } = visitOf(response).launch;
    const exam = found(await needs.exams.findById(organisationId, idIn(request.params.examId)));
    return found(exam.courseId === request.params.courseId ? exam : undefined);
  };

  router.get("/courses/:courseId/projects/new", async (request, response) => {
    const course = await findCourse(request, response);
    showExam(request, response, { course, exam: undefined, values: newProjectValues, faults: {} });
  });

  router.post("/courses/:courseId/projects/new", async (request, response) => {
    const course = await findCourse(request, response);
    const form = readForm(request, ProjectFormSchema);
    if (form.kind === "faulty") {
      showExam(request, response, { course, exam: undefined, ...form });
      return;
    }
    const { organisationId, id: courseId } = course;
    const wanted = { organisationId, courseId, project: form.value };
    const result = await decide(needs, response, {
      make: async () => await addProject(needs, wanted),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "project-added", subject: { kind: "exam", id: made.exam.id } },
              after: examState(made.exam),
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      const { faults } = result;
      showExam(request, response, {
        course,
        exam: undefined,
        values: postedValues(request),
        faults,
      });
      return;
    }
    goOn(response, `/courses/${courseId}`, "project-added");
  });

  router.get("/courses/:courseId/exams/:examId", async (request, response) => {
    const course = await findCourse(request, response);
    const exam = await findExam(request, response);
    showExam(request, response, { course, exam, values: examValuesOf(exam), faults: {} });
  });

  router.post("/courses/:courseId/exams/:examId", async (request, response) => {
    const course = await findCourse(request, response);
    const exam = await findExam(request, response);
    const form = readSettings(request, exam.kind);
    if (form.kind === "faulty") {
      showExam(request, response, { course, exam, ...form });
      return;
    }
    const { organisationId, id } = exam;
    const result = await decide(needs, response, {
      make: async () => await changeExam(needs, { organisationId, id, exam: form.value }),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "exam-changed", subject: { kind: "exam", id } },
              ...{ before: examState(exam), after: examState(made.exam) },
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      const { faults } = result;
      showExam(request, response, { course, exam, values: postedValues(request), faults });
      return;
    }
    goOn(response, `/courses/${course.id}`, "exam-saved");
  });

  router.post("/courses/:courseId/exams/:examId/remove", async (request, response) => {
    const course = await findCourse(request, response);
    const exam = await findExam(request, response);
    const { organisationId, id } = exam;
    const result = await decide(needs, response, {
      make: async () => await removeProject(needs, { organisationId, id }),
      note: (made) =>
        made.kind === "removed"
          ? {
              ...{ action: "project-removed", subject: { kind: "exam", id } },
              before: examState(exam),
            }
          : undefined,
    });
    if (result.kind === "removed") {
      goOn(response, `/courses/${course.id}`, "project-removed");
      return;
    }
    const text =
      result.kind === "in-use"
        ? `Not removed: these tracks ask for it: ${result.trackNames.join(", ")}.`
        : "Not removed: a course keeps its exam.";
    const notices = [{ kind: "warning" as const, text }];
    showExam(request, response, { course, exam, values: examValuesOf(exam), faults: {}, notices });
  });

  return router;
}
