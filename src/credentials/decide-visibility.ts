import { ToolError } from "../errors.js";
import type { CredentialVisibility } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";

/**
 * The learner shares a credential by link, or takes it back; both as often as they like.
 * @throws ToolError not-found when it is not this learner's
 */
export async function decideVisibility(
  needs: { credentials: Pick<CredentialStore, "setVisibility"> },
  decision: {
    organisationId: string;
    /** Every account of the learner. */
    learnerIds: readonly string[];
    credentialId: string;
    visibility: CredentialVisibility;
  },
): Promise<void> {
  const outcome = await needs.credentials.setVisibility(decision);
  if (outcome === "absent") throw new ToolError("not-found");
}
