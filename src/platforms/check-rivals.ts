import { ToolError } from "../errors.js";
import type { Platform } from "./platform.js";
import type { PlatformStore } from "./platform-store.js";
import { findRegistrationConflict } from "./registration-conflict.js";

type Wanted = Pick<Platform, "organisationId" | "issuer" | "clientId" | "jwksUrl" | "tokenUrl">;

/**
 * Lets a registration pass that came on an invitation, unless it would speak for another LMS.
 * @throws ToolError platform-speaks-for-another
 */
export async function checkRivals(
  needs: { platforms: Pick<PlatformStore, "listRivals"> },
  wanted: Wanted,
): Promise<void> {
  const conflict = findRegistrationConflict(wanted, await needs.platforms.listRivals(wanted));
  if (conflict !== undefined) {
    throw new ToolError("platform-speaks-for-another", { detail: conflict });
  }
}
