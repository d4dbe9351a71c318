import { isSignedBy } from "../signing/compact-jws.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { isEmailOf } from "../credentials/identity-object.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { CredentialStatus } from "../status-lists/status-list.js";
import { isId } from "../stored-record.js";
import { findBoundKey } from "./bound-key.js";
import type { IssuerDirectory, IssuerFinding } from "./issuer-directory.js";
import { plainDate } from "../progress/plain-words.js";
import { type PresentedCredential, readPresentedCredential } from "./presented-credential.js";
import {
  type Check,
  type CheckName,
  type CheckOutcome,
  reportOf,
  type VerificationReport,
} from "./verification-report.js";

export type VerifyNeeds = {
  addresses: PublicAddresses;
  issuers: IssuerDirectory;
  credentials: Pick<CredentialStore, "findById">;
  now: () => Date;
};

export type Verification = {
  report: VerificationReport;
  /** Only when it could be read; what it says is proved only when the verdict is `valid`. */
  credential: PresentedCredential | undefined;
};

const check = (name: CheckName, outcome: CheckOutcome, sentence: string): Check => ({
  name,
  outcome,
  sentence,
});

const outOfReach =
  "Rosette cannot reach other issuers yet, so only they can say whether it is theirs.";

function checkProof(
  { jws }: PresentedCredential,
  issuer: IssuerFinding,
  now: Date,
): [proof: Check, issuerKey: Check] {
  if (issuer.kind === "out-of-reach") {
    return [
      check("proof", "unknown", "The signature could not be checked without its issuer's key."),
      check("issuer-key", "unknown", outOfReach),
    ];
  }
  const unchecked = "The signature was not checked, as no key of its issuer goes with it.";
  if (issuer.kind === "no-such-issuer") {
    return [
      check("proof", "unknown", unchecked),
      check("issuer-key", "invalid", "It names an issuer that this installation does not know."),
    ];
  }
  const search = findBoundKey(jws.header, issuer.document, now);
  if (search.kind === "unacceptable-algorithm") {
    return [
      check("proof", "invalid", search.sentence),
      check(
        "issuer-key",
        "unknown",
        "Without an acceptable signature there is no key to look for.",
      ),
    ];
  }
  if (search.kind === "not-bound") {
    return [check("proof", "unknown", unchecked), check("issuer-key", "invalid", search.sentence)];
  }
  const isSigned = isSignedBy(jws, search.algorithm, search.jwk);
  return [
    isSigned
      ? check(
          "proof",
          "valid",
          "The signature is right: not a character was changed since it was signed.",
        )
      : check(
          "proof",
          "invalid",
          "The signature does not fit: it was changed, or signed by someone else.",
        ),
    check("issuer-key", "valid", "The key it names belongs to its issuer."),
  ];
}

const statusChecks: Record<CredentialStatus, Check> = {
  active: check("status", "valid", "The issuer has not withdrawn it."),
  suspended: check("status", "invalid", "The issuer has put it on hold."),
  revoked: check("status", "invalid", "The issuer has withdrawn it."),
};

async function checkStatus(needs: VerifyNeeds, credential: PresentedCredential): Promise<Check> {
  const issuerId = needs.addresses.issuerIdOf(credential.issuer.id);
  if (issuerId === undefined) {
    return check("status", "unknown", "Only its issuer knows whether it was withdrawn.");
  }
  const id = needs.addresses.credentialIdOf(credential.id);
  const stored = id === undefined || !isId(id) ? undefined : await needs.credentials.findById(id);
  if (stored?.issuerId !== issuerId) {
    return check("status", "unknown", "This installation has no record of it.");
  }
  return statusChecks[stored.status];
}

function checkDates({ validFrom, validUntil }: PresentedCredential, now: Date): Check {
  const from = new Date(validFrom);
  if (from > now) return check("dates", "invalid", `It is not valid before ${plainDate(from)}.`);
  if (validUntil === undefined) {
    return check("dates", "valid", `It is valid since ${plainDate(from)} and has no end date.`);
  }
  const until = new Date(validUntil);
  return until <= now
    ? check("dates", "invalid", `It was valid until ${plainDate(until)}.`)
    : check("dates", "valid", `It is valid from ${plainDate(from)} until ${plainDate(until)}.`);
}

function checkRecipient({ credentialSubject }: PresentedCredential, email: string): Check {
  const emails = (credentialSubject.identifier ?? []).filter(
    ({ identityType }) => identityType === "emailAddress",
  );
  if (emails.length === 0) {
    return check("recipient", "unknown", "It does not hold an e-mail address to compare with.");
  }
  return emails.some((identity) => isEmailOf({ type: "IdentityObject", ...identity }, email))
    ? check("recipient", "valid", "It was issued to the person with this e-mail address.")
    : check("recipient", "invalid", "It was not issued to the person with this e-mail address.");
}

/**
 * Checks a VC-JWT (OB 3.0 §9). Nothing about who asked or what was asked is kept.
 * @param presented.recipientEmail typed in by the verifier, when they know who it should be for
 */
export async function verifyCredential(
  needs: VerifyNeeds,
  presented: { jwt: string; recipientEmail?: string | undefined },
): Promise<Verification> {
  const reading = readPresentedCredential(presented.jwt);
  if (reading.kind === "unreadable") {
    return {
      report: reportOf([check("syntax", "invalid", reading.sentence)]),
      credential: undefined,
    };
  }
  const { credential } = reading;
  const now = needs.now();
  const checks = [
    check("syntax", "valid", "It is an Open Badges 3.0 credential."),
    ...checkProof(credential, await needs.issuers.find(credential.issuer.id), now),
    await checkStatus(needs, credential),
    checkDates(credential, now),
    ...(presented.recipientEmail === undefined
      ? []
      : [checkRecipient(credential, presented.recipientEmail)]),
  ];
  return { report: reportOf(checks), credential };
}
