import type { AuditStore } from "./audit/audit-store.js";
import { recordAudit } from "./audit/record-audit.js";
import type { AwardStore } from "./awards/award-store.js";
import type { AwardDecisionByHand } from "./awards/decide-standing.js";
import { eachInTurn } from "./each-in-turn.js";
import type { AccountStore } from "./people/account-store.js";
import type { AdministratorGrantStore } from "./people/administrator-grant-store.js";
import type { ErasedPersonStore } from "./people/erased-person-store.js";
import type { ErasureStore } from "./people/erasure-store.js";
import {
  type CredentialWish,
  type Erasure,
  type LmsPerson,
  nextPassAt,
  peopleSeal,
} from "./people/erasure.js";
import type { PersonalDataStore } from "./people/personal-data-store.js";
import type { SealedBox } from "./sealed-box.js";
import type { WorkQueue } from "./work/work-queue.js";

export type ErasureNeeds = {
  accounts: Pick<AccountStore, "listByIds" | "listBySubs" | "listIdsOfLearner">;
  audit: Pick<AuditStore, "addOnce">;
  awards: Pick<AwardStore, "listForLearners">;
  erasedPeople: Pick<ErasedPersonStore, "note">;
  erasures: ErasureStore;
  grants: Pick<AdministratorGrantStore, "has">;
  personalData: PersonalDataStore;
  sealedBox: Pick<SealedBox, "seal" | "open">;
  work: Pick<WorkQueue, "wake">;
  decideAboutAward: (wanted: {
    organisationId: string;
    awardId: string;
    decision: AwardDecisionByHand;
  }) => Promise<unknown>;
  unnameCredentials: (about: {
    organisationId: string;
    learnerIds: readonly string[];
    isHidden: boolean;
  }) => Promise<void>;
  now: () => Date;
};

/** What came of the wish to delete an account. */
export type DeletionOutcome = "begun" | "administers";

/** So many in one sweep; the next one goes on. */
const MOST_AT_ONCE = 20;

/**
 * A learner deletes their account: what is theirs goes, what they earned loses their name, or is
 * withdrawn. Every step may be repeated, and the sweep repeats what a crash left.
 */
export function createErasureJourney(needs: ErasureNeeds) {
  const { accounts, awards, erasures, personalData, sealedBox } = needs;

  /** Writes down who it is about before anything of it goes. */
  async function noteWho(erasure: Erasure): Promise<{ ids: string[]; people: LmsPerson[] }> {
    const { id, organisationId, sealedPeople } = erasure;
    const joined = await accounts.listIdsOfLearner(organisationId, id);
    const ids = [...new Set([...erasure.accountIds, ...joined])];
    const known =
      sealedPeople === undefined
        ? []
        : (JSON.parse(sealedBox.open(sealedPeople, peopleSeal)) as LmsPerson[]);
    const found = await accounts.listByIds(organisationId, ids);
    const people = [...known, ...found.map(({ issuer, sub }) => ({ issuer, sub }))];
    const byText = new Map(people.map((person) => [JSON.stringify(person), person]));
    const sealed = sealedBox.seal(JSON.stringify([...byText.values()]), peopleSeal);
    await erasures.noteWho(id, { accountIds: ids, sealedPeople: sealed });
    return { ids, people: [...byText.values()] };
  }

  async function withdrawAwards(erasure: Erasure, ids: string[]): Promise<void> {
    const { id: actorId, organisationId } = erasure;
    const reason = "Its holder deleted their account and withdrew it.";
    const decision = { kind: "withdraw", actorId, reason } as const;
    for (const award of await awards.listForLearners(organisationId, ids))
      if (award.standing.state !== "revoked")
        await needs.decideAboutAward({ organisationId, awardId: award.id, decision });
  }

  async function goThrough(erasure: Erasure): Promise<void> {
    const { id, organisationId, credentials, requestedAt: at } = erasure;
    await recordAudit(needs, {
      ...{ id: `erasure:${id}`, organisationId, at, actorId: id, action: "account-deleted" },
      subject: { kind: "account", id },
      after: { credentials },
    });
    const { ids, people } = await noteWho(erasure);
    for (const person of people) {
      const { issuer, sub } = person;
      const theirs = await accounts.listBySubs({ organisationId, issuer, subs: [sub] });
      // Who has come back since is somebody new, and none of this is about them.
      if (theirs.some((account) => !ids.includes(account.id))) continue;
      await needs.erasedPeople.note({ organisationId, ...person }, at);
      await personalData.eraseObservations(organisationId, person);
    }
    await personalData.erase(organisationId, ids);
    if (credentials === "withdraw") await withdrawAwards(erasure, ids);
    const isHidden = credentials === "withdraw";
    await needs.unnameCredentials({ organisationId, learnerIds: ids, isHidden });
    await personalData.severFacts(organisationId, ids);
    // Once more: being told that an award was withdrawn is theirs as well.
    await personalData.erase(organisationId, ids);
    await personalData.eraseAccounts(organisationId, ids);
    await erasures.notePass(erasure, nextPassAt(erasure, needs.now()));
  }

  return {
    /** From the moment this is answered it goes on to its end, whatever happens. */
    async deleteAccount(wanted: {
      organisationId: string;
      learnerId: string;
      credentials: CredentialWish;
    }): Promise<DeletionOutcome> {
      const { organisationId, learnerId, credentials } = wanted;
      const accountIds = await accounts.listIdsOfLearner(organisationId, learnerId);
      for (const id of accountIds)
        if (await needs.grants.has(organisationId, id)) return "administers";
      const requestedAt = needs.now();
      await erasures.addOnce({
        ...{ id: learnerId, organisationId, accountIds, sealedPeople: undefined },
        ...{ credentials, requestedAt, passes: 0, nextAt: requestedAt },
      });
      await needs.work.wake("erase-account", { key: learnerId, organisationId });
      return "begun";
    },

    /** Goes through everything of somebody who deleted their account, if that is due. */
    async eraseAccount(learnerId: string): Promise<void> {
      const erasure = await erasures.find(learnerId);
      if (erasure?.nextAt === undefined || erasure.nextAt > needs.now()) return;
      await goThrough(erasure);
    },

    /** Goes on with what a crash left, and goes through again what is due. */
    async sweepErasures(): Promise<void> {
      await eachInTurn(await erasures.listDue(needs.now(), MOST_AT_ONCE), goThrough);
    },
  };
}
