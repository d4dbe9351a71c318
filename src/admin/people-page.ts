import type { Profile } from "../people/account.js";
import type { AdministratorGrant } from "../people/administrator-grant.js";
import { nameOf } from "./award-page.js";
import type { FoundPerson } from "./find-people.js";
import { dayOf } from "./moments.js";

/** Who reaches the panel. The last one stays, so that somebody can. */
export function administratorRows(
  grants: readonly AdministratorGrant[],
  profiles: readonly Profile[],
  ownAccountId: string,
) {
  return grants.map((grant) => ({
    id: grant.id,
    name: nameOf(profiles, grant.id),
    email: profiles.find(({ id }) => id === grant.id)?.email ?? "",
    isYou: grant.id === ownAccountId,
    since: dayOf(grant.grantedAt),
    grantedBy:
      grant.grantedBy === undefined ? "a one-time code" : nameOf(profiles, grant.grantedBy),
    mayBeRemoved: grants.length > 1,
  }));
}

/** People found, and whether they are administrators already. */
export const candidateRows = (
  people: readonly FoundPerson[],
  grants: readonly AdministratorGrant[],
) =>
  people.map((person) => ({
    ...person,
    isAdministrator: grants.some(({ id }) => id === person.id),
  }));

export const proposedNameRows = (
  profiles: readonly Profile[],
  /** The characters of each name that no document can show. */
  unprintable: readonly (readonly string[])[],
) =>
  profiles.map((profile, at) => ({
    unprintable: (unprintable[at] ?? []).join(" "),
    id: profile.id,
    proposed: profile.proposedName ?? "",
    current: profile.name ?? "none",
    email: profile.email ?? "",
  }));
