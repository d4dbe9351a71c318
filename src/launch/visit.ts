import type { Account } from "../people/account.js";
import type { Launch } from "./launch.js";

/**
 * One person's visit to the pages of one launch: who they are (from the session cookie) and where
 * they came from (from the address, `/l/:launchId`), so that several tabs live side by side.
 */
export type Visit = {
  launch: Launch;
  account: Account;
  /** The learner behind the account, see `learnerIdOf`. */
  learnerId: string;
  /** Whether the LMS calls them an administrator and a grant of ours makes them one here. */
  isAdministrator: boolean;
  /** false: no other account is joined to this one. Otherwise there may be some. */
  mayBeJoined?: boolean;
};

/** Who a route is for. Every route below `/l/:launchId` names one. */
export type Door = "anyone" | "learner" | "instructor" | "mentor" | "administrator";

/**
 * Whether a visit may pass a door. Course actions rest on context roles only (Canvas' institution
 * roles cover the whole account); administrators need a grant of ours besides what the LMS says, and the LMS to say so.
 */
export function mayPass(visit: Visit, door: Door): boolean {
  switch (door) {
    case "anyone":
      return true;
    case "learner":
      return visit.launch.courseRoles.includes("learner") || visit.launch.isTestUser;
    case "instructor":
      return visit.launch.context !== undefined && visit.launch.courseRoles.includes("instructor");
    case "mentor":
      return visit.launch.courseRoles.includes("mentor");
    case "administrator":
      return visit.isAdministrator;
  }
}
