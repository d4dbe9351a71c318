import type { AdministratorGrantStore } from "./administrator-grant-store.js";

/**
 * Takes an administrator's grant back, but never the last one of the organisation: somebody must
 * be able to reach the panel.
 */
export async function revokeAdministrator(
  needs: { grants: Pick<AdministratorGrantStore, "list" | "remove" | "addOnce"> },
  wanted: { organisationId: string; accountId: string },
): Promise<"revoked" | "not-there" | "last-one"> {
  const { organisationId, accountId } = wanted;
  const grants = await needs.grants.list(organisationId);
  const grant = grants.find(({ id }) => id === accountId);
  if (grant === undefined) return "not-there";
  if (grants.length === 1) return "last-one";
  await needs.grants.remove(organisationId, accountId);
  // Two who remove each other at the same moment both get this far; then both stay.
  if ((await needs.grants.list(organisationId)).length > 0) return "revoked";
  await needs.grants.addOnce(grant);
  return "last-one";
}
