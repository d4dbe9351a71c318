import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf, learnerLabel, type Profile } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ListQuery, PageOf } from "../stored-record.js";

export type FindPeopleNeeds = {
  accounts: Pick<AccountStore, "listByIdStart">;
  profiles: Pick<ProfileStore, "list" | "listByIds">;
};

/** Somebody who has an account, as a list shows them. */
export type FoundPerson = { id: string; name: string; email: string };

/** What pages call somebody without a name: “Learner 1a2b3c4d”. */
const ID_START = /^(?:learner\s+)?([0-9a-f]{4,8}(?:-[0-9a-f-]{0,28})?)$/i;

const foundPerson = (id: string, profile: Profile | undefined): FoundPerson => ({
  id,
  name: learnerLabel({ learnerId: id, name: profile?.name }),
  email: profile?.email ?? "",
});

/** The people of an organisation by name or e-mail address, or by how their id begins. */
export async function findPeople(
  needs: FindPeopleNeeds,
  organisationId: string,
  query: ListQuery,
): Promise<PageOf<FoundPerson>> {
  const list = await needs.profiles.list(organisationId, query);
  const start = ID_START.exec(query.search)?.[1]?.toLowerCase();
  if (start === undefined || list.total > 0)
    return { ...list, items: list.items.map((profile) => foundPerson(profile.id, profile)) };
  const accounts = await needs.accounts.listByIdStart(organisationId, start, query.pageSize);
  const ids = [...new Set(accounts.map(learnerIdOf))];
  const profiles = await needs.profiles.listByIds(organisationId, ids);
  const items = ids.map((id) =>
    foundPerson(
      id,
      profiles.find((profile) => profile.id === id),
    ),
  );
  return { items, page: 1, pageCount: 1, total: items.length };
}
