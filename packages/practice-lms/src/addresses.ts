import type { LineItem } from "./gradebook.js";
import type { LmsState } from "./lms-state.js";
import type { PracticeTool } from "./model.js";

export const scopes = {
  lineItem: "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
  lineItemReadonly: "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
  resultReadonly: "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
  score: "https://purl.imsglobal.org/spec/lti-ags/scope/score",
  membershipReadonly: "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
  noticeHandlers: "https://purl.imsglobal.org/spec/lti/scope/noticehandlers",
} as const;

export const gradeScopes = [
  scopes.lineItem,
  scopes.lineItemReadonly,
  scopes.resultReadonly,
  scopes.score,
];
export const allScopes = [...gradeScopes, scopes.membershipReadonly, scopes.noticeHandlers];

export const mediaTypes = {
  lineItem: "application/vnd.ims.lis.v2.lineitem+json",
  lineItemContainer: "application/vnd.ims.lis.v2.lineitemcontainer+json",
  score: "application/vnd.ims.lis.v1.score+json",
  resultContainer: "application/vnd.ims.lis.v2.resultcontainer+json",
  membershipContainer: "application/vnd.ims.lti-nrps.v2.membershipcontainer+json",
} as const;

export const paths = {
  openidConfiguration: "/.well-known/openid-configuration",
  registration: "/lti/registration",
  jwks: "/lti/jwks",
  authorization: "/lti/authorize",
  token: "/lti/token",
  deepLinkingReturn: "/lti/content-item-return",
  noticeHandlers: "/api/lti/notice-handlers",
} as const;

/** Path patterns of the parts, as each platform lays them out. */
export function servicePatterns({ mood }: Pick<LmsState, "mood">) {
  return mood === "moodle"
    ? {
        lineItems: "/lti/services/:courseId/lineitems",
        lineItem: "/lti/services/:courseId/lineitems/:lineItemId/lineitem",
        memberships: "/lti/services/CourseSection/:courseId/bindings/:binding/memberships",
      }
    : {
        lineItems: "/api/lti/courses/:courseId/line_items",
        lineItem: "/api/lti/courses/:courseId/line_items/:lineItemId",
        memberships: "/api/lti/courses/:courseId/names_and_roles",
      };
}

/** Moodle tells tools apart by a query parameter that every service address carries. */
export function typeIdOf(tool: Pick<PracticeTool, "deploymentIds">): string {
  return tool.deploymentIds[0] ?? "";
}

export function lineItemsUrl(state: LmsState, tool: PracticeTool, courseId: string): string {
  const path = fill(servicePatterns(state).lineItems, { courseId });
  return withTypeId(state, tool, path);
}

/** @param below what follows the line item's path, as in "/results" */
export function lineItemUrl(
  state: LmsState,
  tool: PracticeTool,
  { item, below = "" }: { item: LineItem; below?: string },
): string {
  const pattern = servicePatterns(state).lineItem;
  const path = fill(pattern, { courseId: item.courseId, lineItemId: item.id });
  return withTypeId(state, tool, path + below);
}

export function membershipsUrl(state: LmsState, tool: PracticeTool, courseId: string): string {
  const path = fill(servicePatterns(state).memberships, { courseId, binding: typeIdOf(tool) });
  return state.url + path;
}

function withTypeId(state: LmsState, tool: PracticeTool, path: string): string {
  const query = state.mood === "moodle" ? `?type_id=${encodeURIComponent(typeIdOf(tool))}` : "";
  return state.url + path + query;
}

function fill(pattern: string, values: Record<string, string>): string {
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
