/**
 * Something an administrator may want to know. Holds codes and opaque ids, never personal data
 * or secrets.
 */
export type Event = {
  id: string;
  /** undefined when it could not be told whose it was (a launch from an unknown LMS). */
  organisationId: string | undefined;
  code: string;
  level: "info" | "warning";
  /** One plain sentence for the administrator. */
  summary: string;
  /** Opaque ids and codes, e.g. `{ platformId, correlationId }`. */
  about: Record<string, string>;
  at: Date;
};
