/**
 * An LMS course (LTI context) as an offering of one of our courses. It counts towards nothing
 * until an administrator has said which course it is; else any teacher could mint credentials.
 * Unique by (organisation, issuer, contextId).
 */
export type Offering = {
  id: string;
  organisationId: string;
  issuer: string;
  contextId: string;
  contextTitle: string;
  status: "pending" | "approved" | "declined";
  /** Set when approved. */
  courseId: string | undefined;
  /** Account of the administrator who decided. */
  decidedBy: string | undefined;
  decidedAt: Date | undefined;
  firstSeenAt: Date;
  lastLaunchAt: Date;
};
