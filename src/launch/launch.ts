/** What a person may be in an LMS course, from the context roles of the launch alone. */
export type CourseRole = "learner" | "instructor" | "assistant" | "designer" | "mentor";

/** A verified LTI 1.3 launch in our own words. Times are Dates; absent claims are undefined. */
export type Launch = {
  id: string;
  organisationId: string;
  platformId: string;
  /** `iss` of the LMS; with the context's id it names an LMS course. */
  issuer: string;
  /** Our record of the (platform, deployment_id) pair. */
  deploymentRecordId: string;
  /** Our record of the person: (organisation, issuer, sub). */
  accountId: string;
  message: "resource-link" | "deep-linking" | "submission-review";
  courseRoles: CourseRole[];
  /** Institution or system administrator, as the LMS says; never enough on its own. */
  claimsAdministrator: boolean;
  /** Canvas' Student View: sees everything, is never awarded. */
  isTestUser: boolean;
  /** The LMS course the launch came from. Absent on account-level launches. */
  context: { id: string; label: string | undefined; title: string | undefined } | undefined;
  resourceLinkId: string | undefined;
  /** Custom parameters, unresolved `$Variables` left out. */
  custom: Record<string, string>;
  /** Assignment and Grade Services of this context (LTI-AGS 2.0 §3.1). */
  grading:
    | { scopes: string[]; lineItemsUrl: string | undefined; lineItemUrl: string | undefined }
    | undefined;
  /** Names and Role Provisioning Service (LTI-NRPS 2.0 §3.6.1.1). */
  roster: { membershipsUrl: string } | undefined;
  /** Only for `deep-linking` (LTI-DL 2.0 §4.4.1). */
  deepLinking:
    | {
        returnUrl: string;
        acceptTypes: string[];
        acceptMultiple: boolean;
        /** False: the LMS makes no columns of line items here. Absent where it does not say. */
        acceptLineItem?: boolean | undefined;
        data: string | undefined;
      }
    | undefined;
  /** Only for `submission-review`: whose work is to be shown, as the LMS calls them. */
  forUserSub?: string | undefined;
  /** Of a mentor: the learners they are linked to, as the LMS calls them (Core 1.3 §5.4.7). */
  mentoredSubs?: string[] | undefined;
  /** Where the LMS takes addresses for its notices, and of which types (Canvas). */
  noticeService?: { url: string; types: string[] } | undefined;
  /** BCP 47 tag, when the LMS sent one. */
  locale: string | undefined;
  /** Where the LMS wants the person to come back to. */
  returnUrl: string | undefined;
  launchedAt: Date;
};

/** A launch as it is kept for its visit. */
export type KeptLaunch = {
  /** The launch's id. */
  id: string;
  organisationId: string;
  accountId: string;
  platformId: string;
  launch: Launch;
  /** What every form of this visit carries. With the owner's session it is of use, without not. */
  csrfToken: string;
  /** Origins of the LMS that may show our pages in a frame. */
  frameOrigins: string[];
  expiresAt: Date;
};

/** How long the pages of one launch can be used. */
export const launchLifetimeMs = 24 * 60 * 60 * 1000;
