import { type Account, learnerIdOf } from "./account.js";
import type { AccountStore } from "./account-store.js";
import { hashCode, readTypedCode } from "./one-time-code.js";
import type { OneTimeCodeStore } from "./one-time-code-store.js";

/** Why two accounts were not joined. */
export type LinkFault =
  /** The code was used, has run out, is for something else or never existed. */
  | "code-invalid"
  /** It was made in this very account, or in one already joined with it. */
  | "same-person"
  /** This account belongs to another learner already. */
  | "already-linked"
  /** Other accounts are joined to this one: enter a code made here over there instead. */
  | "has-followers"
  /** One of the two was being joined elsewhere at the same moment. */
  | "try-again";

export type LinkResult =
  | {
      kind: "linked";
      /** The learner that the account belongs to from now on. */
      learnerId: string;
      /** Every account of that learner. */
      accountIds: string[];
    }
  | { kind: "refused"; because: LinkFault };

type Needs = {
  accounts: Pick<AccountStore, "findById" | "link" | "listIdsOfLearner">;
  codes: Pick<OneTimeCodeStore, "consume" | "findUsable">;
  now: () => Date;
};

/** Whether `account` may be joined to the learner behind `other`; its followers are the accounts
 * joined to it so far. */
function decideLink(
  account: Account,
  other: Account,
  followerCount: number,
): LinkFault | undefined {
  if (learnerIdOf(account) === learnerIdOf(other)) return "same-person";
  if (account.linkedTo !== undefined) return "already-linked";
  return followerCount > 0 ? "has-followers" : undefined;
}

/**
 * Joins the account in which a code is entered to the person in whose account it was made.
 * A refusal for another reason than the code leaves the code usable.
 */
export async function linkAccounts(
  needs: Needs,
  account: Account,
  typedCode: string,
): Promise<LinkResult> {
  const { organisationId } = account;
  const key = {
    purposes: ["link-accounts"] as const,
    codeHash: hashCode(readTypedCode(typedCode)),
    organisationId,
    now: needs.now(),
  };
  const refused = (because: LinkFault): LinkResult => ({ kind: "refused", because });
  const code = await needs.codes.findUsable(key);
  const other =
    code?.madeBy === undefined
      ? undefined
      : await needs.accounts.findById(organisationId, code.madeBy);
  if (other === undefined) return refused("code-invalid");

  const ownIds = await needs.accounts.listIdsOfLearner(organisationId, account.id);
  const fault = decideLink(account, other, ownIds.length - 1);
  if (fault !== undefined) return refused(fault);

  if ((await needs.codes.consume(key)) === undefined) return refused("code-invalid");
  const learnerId = learnerIdOf(other);
  const outcome = await needs.accounts.link(organisationId, account.id, learnerId);
  if (outcome === "not-free") return refused("try-again");
  return {
    kind: "linked",
    learnerId,
    accountIds: await needs.accounts.listIdsOfLearner(organisationId, learnerId),
  };
}
