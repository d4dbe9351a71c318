import { COMMAND_LINE } from "../src/audit/audit-entry.js";
import { type Decision, recordAudit } from "../src/audit/record-audit.js";
import type { Services } from "../src/services.js";

/** Writes into the audit trail what somebody decided at the server, where nobody signs in. */
export async function noteCommand(
  services: Pick<Services, "audit" | "now">,
  decided: Pick<Decision, "organisationId" | "action" | "subject" | "after">,
): Promise<void> {
  await recordAudit(services, { ...decided, actorId: COMMAND_LINE, at: services.now() });
}

/** The same about the whole installation: into the trail of each organisation. */
export async function noteCommandForAll(
  services: Pick<Services, "audit" | "now" | "organisations">,
  decided: Pick<Decision, "action" | "after">,
): Promise<void> {
  for (const { id } of await services.organisations.listAll()) {
    const subject = { kind: "organisation" as const, id };
    await noteCommand(services, { ...decided, organisationId: id, subject });
  }
}
