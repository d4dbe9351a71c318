import type { Submission } from "../activities/submission.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf } from "../people/account.js";
import { newId } from "../stored-record.js";
import type { NoticeStore } from "./notice-store.js";

/** Tells a learner at the next launch what was decided about their work; each decision once. */
export async function tellOutcome(
  needs: { accounts: Pick<AccountStore, "findById">; notices: Pick<NoticeStore, "addNotice"> },
  submission: Submission,
  title: string,
): Promise<void> {
  const { id, organisationId, accountId, assessments } = submission;
  const decision = assessments.at(-1);
  if (decision === undefined) return;
  const account = await needs.accounts.findById(organisationId, accountId);
  await needs.notices.addNotice({
    ...{ id: newId(), organisationId, key: `work:${id}:${assessments.length}` },
    learnerId: account === undefined ? accountId : learnerIdOf(account),
    subject: { kind: decision.outcome === "accepted" ? "work-accepted" : "work-returned", title },
    createdAt: decision.decidedAt,
  });
}
