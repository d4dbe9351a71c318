/** What can be decided about. Opaque: the id says nothing to who has no access to the record. */
type AuditSubject = {
  kind:
    | "account"
    | "award"
    | "course"
    | "equivalency"
    | "exam"
    | "issuer"
    | "issuer-key"
    | "licence"
    | "lms-course"
    | "organisation"
    | "platform"
    | "profession"
    | "push-key"
    | "result-file"
    | "track"
    | "work";
  id: string;
};

/** How something was, or is now: codes, numbers, opaque ids. Never a name, an address, an answer. */
type AuditState = Record<string, string | number | boolean>;

/** Who decided when no person did: the rules, by themselves. */
export const ROSETTE = "rosette";

/** Who decided at the server itself, where nobody signs in. */
export const COMMAND_LINE = "command-line";

/**
 * One decision that somebody may have to answer for: who, what, when, why, before and after.
 * Written once, never changed, never removed.
 */
export type AuditEntry = {
  /** Unique: a step that may run twice gives an id of its own making, e.g. `award:<id>:<revision>`. */
  id: string;
  organisationId: string;
  at: Date;
  /** An account's id, `ROSETTE` or `COMMAND_LINE`. */
  actorId: string;
  /** `<subject>-<done>`, e.g. `award-revoked`; what it is called is `src/admin/audit-page.ts`. */
  action: string;
  subject: AuditSubject;
  /** In the words of who decided; undefined where none is asked for. */
  reason: string | undefined;
  /** undefined where there was nothing before. */
  before: AuditState | undefined;
  /** undefined where nothing is left. */
  after: AuditState | undefined;
};
