/**
 * One person's account in one LMS: unique by (organisation, issuer, sub), never by e-mail.
 * Facts and awards hold only its opaque id.
 */
export type Account = {
  id: string;
  organisationId: string;
  issuer: string;
  sub: string;
  /** The account this one was joined to by its owner with a one-time code. */
  linkedTo: string | undefined;
  /** Student View or the like, as a launch has told: sees everything and is never awarded. */
  isTestUser: boolean;
  createdAt: Date;
};

/** The learner behind an account: the account itself, or the one it was joined to. */
export const learnerIdOf = (account: Pick<Account, "id" | "linkedTo">): string =>
  account.linkedTo ?? account.id;

/** Personal data, kept apart from facts and awards so that it can be erased. Keyed by account. */
export type Profile = {
  /** The account's id. */
  id: string;
  organisationId: string;
  /** The name that goes into credentials: sent by the LMS, or entered and then approved. */
  name: string | undefined;
  nameFrom: "lms" | "approved" | undefined;
  /** What the learner entered and an administrator has not decided on yet. */
  proposedName: string | undefined;
  email: string | undefined;
  /** A DID or https address that the learner says is theirs; goes into credentials. */
  holderId?: string | undefined;
};

/** Whether what an LMS says of a person is known. It says nothing new of a name that was approved. */
export const isKnownOf = (
  profile: Pick<Profile, "name" | "nameFrom" | "email"> | undefined,
  { name, email }: { name?: string | undefined; email?: string | undefined },
): boolean =>
  (name === undefined || name === profile?.name || profile?.nameFrom === "approved") &&
  (email === undefined || email === profile?.email);

/** How a learner without a known name is told from others: the LMS keeps names to itself. */
export const learnerLabel = (learner: { learnerId: string; name: string | undefined }): string =>
  learner.name ?? `Learner ${learner.learnerId.slice(0, 8)}`;
