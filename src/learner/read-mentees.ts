import type { Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { type Account, learnerIdOf, learnerLabel } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { LearnerPage } from "./learner-page.js";
import { type PageOfNeeds, readPageOf } from "./read-learner-page.js";

export type MenteesNeeds = PageOfNeeds & {
  accounts: Pick<AccountStore, "listBySubs" | "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds">;
};

export type Mentees = {
  learners: { accountId: string; name: string }[];
  /** Linked learners that Rosette does not know yet. */
  unknownCount: number;
};

/** The accounts that the LMS links this visit's mentor to; no others, however they are asked for. */
async function listMentored(needs: MenteesNeeds, { launch }: Visit): Promise<Account[]> {
  const { organisationId, issuer, mentoredSubs: subs = [] } = launch;
  return await needs.accounts.listBySubs({ organisationId, issuer, subs });
}

async function namesOf(needs: MenteesNeeds, organisationId: string, accounts: Account[]) {
  const ids = accounts.map(({ id }) => id);
  const profiles = await needs.profiles.listByIds(organisationId, ids);
  return new Map(profiles.map(({ id, name }) => [id, name]));
}

/** The learners that this visit's mentor may look at, by name. */
export async function readMentees(needs: MenteesNeeds, visit: Visit): Promise<Mentees> {
  const { organisationId, mentoredSubs = [] } = visit.launch;
  const accounts = await listMentored(needs, visit);
  const names = await namesOf(needs, organisationId, accounts);
  const learners = accounts.map((account) => ({
    accountId: account.id,
    name: learnerLabel({ learnerId: learnerIdOf(account), name: names.get(account.id) }),
  }));
  return {
    learners: learners.sort((one, other) => one.name.localeCompare(other.name, "en")),
    unknownCount: new Set(mentoredSubs).size - accounts.length,
  };
}

/** One of them, read only; undefined when the LMS does not link them to this mentor. */
export async function readMentee(
  needs: MenteesNeeds,
  visit: Visit,
  accountId: string,
): Promise<{ name: string; page: LearnerPage } | undefined> {
  const { organisationId } = visit.launch;
  const account = (await listMentored(needs, visit)).find(({ id }) => id === accountId);
  if (account === undefined) return undefined;
  const learnerId = learnerIdOf(account);
  const accountIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
  const [names, page] = await Promise.all([
    namesOf(needs, organisationId, [account]),
    readPageOf(needs, { organisationId, accountIds, onlooker: "mentor", openCourseId: undefined }),
  ]);
  return { name: learnerLabel({ learnerId, name: names.get(account.id) }), page };
}
