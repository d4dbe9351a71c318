import type { AwardStore } from "../awards/award-store.js";
import type { CourseStore } from "../courses/course-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { WorkQueue } from "../work/work-queue.js";
import { isToDecide, listPending, type ListPendingNeeds } from "./list-pending.js";
import type { OverviewCounts } from "./overview.js";

export type OverviewNeeds = ListPendingNeeds & {
  awards: Pick<AwardStore, "list">;
  courses: Pick<CourseStore, "list">;
  offerings: Pick<OfferingStore, "list">;
  tracks: Pick<TrackStore, "list" | "listInForce">;
  profiles: Pick<ProfileStore, "listProposed">;
  platforms: Pick<PlatformStore, "listAwaitingApproval">;
  work: Pick<WorkQueue, "listFailed">;
};

/** Counts what the overview tells, for one organisation. */
export async function countOverview(
  needs: OverviewNeeds,
  organisationId: string,
): Promise<OverviewCounts> {
  // Lists tell their totals; one item each is enough.
  const query = { search: "", page: 1, pageSize: 1 };
  const [
    pending,
    approved,
    deployments,
    registrations,
    names,
    failed,
    courses,
    tracks,
    inForce,
    awards,
  ] = await Promise.all([
    needs.offerings.list(organisationId, { ...query, status: "pending" }),
    needs.offerings.list(organisationId, { ...query, status: "approved" }),
    listPending(needs, organisationId),
    needs.platforms.listAwaitingApproval(organisationId),
    needs.profiles.listProposed(organisationId, query),
    needs.work.listFailed({ organisationId, ...query }),
    needs.courses.list(organisationId, query),
    needs.tracks.list(organisationId, query),
    needs.tracks.listInForce(organisationId),
    needs.awards.list(organisationId, query),
  ]);
  return {
    pendingLmsCourses: pending.total,
    approvedLmsCourses: approved.total,
    pendingDeployments: deployments.filter(isToDecide).length,
    waitingRegistrations: registrations.length,
    proposedNames: names.total,
    failedWork: failed.total,
    courses: courses.total,
    tracks: tracks.total,
    publishedTracks: inForce.length,
    awards: awards.total,
  };
}
