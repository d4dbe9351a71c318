import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import type { CourseStore } from "../courses/course-store.js";
import { writeQuestions } from "../courses/define-exam.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { visitOf } from "../launch/visit.routes.js";
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
import { textOf } from "./form-values.js";
import { readCommand } from "./list-edit.js";
import { checkQuestions } from "./question-check.js";
import { questionEditor } from "./question-editor.js";
import {
  editQuestions,
  questionField,
  type QuestionForm,
  questionFormOf,
  readQuestions,
} from "./question-form.js";

type Needs = DecisionNeeds & {
  courses: Pick<CourseStore, "findById">;
  exams: Pick<ExamStore, "findById" | "change">;
};

type Shown = { exam: Exam; courseName: string; forms: QuestionForm[]; faults: Faults };
type Faults = Record<string, string>;

function showEditor(request: Request, response: Response, shown: Shown): void {
  const { exam, courseName, forms, faults } = shown;
  const course = adminPath(visitOf(response), `/courses/${exam.courseId}`);
  showAdminPage(request, response, {
    view: "questions",
    title: "Questions",
    area: "courses",
    status: Object.keys(faults).length === 0 ? 200 : 422,
    page: {
      ...questionEditor(forms, faults),
      examName: `${exam.title}, ${courseName}`,
      action: `${course}/exams/${exam.id}/questions`,
      back: course,
    },
  });
}

/** The store's own rules name a question; its prompt is where the page says so. */
const onPage = (faults: Faults): Faults =>
  Object.fromEntries(
    Object.entries(faults).map(([name, sentence]) => [
      name.startsWith("questions.") ? questionField(name.slice("questions.".length), "prompt") : "",
      sentence,
    ]),
  );

/** The questions of an exam that Rosette asks. */
export function questionAdminRoutes(needs: Needs): Router {
  const router = Router();
  const path = "/courses/:courseId/exams/:examId/questions";

  const findExam = async (
    request: Request<{ courseId: string; examId: string }>,
    response: Response,
  ): Promise<{ exam: Exam; courseName: string }> => {
    const { organisationId } = visitOf(response).launch;
    const { courseId, examId } = request.params;
    const course = found(await needs.courses.findById(organisationId, idIn(courseId)));
    const exam = found(await needs.exams.findById(organisationId, idIn(examId)));
    const isOurs = exam.courseId === course.id && exam.gradeSource === "hosted";
    return { exam: found(isOurs ? exam : undefined), courseName: `${course.code} ${course.title}` };
  };

  router.get(path, async (request, response) => {
    const { exam, courseName } = await findExam(request, response);
    const forms = exam.questions.map(questionFormOf);
    showEditor(request, response, { exam, courseName, forms, faults: {} });
  });

  router.post(path, async (request, response) => {
    const { exam, courseName } = await findExam(request, response);
    const values = postedValues(request);
    const forms = readQuestions(values);
    const command = readCommand(textOf(values, "do"));
    if (command.verb !== "save") {
      const edited = editQuestions(forms, command, () => randomUUID().slice(0, 8));
      showEditor(request, response, { exam, courseName, forms: edited, faults: {} });
      return;
    }
    const checked = checkQuestions(forms);
    const shown = { exam, courseName, forms };
    if (checked.kind === "faulty") {
      showEditor(request, response, { ...shown, faults: checked.faults });
      return;
    }
    const { organisationId, id } = exam;
    const { questions } = checked;
    const result = await decide(needs, response, {
      make: async () => await writeQuestions(needs, { organisationId, id, questions }),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "questions-written", subject: { kind: "exam", id } },
              before: { questions: exam.questions.length },
              after: { questions: questions.length },
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      showEditor(request, response, { ...shown, faults: onPage(result.faults) });
      return;
    }
    goOn(response, `/courses/${exam.courseId}`, "questions-saved");
  });

  return router;
}
