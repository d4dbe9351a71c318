import { type Request, Router } from "express";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import { isId } from "../stored-record.js";
import { queryText } from "../web/forms.js";
import { type Attempt, isSubmitted } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import {
  attemptResultView,
  gradedElsewhereView,
  introductionView,
  previewView,
} from "./exam-page.js";
import { examTrialRoutes } from "./exam-trial.routes.js";
import {
  createExamVisit,
  EXAM_PATH as base,
  examAddress as addressOf,
  type ExamVisitNeeds,
  type OpenExam,
  readExamForm,
  viewerOf,
} from "./exam-visit.routes.js";
import type { GradeSources } from "./grade-source.js";
import type { LineItemStore } from "./line-item-store.js";
import { startAttempt } from "./start-attempt.js";
import { submitAttempt } from "./submit-attempt.js";

type Needs = ExamVisitNeeds &
  Parameters<typeof submitAttempt>[0] & {
    attempts: Pick<AttemptStore, "start">;
    lineItems: Pick<LineItemStore, "findFor">;
    sources: GradeSources;
  };

/** The pages of an exam: introduction, questions, result; preview, trial, and why it is closed. */
export function examRoutes(needs: Needs): Router {
  const router = Router();
  const { show, showQuestions, findOpen } = createExamVisit(needs);

  async function findOwnAttempt(request: Request, { exam, opening }: OpenExam): Promise<Attempt> {
    const { attemptId } = request.params;
    const { account } = opening;
    const attempt =
      typeof attemptId === "string" && isId(attemptId)
        ? await needs.attempts.find(account.organisationId, attemptId)
        : undefined;
    if (attempt?.accountId !== account.id || attempt.examId !== exam.id) {
      throw new ToolError("not-found");
    }
    return attempt;
  }

  router.get(base, needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    const viewer = viewerOf(visit);
    const found = await findOpen(request, response);
    if (found === undefined) return;
    const { exam, opening } = found;
    if (exam.gradeSource === "assessed") {
      response.redirect(303, `/l/${visit.launch.id}/activities/${exam.id}`);
      return;
    }
    const source = needs.sources[exam.gradeSource];
    const explanation = source.explain(exam);
    await source.open(opening);
    if (viewer === "previews") {
      show(response, "preview", { title: exam.title, page: previewView(exam, explanation) });
      return;
    }
    if (exam.gradeSource !== "hosted") {
      const standing = await source.findStanding(opening);
      const page = gradedElsewhereView(exam, explanation, standing);
      show(response, "graded-elsewhere", { title: exam.title, page });
      return;
    }
    const { organisationId, id: accountId } = opening.account;
    const about = { organisationId, accountId, examId: exam.id };
    const attempts = viewer === "tries" ? [] : await needs.attempts.list(about);
    show(response, "introduction", {
      title: exam.title,
      page: {
        ...introductionView(exam, explanation, attempts),
        address: addressOf(visit, exam.id),
        noneLeft: queryText(request, "notice") === "none-left",
      },
    });
  });

  router.post(`${base}/attempts`, needs.admit("learner"), async (request, response) => {
    const visit = visitOf(response);
    if (viewerOf(visit) !== "sits") throw new ToolError("not-allowed");
    const found = await findOpen(request, response);
    if (found?.exam.gradeSource !== "hosted") {
      if (found !== undefined) throw new ToolError("not-found");
      return;
    }
    const { exam, opening } = found;
    const { organisationId, platformId, context } = opening.launch;
    const key = { organisationId, platformId, contextId: context?.id ?? "", examId: exam.id };
    const lineItem = await needs.lineItems.findFor(key);
    const started = await startAttempt(needs, { ...opening, lineItem });
    const address = addressOf(visit, exam.id);
    response.redirect(
      303,
      "attempt" in started
        ? `${address}/attempts/${started.attempt.id}`
        : `${address}?notice=${started.kind}`,
    );
  });

  router.get(`${base}/attempts/:attemptId`, needs.admit("learner"), async (request, response) => {
    const found = await findOpen(request, response);
    if (found === undefined) return;
    const attempt = await findOwnAttempt(request, found);
    const address = addressOf(visitOf(response), found.exam.id);
    if (!isSubmitted(attempt)) {
      const action = `${address}/attempts/${attempt.id}`;
      showQuestions(response, found, { action, questions: attempt.questions });
      return;
    }
    const { exam, opening } = found;
    const standing = await needs.sources.hosted.findStanding(opening);
    const attempts = await needs.attempts.list(attempt);
    const { questions, grading, passMarkPercent, submittedAt: at } = attempt;
    const introduction = introductionView(exam, "", attempts);
    show(response, "result", {
      title: exam.title,
      page: {
        ...attemptResultView(exam, { questions, grading, passMarkPercent, at }),
        address,
        counts: introduction.attempts.some(({ id, counts }) => counts && id === attempt.id),
        best: introduction.best,
        mayTryAgain: introduction.mayStart,
        attemptsLeft: introduction.attemptsLeft,
        gradebook: standing.kind === "result" ? standing.gradebook : undefined,
      },
    });
  });

  router.post(`${base}/attempts/:attemptId`, needs.admit("learner"), async (request, response) => {
    const found = await findOpen(request, response);
    if (found === undefined) return;
    const attempt = await findOwnAttempt(request, found);
    const action = `${addressOf(visitOf(response), found.exam.id)}/attempts/${attempt.id}`;
    const { questions } = attempt;
    const { answers, faults } = readExamForm(request, questions);
    if (!isSubmitted(attempt) && faults.size > 0) {
      showQuestions(response, found, { action, questions, answers, faults });
      return;
    }
    await submitAttempt(needs, attempt, answers);
    response.redirect(303, action);
  });

  router.use(examTrialRoutes(needs));
  return router;
}
