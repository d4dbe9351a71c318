import { mayPass, type Visit } from "./visit.js";

/** Ids of exams and tracks in custom parameters are ours; anything else leads to the usual page. */
const looksLikeId = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f-]{36}$/.test(text);

/** A parent or coach: sees the learners they are linked to, and has nothing else to do here. */
const isMerelyMentor = ({ courseRoles }: Visit["launch"]): boolean =>
  courseRoles.length > 0 && courseRoles.every((role) => role === "mentor");

/**
 * The page below `/l/:launchId` that a visit begins with: what the link in the LMS names, else
 * the page of the person's role.
 */
export function landingPageOf(visit: Visit): string {
  const { launch, isAdministrator } = visit;
  if (launch.message === "deep-linking") return "/content";
  if (launch.message === "submission-review") return "/review";
  if (isMerelyMentor(launch)) return "/mentees";
  const { rosette_exam: examId, rosette_track: trackId, rosette_page: pageName } = launch.custom;
  if (looksLikeId(examId)) return `/exams/${examId}`;
  if (looksLikeId(trackId)) return `/tracks/${trackId}`;
  const isLearner = launch.courseRoles.includes("learner") || launch.isTestUser;
  if (isLearner || pageName === "progress") return "/progress";
  if (isAdministrator) return "/admin";
  // A teacher whose launch names no course has no course page.
  return mayPass(visit, "instructor") ? "/course" : "/progress";
}

/**
 * Whether a visit begins with the page for the one-time administrator code: somebody the LMS
 * calls an administrator, without a grant, who either has no business in the course or comes
 * before there is any administrator.
 */
export function mayBecomeAdministrator(visit: Visit, hasAdministrators: boolean): boolean {
  const { launch, isAdministrator } = visit;
  if (!launch.claimsAdministrator || isAdministrator || launch.message === "deep-linking") {
    return false;
  }
  return launch.courseRoles.length === 0 || !hasAdministrators;
}
