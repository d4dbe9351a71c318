import type { StandingAward } from "../awards/award-standing.js";
import { newId } from "../stored-record.js";
import type { LearnerNotice } from "./notice.js";
import type { NoticeStore } from "./notice-store.js";

function subjectOf({ trackName, standing }: StandingAward): LearnerNotice["subject"] {
  const { state, reason, graceEndsAt } = standing;
  if (state === "on-hold") return { kind: "award-on-hold", trackName, reason, graceEndsAt };
  if (state === "revoked") return { kind: "award-revoked", trackName, reason };
  return { kind: "award-reinstated", trackName };
}

/** Tells a learner at the next launch what became of an award; each change once. */
export async function tellStanding(
  needs: { notices: Pick<NoticeStore, "addNotice"> },
  award: StandingAward,
): Promise<void> {
  const { id, organisationId, learnerId, standing } = award;
  const key = `standing:${id}:${standing.revision}`;
  const subject = subjectOf(award);
  const createdAt = standing.since;
  await needs.notices.addNotice({
    id: newId(),
    organisationId,
    learnerId,
    key,
    subject,
    createdAt,
  });
}
