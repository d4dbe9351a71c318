import type { Platform } from "./platform.js";
import type { AddressForm } from "./platform-form.js";
import type { PlatformStore } from "./platform-store.js";
import { findRegistrationConflict } from "./registration-conflict.js";

type Needs = { platforms: Pick<PlatformStore, "findOwn" | "listRivals" | "update"> };

export type AddressChange =
  | { kind: "changed"; before: Platform; after: Platform }
  /** The client ID is registered elsewhere too, and what we sign for it would go there. */
  | { kind: "client-elsewhere" }
  | { kind: "not-there" };

/**
 * Gives a registration of the organisation another name and other addresses; issuer and client ID
 * stay, as people and launches are known by them.
 */
export async function changeAddresses(
  needs: Needs,
  change: { organisationId: string; platformId: string; form: AddressForm },
): Promise<AddressChange> {
  const before = await needs.platforms.findOwn(change.organisationId, change.platformId);
  if (before === undefined) return { kind: "not-there" };
  const wanted: Platform = { ...before, ...change.form };
  const others = (await needs.platforms.listRivals(wanted)).filter(({ id }) => id !== before.id);
  if (findRegistrationConflict(wanted, others) === "client") return { kind: "client-elsewhere" };
  const after = await needs.platforms.update(wanted);
  return after === undefined ? { kind: "not-there" } : { kind: "changed", before, after };
}
