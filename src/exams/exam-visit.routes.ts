import type { Request, RequestHandler, Response } from "express";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import { type Door, mayPass, type Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { type PageFrame, showPage } from "../web/page.js";
import type { Answer, Attempt } from "./attempt.js";
import { answerField, closedView, questionsView } from "./exam-page.js";
import { findExamOpening, type FoundExam } from "./find-exam-opening.js";
import { findUnanswered, readAnswers } from "./grade-attempt.js";

/** What every page of an exam needs. */
export type ExamVisitNeeds = {
  admit: (door: Door) => RequestHandler;
  exams: Pick<ExamStore, "findById">;
  offerings: Pick<OfferingStore, "findByContext">;
  /** Why an exam is not a learner's turn yet, where an order or a licence says so. */
  whyNotOpen: (visit: Visit, examId: string) => Promise<string | undefined>;
  /** The frame of a page of this visit, with its navigation. */
  frameOf: (visit: Visit, title: string) => PageFrame;
};

export const EXAM_PATH = "/l/:launchId/exams/:examId";

export const examAddress = (visit: Visit, examId: string): string =>
  `/l/${visit.launch.id}/exams/${examId}`;

export type OpenExam = Extract<FoundExam, { kind: "open" }>;

/**
 * Who looks: Student View tries, those who teach see, learners sit, even if they administer Rosette
 * besides; an administrator from elsewhere sees.
 */
type Viewer = "tries" | "previews" | "sits";

export function viewerOf(visit: Visit): Viewer {
  if (visit.launch.isTestUser) return "tries";
  if (mayPass(visit, "instructor")) return "previews";
  if (mayPass(visit, "learner")) return "sits";
  if (visit.isAdministrator) return "previews";
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

/**
 * The answers that a form brings. `faults` says what is missing, and is empty too when the learner
 * has asked to hand in without the rest.
 */
export function readExamForm(
  request: Request,
  questions: Attempt["questions"],
): { answers: Answer[]; faults: ReadonlyMap<string, string> } {
  const answers = readAnswers(questions, (id) => formValues(request, answerField(id)));
  const faults = isPartAllowed(request)
    ? new Map<string, string>()
    : findUnanswered(questions, answers);
  return { answers, faults };
}

type ShownPage = { title: string; page: object; status?: number };

type QuestionsForm = {
  action: string;
  questions: Attempt["questions"];
  answers?: Answer[];
  faults?: ReadonlyMap<string, string>;
};

/** Showing pages of an exam and finding the one that a request is about. */
export function createExamVisit(
  needs: Pick<ExamVisitNeeds, "exams" | "offerings" | "frameOf" | "whyNotOpen">,
) {
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

  /** Only what Rosette asks is closed: what the LMS grades counts by its own date. */
  const whyNotYet = async (visit: Visit, { exam }: OpenExam): Promise<string | undefined> =>
    exam.gradeSource === "hosted" && viewerOf(visit) === "sits"
      ? await needs.whyNotOpen(visit, exam.id)
      : undefined;

  /** The open exam, or undefined after the page that says why it is closed. */
  async function findOpen(request: Request, response: Response): Promise<OpenExam | undefined> {
    const { examId } = request.params;
    const id = typeof examId === "string" ? examId : "";
    const found = await findExamOpening(needs, visitOf(response), id);
    if (found.kind === "open") {
      const why = await whyNotYet(visitOf(response), found);
      if (why === undefined) return found;
      const page = { why, ask: "What you did is kept. Your progress page shows what comes next." };
      show(response, "closed", {
        title: found.exam.title,
        page: { ...page, mayName: false, isNotYet: true },
        status: 403,
      });
      return undefined;
    }
    const isTeaching = mayPass(visitOf(response), "instructor");
    const page = closedView(found.because, isTeaching);
    show(response, "closed", { title: found.exam.title, page, status: 403 });
    return undefined;
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

  return { show, showQuestions, findOpen };
}
