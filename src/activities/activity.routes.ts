import { type Request, type Response, Router } from "express";
import { findExamOpening, type FindExamNeeds } from "../exams/find-exam-opening.js";
import { ToolError } from "../errors.js";
import { mayPass, type Visit } from "../launch/visit.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import { isId } from "../stored-record.js";
import { queryText, readForm } from "../web/forms.js";
import { filesOf, readMultipart } from "../web/multipart.js";
import { sendForSaving } from "../web/send-for-saving.js";
import { type PageFrame, showPage } from "../web/page.js";
import { z } from "zod";
import { learnerView } from "./activity-page.js";
import type { ActivityStore } from "./activity-store.js";
import { findAssessorPlaces, mayAssess, type MayAssessNeeds } from "./may-assess.js";
import { handIn } from "./hand-in.js";
import { workLimits } from "./submission.js";
import type { SubmissionStore } from "./submission-store.js";

export type ActivityVisitNeeds = FindExamNeeds &
  MayAssessNeeds & {
    admit: Admit;
    activities: Pick<ActivityStore, "find">;
    submissions: SubmissionStore;
    /** The frame of a page of this visit, with its navigation. */
    frameOf: (visit: Visit, title: string) => PageFrame;
    now: () => Date;
  };

const WorkForm = z.object({
  text: z.string().trim().default(""),
  link: z.string().trim().default(""),
});

const base = "/l/:launchId/activities/:examId";

const addressOf = (visit: Visit, examId: string): string =>
  `/l/${visit.launch.id}/activities/${examId}`;

/** What a learner sees and does: the activity, handing in, and their own files. */
export function activityRoutes(needs: ActivityVisitNeeds): Router {
  const router = Router();

  const find = async (request: Request, response: Response) => {
    const visit = visitOf(response);
    const { examId } = request.params;
    const found = await findExamOpening(needs, visit, typeof examId === "string" ? examId : "");
    const { organisationId } = visit.launch;
    const activity = await needs.activities.find(organisationId, found.exam.id);
    if (found.exam.kind !== "activity" || activity === undefined) throw new ToolError("not-found");
    return { visit, found, activity };
  };
  type Found = Awaited<ReturnType<typeof find>>;

  type Shown = { given?: { text: string; link: string }; faults?: Record<string, string> };
  const show = async (request: Request, response: Response, at: Found & Shown): Promise<void> => {
    const { visit, found, activity, given, faults = {} } = at;
    const { organisationId, isTestUser: isTrial } = visit.launch;
    const about = { organisationId, examId: found.exam.id, accountId: visit.account.id };
    const places = await findAssessorPlaces(needs, visit);
    const submissions = isTrial ? [] : await needs.submissions.listOwn(about);
    showPage(response, "activities/activity", {
      frame: needs.frameOf(visit, found.exam.title),
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: {
        ...learnerView({ exam: found.exam, activity, submissions, isTrial }),
        address: addressOf(visit, found.exam.id),
        isAssessor: mayPass(visit, "instructor") || places.examIds.includes(found.exam.id),
        isClosed: found.kind === "closed",
        justHandedIn: queryText(request, "done") === "handed-in",
        notTaken: queryText(request, "done") === "not-now",
        ...(given === undefined ? {} : { given }),
        faults,
      },
    });
  };

  router.get(base, needs.admit("anyone"), async (request, response) => {
    await show(request, response, await find(request, response));
  });

  const read = readMultipart({
    ...{ files: workLimits.files, fileBytes: workLimits.fileBytes },
    fieldBytes: 4 * workLimits.textLength,
  });
  router.post(base, needs.admit("learner", read), async (request, response) => {
    const at = await find(request, response);
    const { visit, found, activity } = at;
    if (visit.launch.isTestUser || found.kind === "closed") throw new ToolError("not-allowed");
    const form = readForm(request, WorkForm);
    if (form.kind === "faulty") throw new ToolError("form-invalid");
    const { exam, offering } = found.opening;
    const about = { activity, exam, offering, accountId: visit.account.id };
    const result = await handIn(needs, about, { ...form.value, files: filesOf(request) });
    if (result.kind === "faulty") {
      await show(request, response, { ...at, given: form.value, faults: result.faults });
      return;
    }
    response.redirect(303, `${addressOf(visit, exam.id)}?done=${result.kind}`);
  });

  router.get(`${base}/files/:fileId`, needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const { fileId } = request.params;
    const file =
      typeof fileId === "string" && isId(fileId)
        ? await needs.submissions.findFile(organisationId, fileId)
        : undefined;
    const submission = file && (await needs.submissions.find(organisationId, file.submissionId));
    if (
      submission === undefined ||
      file === undefined ||
      submission.examId !== request.params["examId"]
    )
      throw new ToolError("not-found");
    const isOwn = submission.accountId === visit.account.id;
    if (!isOwn && !(await mayAssess(needs, visit, submission))) throw new ToolError("not-found");
    sendForSaving(response, file);
  });

  return router;
}
