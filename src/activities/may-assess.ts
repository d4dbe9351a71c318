import type { OfferingStore } from "../courses/offering-store.js";
import { mayPass, type Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import type { ActivityStore } from "./activity-store.js";
import type { Submission } from "./submission.js";

export type MayAssessNeeds = {
  activities: Pick<ActivityStore, "listIdsOfAssessor">;
  offerings: Pick<OfferingStore, "findByContext">;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
};

/** What somebody may assess in a visit. */
export type AssessorPlaces = {
  /** The LMS course whose instructor they are, when it is approved as one of ours. */
  offeringId: string | undefined;
  courseId: string | undefined;
  /** The activities for which an administrator named them. */
  examIds: string[];
  /** Every account of theirs: nobody assesses what they did themselves, wherever they did it. */
  ownAccountIds: string[];
};

export async function findAssessorPlaces(
  needs: MayAssessNeeds,
  visit: Visit,
): Promise<AssessorPlaces> {
  const { organisationId, context } = visit.launch;
  const place = context && { organisationId, issuer: visit.account.issuer, contextId: context.id };
  const offering =
    place !== undefined && mayPass(visit, "instructor")
      ? await needs.offerings.findByContext(place)
      : undefined;
  const isOurs = offering?.status === "approved";
  const { learnerId } = visit;
  const examIds = visit.launch.isTestUser
    ? []
    : await needs.activities.listIdsOfAssessor(organisationId, learnerId);
  const ownAccountIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  return {
    offeringId: isOurs ? offering.id : undefined,
    courseId: isOurs ? offering.courseId : undefined,
    ...{ examIds, ownAccountIds },
  };
}

/** Whether they may: never their own work. */
export async function mayAssess(
  needs: MayAssessNeeds,
  visit: Visit,
  submission: Submission,
): Promise<boolean> {
  const places = await findAssessorPlaces(needs, visit);
  if (places.ownAccountIds.includes(submission.accountId)) return false;
  return places.offeringId === submission.offeringId || places.examIds.includes(submission.examId);
}
