import { type Request, type Response, Router } from "express";
import type { ActivityStore } from "../activities/activity-store.js";
import type { saveActivity } from "../activities/save-activity.js";
import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { type FormValues, readForm } from "../web/forms.js";
import {
  ActivityFormSchema,
  activityValuesOf,
  keepIds,
  shownCriteria,
  workKinds,
} from "./activity-form.js";
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

/** The activities chapter's action. */
export type ActivityActions = {
  saveActivity: (wanted: Parameters<typeof saveActivity>[1]) => ReturnType<typeof saveActivity>;
};

type Needs = ActivityActions &
  DecisionNeeds & {
    accounts: Pick<AccountStore, "listByIds">;
    activities: Pick<ActivityStore, "find">;
    courses: Pick<CourseStore, "findById">;
    exams: Pick<ExamStore, "findById">;
    profiles: Pick<ProfileStore, "list" | "listByIds">;
  };

type Shown = { course: Course; exam: Exam | undefined; values: FormValues };

function show(
  request: Request,
  response: Response,
  { course, exam, values, faults = {} }: Shown & { faults?: Record<string, string> },
): void {
  const courseAddress = adminPath(visitOf(response), `/courses/${course.id}`);
  showAdminPage(request, response, {
    view: "activity-form",
    title: exam === undefined ? "Add an activity" : `Activity: ${exam.title}`,
    area: "courses",
    status: Object.keys(faults).length === 0 ? 200 : 422,
    page: {
      ...{ values, faults, workKinds },
      criteria: shownCriteria(values),
      action: `${courseAddress}/activities/${exam?.id ?? "new"}`,
      back: courseAddress,
      removal: exam && `${courseAddress}/exams/${exam.id}/remove`,
    },
  });
}

/** Activities of a course: what is asked, by what it is judged, and who may assess. */
export function activityAdminRoutes(needs: Needs): Router {
  const router = Router();
  const base = "/courses/:courseId/activities";

  const findCourse = async (request: Request<{ courseId: string }>, response: Response) => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.courses.findById(organisationId, idIn(request.params.courseId)));
  };

  const findActivity = async (
    request: Request<{ courseId: string; activityId: string }>,
    response: Response,
  ) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.activityId);
    const exam = found(await needs.exams.findById(organisationId, id));
    const activity = found(await needs.activities.find(organisationId, id));
    return { activity, exam: found(exam.courseId === request.params.courseId ? exam : undefined) };
  };

  /** Whom e-mail addresses name, each exactly one person who has opened Rosette; or the fault. */
  async function findAssessors(organisationId: string, emails: readonly string[]) {
    const ids: string[] = [];
    for (const email of emails) {
      const query = { search: email, page: 1, pageSize: 20 };
      const { items } = await needs.profiles.list(organisationId, query);
      const exact = items.filter((one) => one.email?.toLowerCase() === email.toLowerCase());
      const accounts = await needs.accounts.listByIds(
        organisationId,
        exact.map(({ id }) => id),
      );
      const learners = [...new Set(accounts.map(learnerIdOf))];
      if (learners.length !== 1)
        return {
          fault: `${email}: ${learners.length === 0 ? "nobody with this address has opened Rosette yet" : "several people have this address"}.`,
        };
      ids.push(...learners);
    }
    return { ids };
  }

  async function save(
    request: Request,
    response: Response,
    at: { course: Course; exam: Exam | undefined },
  ): Promise<void> {
    const form = readForm(request, ActivityFormSchema);
    if (form.kind === "faulty") {
      show(request, response, { ...at, ...form });
      return;
    }
    const { organisationId, id: courseId } = at.course;
    const { assessorEmails, rubric, ...content } = form.value;
    const assessors = await findAssessors(organisationId, assessorEmails);
    const values = postedValues(request);
    if (assessors.ids === undefined) {
      show(request, response, { ...at, values, faults: { assessors: assessors.fault } });
      return;
    }
    const known = at.exam && (await needs.activities.find(organisationId, at.exam.id));
    const { ids: assessorIds } = assessors;
    const wanted = { ...content, rubric: keepIds(rubric, known?.rubric ?? []), assessorIds };
    const before = { assessors: known?.assessorIds.length ?? 0 };
    const result = await decide(needs, response, {
      make: async () =>
        await needs.saveActivity({
          ...{ organisationId, courseId, examId: at.exam?.id, content: wanted },
        }),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "activity-saved", subject: { kind: "exam", id: made.exam.id } },
              ...(at.exam === undefined ? {} : { before }),
              after: { course: courseId, assessors: assessorIds.length },
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      show(request, response, { ...at, values, faults: result.faults });
      return;
    }
    goOn(response, `/courses/${courseId}`, "activity-saved");
  }

  router.get(`${base}/new`, async (request, response) => {
    const course = await findCourse(request, response);
    const values = { accepts: ["text", "link", "file"] };
    show(request, response, { course, exam: undefined, values });
  });

  router.post(`${base}/new`, async (request, response) => {
    await save(request, response, { course: await findCourse(request, response), exam: undefined });
  });

  router.get(`${base}/:activityId`, async (request, response) => {
    const course = await findCourse(request, response);
    const { exam, activity } = await findActivity(request, response);
    const profiles = await needs.profiles.listByIds(course.organisationId, activity.assessorIds);
    const emails = profiles.flatMap(({ email }) => (email === undefined ? [] : [email]));
    const values = activityValuesOf({ ...activity, title: exam.title }, emails);
    show(request, response, { course, exam, values });
  });

  router.post(`${base}/:activityId`, async (request, response) => {
    const course = await findCourse(request, response);
    const { exam } = await findActivity(request, response);
    await save(request, response, { course, exam });
  });

  return router;
}
