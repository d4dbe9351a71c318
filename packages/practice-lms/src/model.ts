/** Who someone is at the school. It decides their roles in every course. */
export type PersonKind = "student" | "practitioner" | "instructor" | "administrator" | "test-user";

/** One account on the LMS. `id` becomes the `sub` of every launch. */
export type PracticePerson = {
  id: string;
  givenName: string;
  familyName: string;
  email: string;
  kind: PersonKind;
  /** One sentence for the sign-in card. */
  blurb: string;
};

/** Address and parameters of a review launch; without an address it goes where the link goes. */
export type SubmissionReview = { url?: string; custom: Record<string, string> };

/** A resource link placed in a course. `targetLinkUri` belongs to a registered tool. */
export type PracticeLink = {
  id: string;
  title: string;
  targetLinkUri: string;
  custom: Record<string, string>;
  lineItem?: {
    label: string;
    scoreMaximum: number;
    resourceId?: string;
    tag?: string;
    /** Where an instructor may look at a learner's work (LTI Submission Review 1.0). */
    submissionReview?: SubmissionReview;
  };
  /** Which tool owns the link, when the host of `targetLinkUri` does not say it. */
  clientId?: string;
};

/** A link that is about to be added; the LMS chooses an id when none is given. */
export type NewPracticeLink = Omit<PracticeLink, "id"> & { id?: string };

/** One course of the LMS. `id` becomes the context id of every launch. */
export type PracticeCourse = {
  id: string;
  code: string;
  title: string;
  links: PracticeLink[];
  /** Heading under which the course list shows the course. */
  family?: string;
  /** Context ids this course was copied from, nearest first. */
  copiedFrom?: string[];
};

/** A registered LTI 1.3 tool. */
export type PracticeTool = {
  clientId: string;
  deploymentIds: string[];
  loginUrl: string;
  /** Compared exactly with the `redirect_uri` of an authorization request. */
  redirectUrls: string[];
  jwksUrl: string;
  title: string;
  privacy: "public" | "anonymous";
  deepLinkingUrl?: string;
  /** Target of launches that belong to no link; default: the first redirect URL. */
  targetLinkUri?: string;
  /** Target of the administration launch; default: `targetLinkUri`. */
  administrationUrl?: string;
  /** Custom parameters sent with every launch of the tool. */
  custom?: Record<string, string>;
  /** Only the courses of this family offer it, as a tool of one sub-account; default: all do. */
  family?: string;
  /** Service scopes it may ask for; default: all. */
  scopes?: string[];
};

/** What a person may do in one course. */
export type EnrolmentRole =
  "learner" | "instructor" | "teaching-assistant" | "designer" | "observer" | "test-user";

/** Whose habits the platform has. */
export type Mood = "moodle" | "canvas";

export type LaunchMessageType =
  "LtiResourceLinkRequest" | "LtiDeepLinkingRequest" | "LtiSubmissionReviewRequest";

/** Where a launch starts: a link, a course's menu, or the administrator's pages. */
export type LaunchPlacement = "link" | "course-navigation" | "administration";

/** One cell of the gradebook, for assertions. `score` is null where there is no grade. */
export type GradebookRow = {
  lineItemId: string;
  label: string;
  resourceId: string | undefined;
  tag: string | undefined;
  userId: string;
  score: number | null;
  scoreMaximum: number;
  gradedBy: "tool" | "instructor" | undefined;
  updatedAt: Date | undefined;
  comment: string | undefined;
};
