import type { AuditStore } from "../audit/audit-store.js";
import { recordAudit } from "../audit/record-audit.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { TrackVersion } from "../tracks/track.js";
import type { Begun } from "./list-begun.js";

export type MoveNeeds = {
  audit: Pick<AuditStore, "addOnce">;
  trackMoves: Pick<TrackMoveStore, "addAll">;
};

/**
 * Moves learners to the version in force, each with an entry in the audit trail: to be called in
 * one write.
 * @throws ToolError work-overtaken when somebody else moves one of them at the same moment
 */
export async function moveLearners(
  needs: MoveNeeds,
  begun: readonly Begun[],
  about: { inForce: TrackVersion; movedBy: string; reason: string; at: Date },
): Promise<void> {
  const { inForce, movedBy, reason, at } = about;
  const { organisationId, trackId, version } = inForce;
  const moves = begun.map(({ learner }) => ({
    ...{ id: newId(), organisationId, accountId: learner.learnerId, trackId, version },
    ...{ movedAt: at, movedBy, reason },
  }));
  if ((await needs.trackMoves.addAll(moves)) === "some-were-there")
    throw new ToolError("work-overtaken");
  for (const { learner, own } of begun)
    await recordAudit(needs, {
      ...{ organisationId, actorId: movedBy, reason, at, action: "learner-moved-to-version" },
      subject: { kind: "account", id: learner.learnerId },
      before: { track: trackId, version: own.version },
      after: { track: trackId, version },
    });
}
