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
  /** Account of the administrator who decided; undefined too when it was recognised as a copy. */
  decidedBy: string | undefined;
  decidedAt: Date | undefined;
  firstSeenAt: Date;
  lastLaunchAt: Date;
  /** Ids of LMS courses that the LMS says it was copied from; besides what launches tell. */
  origins?: string[] | undefined;
  /** The approved offering that it was recognised as a copy of. */
  copiedFrom?: string | undefined;
  /** Which course its instructor says it is, until an administrator has decided. */
  proposal?: { courseId: string; proposedBy: string; proposedAt: Date } | undefined;
};
