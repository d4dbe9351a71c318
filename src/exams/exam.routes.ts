import { type Request, type RequestHandler, type Response, Router } from "express";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import { type Door, mayPass, type Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { isId } from "../stored-record.js";
import { queryText } from "../web/forms.js";
import { type PageFrame, showPage } from "../web/page.js";
import { type Attempt, isSubmitted } from "./attempt.js";
import type { AttemptStore } from "./attempt-store.js";
import {
  answerField,
  attemptResultView,
  closedView,
  gradedElsewhereView,
  introductionView,
  previewView,
  questionsView,
} from "./exam-page.js";
import { findExamOpening, type FoundExam } from "./find-exam-opening.js";
import { findUnanswered, gradeAttempt, readAnswers } from "./grade-attempt.js";
import type { GradeSources } from "./grade-source.js";
import type { LineItemStore } from "./line-item-store.js";
import { startAttempt } from "./start-attempt.js";
import { submitAttempt } from "./submit-attempt.js";

type Needs = Parameters<typeof submitAttempt>[0] & {
  admit: (door: Door) => RequestHandler;
  exams: Pick<ExamStore, "findById">;
  offerings: Pick<OfferingStore, "findByContext">;
  attempts: Pick<AttemptStore, "start">;
  lineItems: Pick<LineItemStore, "findFor">;
  sources: GradeSources;
  /** The frame of a page of this visit, with its navigation. */
  frameOf: (visit: Visit, title: string) => PageFrame;
};

type OpenExam = Extract<FoundExam, { kind: "open" }>;

/** Who looks: Student View tries, those who teach or administer see, learners sit. */
type Viewer = "tries" | "previews" | "sits";

function viewerOf(visit: Visit): Viewer {
  if (visit.launch.isTestUser) return "tries";
  if (mayPass(visit, "instructor") || visit.isAdministrator) return "previews";
  if (mayPass(visit, "learner")) return "sits";
  throw new ToolError("not-allowed");
}

const formValues = (request: Request, name: string): string[] => {
  const body: unknown = request.body;
  if (typeof body !== "object" || body === null) return [];
  const value: unknown = (body as Record<string, unknown>)[name];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === "string");
};

const isPartAllowed = (request: Request): boolean =>
  formValues(request, "incomplete").includes("yes");

/** The pages of an exam: introduction, questions, result; preview, trial, and why it is closed. */
export function examRoutes(needs: Needs): Router {
  const router = Router();
  const base = "/l/:launchId/exams/:examId";
  const addressOf = (visit: Visit, examId: string) => `/l/${visit.launch.id}/exams/${examId}`;

  const show = (response: Response, view: string, about: ShownPage): void => {
    const visit = visitOf(response);
    const frame = needs.frameOf(visit, about.title);
    const isTrial = visit.launch.isTestUser;
    showPage(response, `exams/${view}`, {
      frame,
      page: { isTrial, ...about.page },
      ...(about.status === undefined ? {} : { status: about.status }),
    });
  };

  /** The open exam, or undefined after the page that says why it is closed. */
  async function findOpen(request: Request, response: Response): Promise<OpenExam | undefined> {
    const { examId } = request.params;
    const id = typeof examId === "string" ? examId : "";
    const found = await findExamOpening(needs, visitOf(response), id);
    if (found.kind === "open") return found;
    const page = closedView(found.because);
    show(response, "closed", { title: found.exam.title, page, status: 403 });
    return undefined;
  }

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

  function showQuestions(response: Response, { exam }: OpenExam, form: QuestionsForm): void {
    const { action, questions, answers = [], faults = new Map<string, string>() } = form;
    show(response, "questions", {
      title: exam.title,
      page: {
        action,
        faultCount: faults.size,
        questions: questionsView(questions, answers, faults),
      },
      ...(faults.size === 0 ? {} : { status: 422 }),
    });
  }

  router.get(base, needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    const viewer = viewerOf(visit);
    const found = await findOpen(request, response);
    if (found === undefined) return;
    const { exam, opening } = found;
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
    const answers = readAnswers(questions, (id) => formValues(request, answerField(id)));
    const faults = findUnanswered(questions, answers);
    if (!isSubmitted(attempt) && faults.size > 0 && !isPartAllowed(request)) {
      showQuestions(response, found, { action, questions, answers, faults });
      return;
    }
    await submitAttempt(needs, attempt, answers);
    response.redirect(303, action);
  });

  /** Student View: everything as a learner sees it, and nothing is stored. */
  const tryOut = (handle: (request: Request, response: Response, open: OpenExam) => void) => [
    needs.admit("learner"),
    async (request: Request, response: Response) => {
      if (viewerOf(visitOf(response)) !== "tries") throw new ToolError("not-allowed");
      const found = await findOpen(request, response);
      if (found !== undefined) handle(request, response, found);
    },
  ];

  router.get(
    `${base}/trial`,
    ...tryOut((_request, response, found) => {
      const action = `${addressOf(visitOf(response), found.exam.id)}/trial`;
      showQuestions(response, found, { action, questions: found.exam.questions });
    }),
  );

  router.post(
    `${base}/trial`,
    ...tryOut((request, response, found) => {
      const { exam } = found;
      const address = addressOf(visitOf(response), exam.id);
      const { questions, passMarkPercent } = exam;
      const answers = readAnswers(questions, (id) => formValues(request, answerField(id)));
      const faults = findUnanswered(questions, answers);
      if (faults.size > 0 && !isPartAllowed(request)) {
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

type ShownPage = { title: string; page: object; status?: number };

type QuestionsForm = {
  action: string;
  questions: Attempt["questions"];
  answers?: ReturnType<typeof readAnswers>;
  faults?: ReadonlyMap<string, string>;
};
