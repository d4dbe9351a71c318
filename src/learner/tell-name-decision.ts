import { newId } from "../stored-record.js";
import type { NoticeStore } from "./notice-store.js";

/**
 * An administrator has let a name into credentials, or turned it down: the learner is told at the
 * next launch. The key holds no name, since names can be erased.
 */
export async function tellNameDecision(
  needs: { notices: Pick<NoticeStore, "addNotice">; now: () => Date },
  about: { organisationId: string; accountId: string; outcome: "approved" | "declined" },
): Promise<void> {
  const { organisationId, accountId: learnerId, outcome } = about;
  const kind = `name-${outcome}` as const;
  const key = `${kind}:${newId()}`;
  const notice = { id: newId(), organisationId, learnerId, key, subject: { kind } };
  await needs.notices.addNotice({ ...notice, createdAt: needs.now() });
}
