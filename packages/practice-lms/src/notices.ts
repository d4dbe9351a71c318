import { randomUUID } from "node:crypto";
import { paths, scopes } from "./addresses.js";
import type { LmsState } from "./lms-state.js";
import type { PracticeTool } from "./model.js";
import { getCourse, getTool } from "./school.js";

/** What Canvas tells outside of launches. */
export const noticeTypes = ["LtiHelloWorldNotice", "LtiContextCopyNotice"];

/** Which notice to send; a copy's course is named. */
export type NoticeArgs = { clientId: string } & (
  { type: "LtiHelloWorldNotice" } | { type: "LtiContextCopyNotice"; courseId: string }
);

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;

/** What launches say of notices: Canvas takes addresses for them, Moodle has none. */
export function noticeClaim(
  lms: LmsState,
  tool: PracticeTool,
  deploymentId: string,
): Record<string, unknown> {
  const isAllowed = tool.scopes?.includes(scopes.noticeHandlers) ?? true;
  if (lms.mood === "moodle" || !isAllowed) return {};
  return {
    [lti("platformnotificationservice")]: {
      service_versions: ["1.0"],
      platform_notification_service_url: `${lms.url}${paths.noticeHandlers}/${encodeURIComponent(deploymentId)}`,
      scope: [scopes.noticeHandlers],
      notice_types_supported: noticeTypes,
    },
  };
}

/** Signs a notice, without sending it. */
export function signNotice(lms: LmsState, args: NoticeArgs): string {
  const tool = getTool(lms.school, args.clientId);
  const issuedAt = Math.floor(lms.now().getTime() / 1000);
  const course =
    args.type === "LtiContextCopyNotice" ? getCourse(lms.school, args.courseId) : undefined;
  const claims = {
    iss: lms.issuer,
    aud: tool.clientId,
    azp: tool.clientId,
    iat: issuedAt,
    exp: issuedAt + 3600,
    nonce: randomUUID(),
    [lti("version")]: "1.3.0",
    [lti("deployment_id")]: tool.deploymentIds[0],
    [lti("notice")]: { id: randomUUID(), timestamp: lms.now().toISOString(), type: args.type },
    ...(course && {
      [lti("context")]: { id: course.id, label: course.code, title: course.title },
      [lti("origin_contexts")]: (course.copiedFrom ?? []).slice(0, 1),
    }),
  };
  return lms.keys.sign(lms.faults.alterClaims?.(claims) ?? claims, lms.faults.signWith);
}

/** Sends notices to the tool's handler; none is sent again, whatever comes back. The status. */
export async function sendNotices(
  lms: LmsState,
  about: { clientId: string; type: NoticeArgs["type"]; jwts: string[] },
): Promise<number> {
  const handler = lms.noticeHandlers.get(JSON.stringify([about.clientId, about.type]));
  if (handler === undefined) throw new Error(`The tool wants no ${about.type}.`);
  const { status } = await fetch(handler, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ notices: about.jwts.map((jwt) => ({ jwt })) }),
    signal: AbortSignal.timeout(10_000),
  });
  return status;
}
