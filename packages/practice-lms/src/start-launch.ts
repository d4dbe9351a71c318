import { randomBytes } from "node:crypto";
import type { LmsState, PendingLaunch } from "./lms-state.js";
import type {
  LaunchMessageType,
  LaunchPlacement,
  PracticeCourse,
  PracticeLink,
  PracticeTool,
} from "./model.js";
import { findLink, findToolOfLink, getCourse, getPerson, getTool } from "./school.js";

/** What to launch. Without `linkId` the launch belongs to the course or to the administration. */
export type LaunchArgs = {
  userId: string;
  /** Absent only for an administration launch. */
  courseId?: string | undefined;
  linkId?: string | undefined;
  messageType?: LaunchMessageType | undefined;
  placement?: LaunchPlacement | undefined;
  /** Whose work a submission review is about. */
  forUserId?: string | undefined;
  /** Which tool, when there is no link and more than one tool. */
  clientId?: string | undefined;
  /** Default: the tool's first deployment. */
  deploymentId?: string | undefined;
};

/** Where the browser goes first, and the parameters it takes along. */
export type LoginInitiation = { loginUrl: string; parameters: Record<string, string> };

const launchLifetimeMs = 10 * 60_000;

/**
 * Opens a launch and returns the third-party login initiation (1EdTech Security Framework 1.1,
 * section 5.1.1.1). The message hint is good for one authorization request.
 */
export function startLaunch(lms: LmsState, args: LaunchArgs): LoginInitiation {
  getPerson(lms.school, args.userId);
  const placement = args.placement ?? (args.courseId === undefined ? "administration" : "link");
  const course = findCourse(lms, args.courseId, placement);
  const link = course && args.linkId !== undefined ? findLink(course, args.linkId) : undefined;
  if (args.linkId !== undefined && !link) throw new Error(`There is no link "${args.linkId}".`);
  const tool = pickTool(lms, args, link);
  const messageType = args.messageType ?? "LtiResourceLinkRequest";
  const launch = {
    clientId: tool.clientId,
    deploymentId: pickDeployment(tool, args.deploymentId),
    userId: args.userId,
    courseId: course?.id,
    linkId: link?.id,
    messageType,
    forUserId: args.forUserId,
    placement,
    targetLinkUri: targetOf(tool, { link, messageType, placement }),
    expiresAt: new Date(lms.now().getTime() + launchLifetimeMs),
  };
  const hint = randomBytes(24).toString("base64url");
  lms.launches.set(hint, launch);
  return { loginUrl: tool.loginUrl, parameters: loginParameters(lms, launch, hint) };
}

function loginParameters(
  { issuer, mood }: LmsState,
  launch: PendingLaunch,
  hint: string,
): Record<string, string> {
  return {
    iss: issuer,
    target_link_uri: launch.targetLinkUri,
    login_hint: launch.userId,
    lti_message_hint: hint,
    client_id: launch.clientId,
    lti_deployment_id: launch.deploymentId,
    ...(mood === "canvas" && {
      deployment_id: launch.deploymentId,
      canvas_environment: "prod",
      canvas_region: "not_configured",
      lti_storage_target: "_parent",
    }),
  };
}

/** Canvas launches its administrators from the account, whatever course they came from. */
function findCourse(
  { school, mood }: LmsState,
  courseId: string | undefined,
  placement: LaunchPlacement,
): PracticeCourse | undefined {
  const isCourseless = mood === "canvas" && placement === "administration";
  return isCourseless || courseId === undefined ? undefined : getCourse(school, courseId);
}

function pickDeployment(tool: PracticeTool, wanted: string | undefined): string {
  const deploymentId = wanted ?? tool.deploymentIds[0];
  if (deploymentId === undefined) throw new Error(`${tool.title} has no deployment.`);
  return deploymentId;
}

function pickTool(
  { school }: LmsState,
  args: LaunchArgs,
  link: PracticeLink | undefined,
): PracticeTool {
  const clientId = args.clientId ?? (link ? undefined : [...school.tools.keys()][0]);
  const tool =
    clientId !== undefined ? getTool(school, clientId) : link && findToolOfLink(school, link);
  if (!tool) throw new Error("No tool is registered for this link.");
  if (!tool.isActive) throw new Error(`${tool.title} is waiting to be activated.`);
  return tool;
}

function targetOf(
  tool: PracticeTool,
  what: {
    link: PracticeLink | undefined;
    messageType: LaunchMessageType;
    placement: LaunchPlacement;
  },
): string {
  const fallback = tool.targetLinkUri ?? tool.redirectUrls[0] ?? tool.loginUrl;
  if (what.messageType === "LtiDeepLinkingRequest") return tool.deepLinkingUrl ?? fallback;
  if (what.link) return targetOfLink(what.link, what.messageType);
  return what.placement === "administration" ? (tool.administrationUrl ?? fallback) : fallback;
}

function targetOfLink(link: PracticeLink, messageType: LaunchMessageType): string {
  const isReview = messageType === "LtiSubmissionReviewRequest";
  return (isReview ? link.lineItem?.submissionReview?.url : undefined) ?? link.targetLinkUri;
}
