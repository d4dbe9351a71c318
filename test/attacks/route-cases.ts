import type { Route } from "../support/list-routes.js";
import { type Ids, type Tenant, visitOf, type Who } from "./tenant.js";

/** Who may call a route; below `/l/` a visit is needed. */
export function callerOf(path: string): Who {
  if (path.startsWith("/l/:launchId/admin")) return "administrator";
  if (path === "/l/:launchId/assess/complete") return "instructor";
  if (path.startsWith("/l/:launchId/assess")) return "administrator";
  if (path.endsWith("/trial")) return "preview";
  if (path.includes("/mentees/")) return "mentor";
  if (/^\/backpack\/(credentials|elsewhere)\//.test(path)) return "device";
  return path.startsWith("/l/") ? "learner" : "anybody";
}

/** Whose address everybody may know: another organisation's is as good as one's own. */
export const isPublic = (path: string): boolean =>
  /^\/(issuers|achievements|credentials|portfolio|status)\//.test(path);

/** What a parameter means where its name alone does not say. */
export function meaningOf(name: string, path: string): string {
  if (name === "file") return "credentialId";
  // Removed once from here and once from there.
  if (name === "badgeId" && path.startsWith("/backpack/")) return "otherBadgeId";
  if (name !== "examId") return name;
  if (path.includes("/activities/")) return "activityId";
  return path.includes("/admin/") && !path.includes("questions") ? "projectId" : "examId";
}

/** A route's address with a tenant's own ids, some of them changed. */
export function addressOf(tenant: Tenant, path: string, changes: Ids = {}): string {
  const ids: Ids = { launchId: visitOf(tenant, callerOf(path))?.launch.id ?? "", ...tenant.ids };
  return path.replace(/:(\w+)/g, (_, name: string) => {
    return changes[name] ?? ids[meaningOf(name, path)] ?? `no-case-for-${name}`;
  });
}

/** So that what one takes away is still there for the others. */
export function inOrder(routes: readonly Route[]): Route[] {
  const isLast = ({ path }: Route) => {
    // Shuts the browser out that the others are called with.
    if (path.endsWith("browsers")) return 2;
    return /(remove|discard|decline|retry)$/.test(path) ? 1 : 0;
  };
  const isShared = ({ path }: Route) => (path.startsWith("/credentials/") ? 1 : 0);
  return [...routes].sort(
    (one, other) => isLast(one) - isLast(other) || isShared(one) - isShared(other),
  );
}
