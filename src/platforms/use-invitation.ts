import { ToolError } from "../errors.js";

/** A one-time link that lets its bearer register an LMS. */
export type Invitation = {
  id: string;
  /** undefined at the very first set-up, which founds the organisation. */
  organisationId: string | undefined;
};

/** Where invitations come from; a later chapter keeps them. */
export type Invitations = {
  /** Looking at one does not use it up. */
  find(token: string): Promise<Invitation | undefined>;
  /** Uses it up; of several at once only one gets it. */
  take(token: string): Promise<Invitation | undefined>;
  giveBack(id: string): Promise<void>;
};

/** @throws ToolError code-invalid */
export async function getInvitation(invitations: Invitations, token: string): Promise<Invitation> {
  const invitation = await invitations.find(token);
  if (invitation === undefined) throw new ToolError("code-invalid");
  return invitation;
}

/**
 * Does something once on an invitation; when it comes to nothing, the invitation can be used
 * again.
 * @throws ToolError code-invalid, and whatever the work throws
 */
export async function useInvitation<T>(
  invitations: Invitations,
  token: string,
  work: (invitation: Invitation) => Promise<T>,
): Promise<T> {
  const invitation = await invitations.take(token);
  if (invitation === undefined) throw new ToolError("code-invalid");
  try {
    return await work(invitation);
  } catch (error) {
    await invitations.giveBack(invitation.id);
    throw error;
  }
}
