import { createHash, randomBytes, randomInt } from "node:crypto";

/** What a code or link lets its bearer do, once. */
export type CodePurpose =
  "administrator" | "link-accounts" | "open-backpack" | "platform-invitation" | "setup";

/** A code or link as it is kept: the secret itself is known only to whom it was given. */
export type OneTimeCode = {
  id: string;
  purpose: CodePurpose;
  /** SHA-256 of the code. */
  codeHash: string;
  /** undefined for `setup` alone, which comes before there is an organisation. */
  organisationId: string | undefined;
  /** The account in which it was made; undefined when the command line or a link made it. */
  madeBy: string | undefined;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | undefined;
};

const minutes = 60_000;

/** How long a code of each purpose works. */
export const codeLifetimeMs: Record<CodePurpose, number> = {
  administrator: 24 * 60 * minutes,
  "link-accounts": 15 * minutes,
  "open-backpack": 30 * minutes,
  "platform-invitation": 24 * 60 * minutes,
  setup: 24 * 60 * minutes,
};

// Crockford's base 32: no letter that is easily taken for a digit.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** 80 random bits that a person can type: `7Q4N-0X9D-MZ2A-K8RT`. */
export function makeTypedCode(): string {
  const letter = () => ALPHABET.charAt(randomInt(ALPHABET.length));
  const group = () => Array.from({ length: GROUP_LENGTH }, letter).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** 256 random bits for a link. */
export const makeLinkToken = (): string => randomBytes(32).toString("base64url");

/** What a person typed as the code it stands for: case, blanks and look-alikes do not matter. */
export function readTypedCode(typed: string): string {
  const bare = typed
    .toUpperCase()
    .replace(/[\s–—-]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  return bare.match(/.{1,4}/g)?.join("-") ?? "";
}

export const hashCode = (code: string): string => createHash("sha256").update(code).digest("hex");
