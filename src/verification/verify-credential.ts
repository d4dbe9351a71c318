import { isEmailOf } from "../credentials/identity-object.js";
import { plainDate } from "../progress/plain-words.js";
import type { Canonicalise } from "../signing/data-integrity.js";
import { checkProof } from "./check-proof.js";
import { checkStatus, type StatusNeeds } from "./check-status.js";
import {
  type PresentedCredential,
  readPresentedCredential,
  type Secured,
} from "./presented-credential.js";
import { type Check, check, reportOf, type VerificationReport } from "./verification-report.js";

export type VerifyNeeds = StatusNeeds & { canonicalise: Canonicalise };

export type Verification = {
  report: VerificationReport;
  /** Only when it could be read; what it says is proved only when the verdict is `valid`. */
  credential: PresentedCredential | undefined;
};

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

/** What a signature says signed it. */
const keyIdOf = (secured: Secured): unknown =>
  secured.kind === "jwt" ? secured.jws.header["kid"] : secured.proof["verificationMethod"];

const kindSentence = ({ type }: PresentedCredential): string =>
  type.includes("ClrCredential")
    ? "It is a Comprehensive Learner Record 2.0. The credentials in it were not checked one by one."
    : "It is an Open Badges 3.0 credential.";

/**
 * Checks a credential of any issuer (OB 3.0 §9). Nothing about who asked or what was asked is kept.
 * @param presented.text a VC-JWT, or JSON with a Data Integrity proof
 * @param presented.recipientEmail typed in by the verifier, when they know who it should be for
 */
export async function verifyCredential(
  needs: VerifyNeeds,
  presented: { text: string; recipientEmail?: string | undefined },
): Promise<Verification> {
  const reading = readPresentedCredential(presented.text);
  if (reading.kind === "unreadable") {
    return {
      report: reportOf([check("syntax", "invalid", reading.sentence)]),
      credential: undefined,
    };
  }
  const { credential } = reading;
  const { secured } = credential;
  const issuer = await needs.issuers.find(credential.issuer.id, keyIdOf(secured));
  const checks = [
    check("syntax", "valid", kindSentence(credential)),
    ...(await checkProof(needs, secured, issuer)),
    await checkStatus(needs, credential),
    checkDates(credential, needs.now()),
    ...(presented.recipientEmail === undefined
      ? []
      : [checkRecipient(credential, presented.recipientEmail)]),
  ];
  return { report: reportOf(checks), credential };
}
