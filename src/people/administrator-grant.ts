/** What makes an account an administrator of its organisation; a role claim alone never does. */
export type AdministratorGrant = {
  /** The account's id: an account has one grant or none. */
  id: string;
  organisationId: string;
  /** Account of the administrator who granted it; undefined when a one-time code did. */
  grantedBy: string | undefined;
  grantedAt: Date;
};
