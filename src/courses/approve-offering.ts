import { ToolError } from "../errors.js";
import type { CourseStore } from "./course-store.js";
import type { Offering } from "./offering.js";
import type { OfferingStore } from "./offering-store.js";

/**
 * Says which course an LMS course is an offering of; from then on what happens there counts.
 * Deciding again is allowed; what was recorded before stays as it was recorded.
 * @throws ToolError not-found when the offering or the course is not the organisation's
 */
export async function approveOffering(
  needs: {
    offerings: Pick<OfferingStore, "decide">;
    courses: Pick<CourseStore, "findById">;
    now: () => Date;
  },
  decision: { organisationId: string; offeringId: string; courseId: string; decidedBy: string },
): Promise<Offering> {
  const { organisationId, offeringId, courseId, decidedBy } = decision;
  const course = await needs.courses.findById(organisationId, courseId);
  if (course === undefined) throw new ToolError("not-found");
  const offering = await needs.offerings.decide({
    organisationId,
    id: offeringId,
    status: "approved",
    courseId,
    decidedBy,
    decidedAt: needs.now(),
  });
  if (offering === undefined) throw new ToolError("not-found");
  return offering;
}

/**
 * Says that nothing in an LMS course counts, from now on.
 * @throws ToolError not-found
 */
export async function declineOffering(
  needs: { offerings: Pick<OfferingStore, "decide">; now: () => Date },
  decision: { organisationId: string; offeringId: string; decidedBy: string },
): Promise<Offering> {
  const { organisationId, offeringId, decidedBy } = decision;
  const offering = await needs.offerings.decide({
    organisationId,
    id: offeringId,
    status: "declined",
    decidedBy,
    decidedAt: needs.now(),
  });
  if (offering === undefined) throw new ToolError("not-found");
  return offering;
}
