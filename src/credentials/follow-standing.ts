import type { AwardState, StandingAward } from "../awards/award-standing.js";
import type { CredentialStatus } from "../status-lists/status-list.js";
import type { CredentialStore } from "./credential-store.js";

const statuses: Record<AwardState, CredentialStatus> = {
  active: "active",
  "on-hold": "suspended",
  revoked: "revoked",
};

/** Has an award's credential say where the award stands. Idempotent, in any order. */
export async function followStanding(
  needs: { credentials: Pick<CredentialStore, "setStatus"> },
  award: Pick<StandingAward, "id" | "organisationId" | "standing">,
): Promise<void> {
  const { id: awardId, organisationId, standing } = award;
  const { revision } = standing;
  const status = statuses[standing.state];
  await needs.credentials.setStatus({ organisationId, awardId, status, revision });
}
