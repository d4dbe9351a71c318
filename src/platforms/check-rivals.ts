import { ToolError } from "../errors.js";
import type { Platform } from "./platform.js";
import type { PlatformStore } from "./platform-store.js";
import { findRegistrationConflict } from "./registration-conflict.js";

type Wanted = Pick<Platform, "organisationId" | "issuer" | "clientId" | "jwksUrl" | "tokenUrl">;

/**
 * Lets a registration pass that came on an invitation, unless it would speak for another LMS. Where
 * it is written then, that is in one transaction with this: the store has rivals exclude each other.
 * @returns what else is registered for its issuer or client ID
 * @throws ToolError platform-speaks-for-another
 */
export async function checkRivals(
  needs: { platforms: Pick<PlatformStore, "listRivals"> },
  wanted: Wanted,
): Promise<Platform[]> {
  const rivals = await needs.platforms.listRivals(wanted);
  const conflict = findRegistrationConflict(wanted, rivals);
  if (conflict !== undefined) {
    throw new ToolError("platform-speaks-for-another", { detail: conflict });
  }
  return rivals;
}
