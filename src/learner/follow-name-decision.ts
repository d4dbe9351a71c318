import { newId } from "../stored-record.js";
import type { NoticeStore } from "./notice-store.js";

type Needs = {
  notices: Pick<NoticeStore, "addNotice">;
  journey: {
    /** Has the credentials issued that waited for a name. */
    nameArrived: (about: { organisationId: string; accountId: string }) => Promise<void>;
  };
  now: () => Date;
};

/**
 * What follows when an administrator has let a name into credentials, or turned it down. The
 * learner is told at the next launch; the key holds no name, since names can be erased.
 */
export async function followNameDecision(
  needs: Needs,
  about: { organisationId: string; accountId: string; outcome: "approved" | "declined" },
): Promise<void> {
  const { organisationId, accountId, outcome } = about;
  if (outcome === "approved") await needs.journey.nameArrived({ organisationId, accountId });
  const kind = `name-${outcome}` as const;
  await needs.notices.addNotice({
    id: newId(),
    organisationId,
    learnerId: accountId,
    key: `${kind}:${newId()}`,
    subject: { kind },
    createdAt: needs.now(),
  });
}
