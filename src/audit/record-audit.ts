import { newId } from "../stored-record.js";
import type { AuditEntry } from "./audit-entry.js";
import type { AuditStore } from "./audit-store.js";

/** A decision as it is handed over; what is not given is absent. */
export type Decision = Pick<
  AuditEntry,
  "organisationId" | "actorId" | "action" | "subject" | "at"
> &
  Partial<Pick<AuditEntry, "id" | "reason" | "before" | "after">>;

/**
 * Writes a decision into the audit trail. With an `id` of the caller's making it is written once,
 * however often it is called.
 */
export async function recordAudit(
  needs: { audit: Pick<AuditStore, "addOnce"> },
  decision: Decision,
): Promise<void> {
  const { id = newId(), organisationId, at, actorId, action, subject } = decision;
  const { reason, before, after } = decision;
  const what = { actorId, action, subject, reason, before, after };
  await needs.audit.addOnce({ id, organisationId, at, ...what });
}
