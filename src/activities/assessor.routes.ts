import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { ExamStore } from "../courses/exam-store.js";
import { ToolError } from "../errors.js";
import type { Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import { isId } from "../stored-record.js";
import { type FormValues, queryText, readForm } from "../web/forms.js";
import { showPage } from "../web/page.js";
import type { Activity, Ratings } from "./activity.js";
import { assessmentView, submissionView } from "./activity-page.js";
import type { ActivityVisitNeeds } from "./activity.routes.js";
import { assessWork, markComplete } from "./assess-work.js";
import { findAssessorPlaces, mayAssess } from "./may-assess.js";
import type { RecordOutcomeNeeds } from "./record-outcome.js";
import type { Submission } from "./submission.js";

type Needs = ActivityVisitNeeds &
  RecordOutcomeNeeds & {
    exams: Pick<ExamStore, "listByIds" | "listByCourses">;
    profiles: Pick<ProfileStore, "listByIds">;
    /** The accounts of the people in an LMS course. */
    listMemberIds: (organisationId: string, offeringId: string) => Promise<string[]>;
  };

const DecisionForm = z.looseObject({
  decision: z.enum(["accept", "return"]),
  comment: z.string().trim().max(5000).default(""),
});

const CompletionForm = z.object({
  examId: z.string().refine(isId),
  accountId: z.string().refine(isId),
  comment: z.string().trim().max(5000).default(""),
});

const DONE: Record<string, string> = {
  accepted: "Accepted. It counts for the learner from now on.",
  returned: "Returned. The learner sees your comment and can hand in again.",
  marked: "Marked complete. It counts for the learner from now on.",
  overtaken: "Somebody has decided about this meanwhile, or the learner's work waits already.",
};

/** `level-<criterion>` fields as ratings. */
function ratingsIn(values: FormValues, { rubric }: Activity): Ratings {
  const chosen = rubric.flatMap(({ id }) => {
    const value = values[`level-${id}`];
    return typeof value === "string" ? [[id, value] as const] : [];
  });
  return Object.fromEntries(chosen);
}

const nameFor = (accountId: string, name: string | undefined): string =>
  name ?? `Learner ${accountId.slice(0, 8)}`;

/** What an assessor sees and does: the queue, one learner's work, and marking complete. */
export function assessorRoutes(needs: Needs): Router {
  const router = Router();
  const queue = "/l/:launchId/assess";

  const namesOf = async (organisationId: string, accountIds: string[]) => {
    const profiles = await needs.profiles.listByIds(organisationId, [...new Set(accountIds)]);
    const names = new Map(profiles.map(({ id, name }) => [id, name]));
    return (accountId: string) => nameFor(accountId, names.get(accountId));
  };

  const goOn = (response: Response, visit: Visit, done: string): void => {
    response.redirect(303, `/l/${visit.launch.id}/assess?done=${done}`);
  };

  router.get(queue, needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const places = await findAssessorPlaces(needs, visit);
    if (places.offeringId === undefined && places.examIds.length === 0)
      throw new ToolError("not-allowed");
    const waiting = (await needs.submissions.listWaiting({ organisationId, ...places })).filter(
      ({ accountId }) => !places.ownAccountIds.includes(accountId),
    );
    const { offeringId, courseId } = places;
    const ofCourse =
      courseId === undefined ? [] : await needs.exams.listByCourses(organisationId, [courseId]);
    const memberIds =
      offeringId === undefined ? [] : await needs.listMemberIds(organisationId, offeringId);
    const exams = await needs.exams.listByIds(
      organisationId,
      waiting.map(({ examId }) => examId),
    );
    const nameOf = await namesOf(organisationId, [
      ...waiting.map(({ accountId }) => accountId),
      ...memberIds,
    ]);
    const done = DONE[queryText(request, "done")];
    showPage(response, "activities/queue", {
      frame: {
        ...needs.frameOf(visit, "Work to assess"),
        notices: done === undefined ? [] : [{ kind: "done", text: done }],
      },
      page: {
        address: `/l/${visit.launch.id}/assess`,
        waiting: waiting.map((submission) => ({
          id: submission.id,
          title: exams.find(({ id }) => id === submission.examId)?.title ?? "Activity",
          learner: nameOf(submission.accountId),
          at: submissionView(submission, { rubric: [] }).at,
          number: submission.number,
        })),
        activities: ofCourse
          .filter(({ kind }) => kind === "activity")
          .map(({ id, title }) => ({ id, title })),
        members: memberIds
          .map((id) => ({ id, name: nameOf(id) }))
          .sort((one, other) => one.name.localeCompare(other.name, "en")),
      },
    });
  });

  const findWork = async (request: Request, response: Response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const { submissionId } = request.params;
    const submission =
      typeof submissionId === "string" && isId(submissionId)
        ? await needs.submissions.find(organisationId, submissionId)
        : undefined;
    if (submission === undefined || !(await mayAssess(needs, visit, submission)))
      throw new ToolError("not-found");
    const [exam, activity] = await Promise.all([
      needs.exams.findById(organisationId, submission.examId),
      needs.activities.find(organisationId, submission.examId),
    ]);
    if (exam === undefined || activity === undefined) throw new ToolError("not-found");
    return { visit, submission, exam, activity };
  };
  type Found = Awaited<ReturnType<typeof findWork>>;

  type Given = { ratings: Ratings; comment: string };
  const showWork = async (
    response: Response,
    at: Found,
    shown: { given: Given; faults: Record<string, string> },
  ): Promise<void> => {
    const { visit, submission, exam } = at;
    const nameOf = await namesOf(visit.launch.organisationId, [submission.accountId]);
    showPage(response, "activities/assess", {
      frame: needs.frameOf(visit, exam.title),
      status: Object.keys(shown.faults).length === 0 ? 200 : 422,
      page: {
        ...assessmentView({ ...at, ...shown, learnerName: nameOf(submission.accountId) }),
        queue: `/l/${visit.launch.id}/assess`,
        action: `/l/${visit.launch.id}/assess/${submission.id}`,
        files: `/l/${visit.launch.id}/activities/${exam.id}/files`,
      },
    });
  };

  const lastGiven = ({ assessments }: Submission): Given => ({
    ratings: assessments.at(-1)?.ratings ?? {},
    comment: "",
  });

  router.get(`${queue}/:submissionId`, needs.admit("anyone"), async (request, response) => {
    const at = await findWork(request, response);
    await showWork(response, at, { given: lastGiven(at.submission), faults: {} });
  });

  router.post(`${queue}/complete`, needs.admit("instructor"), async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const form = readForm(request, CompletionForm);
    const { offeringId, courseId, ownAccountIds } = await findAssessorPlaces(needs, visit);
    if (form.kind === "faulty") throw new ToolError("form-invalid");
    const { examId, accountId, comment } = form.value;
    const exam = await needs.exams.findById(organisationId, examId);
    const isHere = exam?.kind === "activity" && exam.courseId === courseId;
    if (offeringId === undefined || courseId === undefined || !isHere)
      throw new ToolError("not-found");
    const memberIds = await needs.listMemberIds(organisationId, offeringId);
    if (!memberIds.includes(accountId) || ownAccountIds.includes(accountId))
      throw new ToolError("not-found");
    const about = { organisationId, examId, courseId, accountId, offeringId };
    const said = { assessorId: visit.account.id, comment };
    const outcome = await markComplete(needs, about, said);
    goOn(response, visit, outcome === "marked" ? "marked" : "overtaken");
  });

  router.post(`${queue}/:submissionId`, needs.admit("anyone"), async (request, response) => {
    const at = await findWork(request, response);
    const form = readForm(request, DecisionForm);
    if (form.kind === "faulty") throw new ToolError("form-invalid");
    const { decision, comment } = form.value;
    const ratings = ratingsIn(form.value as FormValues, at.activity);
    const about = { ...at, assessorId: at.visit.account.id };
    const result = await assessWork(needs, about, { decision, comment, ratings });
    if (result.kind === "faulty") {
      await showWork(response, at, { given: { ratings, comment }, faults: result.faults });
      return;
    }
    goOn(response, at.visit, result.kind === "decided" ? result.submission.state : "overtaken");
  });

  return router;
}
