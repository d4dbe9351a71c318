import { type Request, type Response, Router } from "express";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import { attemptResultView } from "./exam-page.js";
import {
  createExamVisit,
  EXAM_PATH,
  examAddress,
  type ExamVisitNeeds,
  type OpenExam,
  readExamForm,
  viewerOf,
} from "./exam-visit.routes.js";
import { gradeAttempt } from "./grade-attempt.js";

/** Student View: everything as a learner sees it, and nothing is stored. */
export function examTrialRoutes(needs: ExamVisitNeeds): Router {
  const router = Router();
  const { show, showQuestions, findOpen } = createExamVisit(needs);

  const tryOut = (handle: (request: Request, response: Response, open: OpenExam) => void) => [
    needs.admit("learner"),
    async (request: Request, response: Response) => {
      if (viewerOf(visitOf(response)) !== "tries") throw new ToolError("not-allowed");
      const found = await findOpen(request, response);
      if (found !== undefined) handle(request, response, found);
    },
  ];

  router.get(
    `${EXAM_PATH}/trial`,
    ...tryOut((_request, response, found) => {
      const action = `${examAddress(visitOf(response), found.exam.id)}/trial`;
      showQuestions(response, found, { action, questions: found.exam.questions });
    }),
  );

  router.post(
    `${EXAM_PATH}/trial`,
    ...tryOut((request, response, found) => {
      const { exam } = found;
      const address = examAddress(visitOf(response), exam.id);
      const { questions, passMarkPercent } = exam;
      const { answers, faults } = readExamForm(request, questions);
      if (faults.size > 0) {
        showQuestions(response, found, { action: `${address}/trial`, questions, answers, faults });
        return;
      }
      const grading = gradeAttempt(questions, answers);
      show(response, "result", {
        title: exam.title,
        page: {
          ...attemptResultView(exam, { questions, grading, passMarkPercent }),
          address,
          counts: false,
          best: undefined,
          mayTryAgain: true,
          attemptsLeft: undefined,
          gradebook: undefined,
        },
      });
    }),
  );

  return router;
}
