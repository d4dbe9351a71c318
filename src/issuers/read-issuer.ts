import type { OrganisationStore } from "../organisations/organisation-store.js";
import { isId } from "../stored-record.js";
import type { IssuerIdentity } from "./issuer.js";
import type { IssuerStore } from "./issuer-store.js";

export type IssuerNeeds = {
  organisations: Pick<OrganisationStore, "findById">;
  brands: Pick<IssuerStore, "findPublic">;
};

type KnownIssuer = IssuerIdentity & { organisationId: string };

/**
 * An issuer as it stands now, by its public id: a brand, or an organisation of which nobody wrote
 * anything but its name. undefined when there is none.
 */
export async function readIssuer(needs: IssuerNeeds, id: string): Promise<KnownIssuer | undefined> {
  if (!isId(id)) return undefined;
  const kept = await needs.brands.findPublic(id);
  if (kept !== undefined) return kept;
  const organisation = await needs.organisations.findById(id);
  return organisation && { id, name: organisation.name, organisationId: id };
}

/** Every issuer of an organisation: itself first, then its other brands by name. */
export async function listIssuers(
  needs: {
    organisations: Pick<OrganisationStore, "findById">;
    brands: Pick<IssuerStore, "list">;
  },
  organisationId: string,
): Promise<KnownIssuer[]> {
  const kept: KnownIssuer[] = await needs.brands.list(organisationId);
  const own = kept.find(({ id }) => id === organisationId);
  const others = kept.filter(({ id }) => id !== organisationId);
  if (own !== undefined) return [own, ...others];
  const organisation = await needs.organisations.findById(organisationId);
  const name = organisation?.name ?? "";
  return [{ id: organisationId, name, organisationId }, ...others];
}
