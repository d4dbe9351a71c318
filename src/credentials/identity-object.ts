import { createHash } from "node:crypto";

/** Open Badges 3.0 IdentityObject (OB 3.0 §B.1.11): who the recipient is, in clear or hashed. */
export type IdentityObject = {
  type: "IdentityObject";
  identityType: string;
  hashed: boolean;
  /** In clear, or `sha256$` and the hexadecimal hash of value and salt. */
  identityHash: string;
  salt?: string | undefined;
};

export const nameIdentity = (name: string): IdentityObject => ({
  type: "IdentityObject",
  identityType: "name",
  hashed: false,
  identityHash: name,
});

const hashOf = (value: string, salt: string): string =>
  `sha256$${createHash("sha256")
    .update(value + salt, "utf8")
    .digest("hex")}`;

/** Addresses are compared without regard to case, which no mail system in use tells apart. */
const normalEmail = (email: string): string => email.trim().toLowerCase();

/** An e-mail address that only someone who knows it can recognise. */
export const emailIdentity = (email: string, salt: string): IdentityObject => ({
  type: "IdentityObject",
  identityType: "emailAddress",
  hashed: true,
  identityHash: hashOf(normalEmail(email), salt),
  salt,
});

/** Whether an identity stands for this e-mail address, whatever case its issuer hashed it in. */
export function isEmailOf(identity: IdentityObject, email: string): boolean {
  if (identity.identityType !== "emailAddress") return false;
  if (!identity.hashed) return normalEmail(identity.identityHash) === normalEmail(email);
  return [email.trim(), normalEmail(email)].some(
    (value) => hashOf(value, identity.salt ?? "") === identity.identityHash.toLowerCase(),
  );
}
