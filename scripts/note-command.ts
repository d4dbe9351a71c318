import { COMMAND_LINE } from "../src/audit/audit-entry.js";
import { type Decision, recordAudit } from "../src/audit/record-audit.js";
import type { Parts } from "../src/parts/parts.js";

/** Writes into the audit trail what somebody decided at the server, where nobody signs in. */
export async function noteCommand(
  parts: Pick<Parts, "audit" | "now">,
  decided: Pick<Decision, "organisationId" | "action" | "subject" | "after">,
): Promise<void> {
  await recordAudit(parts, { ...decided, actorId: COMMAND_LINE, at: parts.now() });
}

/** The same about the whole installation: into the trail of each organisation. */
export async function noteCommandForAll(
  parts: Pick<Parts, "audit" | "now" | "organisations">,
  decided: Pick<Decision, "action" | "after">,
): Promise<void> {
  for (const { id } of await parts.organisations.listAll()) {
    const subject = { kind: "organisation" as const, id };
    await noteCommand(parts, { ...decided, organisationId: id, subject });
  }
}
