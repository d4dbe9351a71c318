import type { Platform } from "./platform.js";
import type { AddressForm } from "./platform-form.js";
import type { PlatformStore } from "./platform-store.js";
import { hostsToApprove } from "./hosts-to-approve.js";
import { findRegistrationConflict } from "./registration-conflict.js";
import type { ConnectionTest } from "./test-connection.js";

type Needs = { platforms: Pick<PlatformStore, "findOwn" | "listRivals" | "update"> };

/** The client ID is registered elsewhere too, and what we sign for it must not go here. */
type ClientElsewhere = { kind: "client-elsewhere" };

export type AddressChange =
  { kind: "changed"; before: Platform; after: Platform } | ClientElsewhere | { kind: "not-there" };

async function isClientElsewhere(
  needs: { platforms: Pick<PlatformStore, "listRivals"> },
  wanted: Platform,
): Promise<boolean> {
  const rivals = await needs.platforms.listRivals(wanted);
  const others = rivals.filter(({ id }) => id !== wanted.id);
  return findRegistrationConflict(wanted, others) === "client";
}

/** Tries out other addresses of a registration before they are saved. */
export async function testAddresses(
  needs: {
    platforms: Pick<PlatformStore, "listRivals">;
    testConnection: (platform: Platform) => Promise<ConnectionTest>;
  },
  wanted: Platform,
): Promise<{ kind: "tested"; test: ConnectionTest } | ClientElsewhere> {
  // Testing sends what we sign, as saving would later.
  if (await isClientElsewhere(needs, wanted)) return { kind: "client-elsewhere" };
  return { kind: "tested", test: await needs.testConnection(wanted) };
}

/**
 * Gives a registration of the organisation another name and other addresses; issuer and client ID
 * stay, as people and launches are known by them. What waits for approval waits with the new hosts.
 * Inside a transaction: the registration must not become another's rival meanwhile.
 */
export async function changeAddresses(
  needs: Needs,
  change: { organisationId: string; platformId: string; form: AddressForm },
): Promise<AddressChange> {
  const before = await needs.platforms.findOwn(change.organisationId, change.platformId);
  if (before === undefined) return { kind: "not-there" };
  const moved: Platform = { ...before, ...change.form };
  const isWaiting = before.hostsToApprove !== undefined;
  const wanted = isWaiting ? { ...moved, hostsToApprove: hostsToApprove(moved) } : moved;
  if (await isClientElsewhere(needs, wanted)) return { kind: "client-elsewhere" };
  const after = await needs.platforms.update(wanted);
  return after === undefined ? { kind: "not-there" } : { kind: "changed", before, after };
}
