/**
 * What lets a person go on in a new window where the frame they came from keeps no cookies. Only
 * a hash of it is kept; it works once, within minutes, for one launch of one account.
 */
export type Ticket = {
  /** SHA-256 of what the browser posts. */
  id: string;
  organisationId: string;
  accountId: string;
  launchId: string;
  expiresAt: Date;
};

/** How long a person may take to press the button. */
export const ticketLifetimeMs = 5 * 60 * 1000;
