import { isEmailOf } from "../credentials/identity-object.js";
import { holderIdIn } from "../credentials/open-badge.js";
import { readHolderId } from "../people/holder-id.js";
import { checkPeriod } from "./check-period.js";
import { checkProof } from "./check-proof.js";
import { checkStatus } from "./check-status.js";
import { readPresentedAssertion } from "./presented-assertion.js";
import { type AssertionSummary, verifyAssertion } from "./verify-assertion.js";
import {
  CREDENTIAL_MAX_CHARACTERS,
  type PresentedCredential,
  readPresentedCredential,
  type Secured,
} from "./presented-credential.js";
import { type Check, check, reportOf, type VerificationReport } from "./verification-report.js";
import { type VerifyNeeds, withinBudget } from "./within-budget.js";

export type Verification = {
  report: VerificationReport;
  /** Only when it could be read; what it says is proved only when the verdict is `valid`. */
  credential: PresentedCredential | undefined;
  /** Of Open Badges 2.0: what it says of itself. */
  assertion?: AssertionSummary;
  /** Of a learner record: each credential in it, checked by itself. */
  contents?: Verification[];
};

/** Compared as it is written: a DID is, and an address that its holder gave to their issuers is. */
function checkHolder({ credentialSubject }: PresentedCredential, holderId: string): Check {
  const known = holderIdIn({ credentialSubject });
  if (known === undefined)
    return check(
      "recipient",
      "unknown",
      "It does not hold an address of its holder to compare with.",
    );
  return known === holderId
    ? check("recipient", "valid", "Its holder gave this as their own address.")
    : check("recipient", "invalid", "Its holder gave another address as their own.");
}

function checkRecipient(credential: PresentedCredential, recipient: string): Check {
  const reading = readHolderId(recipient);
  return reading.kind === "ok"
    ? checkHolder(credential, reading.holderId)
    : checkEmail(credential, recipient);
}

function checkEmail({ credentialSubject }: PresentedCredential, email: string): Check {
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

const isRecord = ({ type }: PresentedCredential): boolean => type.includes("ClrCredential");

const kindSentence = (credential: PresentedCredential): string =>
  isRecord(credential)
    ? "It is a Comprehensive Learner Record 2.0."
    : "It is an Open Badges 3.0 credential.";

/** More than a record of a whole career holds. */
const MOST_IN_A_RECORD = 50;

const are = (count: number, what: string): string =>
  `${count} ${count === 1 ? "is" : "are"} ${what}`;

/** What a record's contents come to, said in one sentence. */
function checkContents(contents: readonly Verification[], held: number): Check {
  const count = (outcome: string): number =>
    contents.filter(({ report }) => report.verdict === outcome).length;
  const inIt = held === 1 ? "Of the one credential in it," : `Of ${held} credentials in it,`;
  if (count("invalid") > 0) {
    return check(
      "contents",
      "invalid",
      `${inIt} ${are(count("invalid"), "not valid")}; see below.`,
    );
  }
  const unsettled = held - count("valid");
  if (unsettled > 0) {
    return check("contents", "unknown", `${inIt} ${are(unsettled, "not settled")}; see below.`);
  }
  const each = held === 1 ? "The credential" : `Each of the ${held} credentials`;
  return check("contents", "valid", `${each} in it is valid by itself.`);
}

/** A credential inside another: its JSON, or a VC-JWT as such or enveloped (VC 2.0 §4.13). */
function textOfContent(content: unknown): string {
  if (typeof content === "string") return content;
  const id = typeof content === "object" && content !== null && "id" in content ? content.id : "";
  const enveloped = /^data:application\/(?:vc\+)?jwt,(.+)$/s.exec(typeof id === "string" ? id : "");
  return enveloped?.[1] ?? JSON.stringify(content);
}

type Presented = { text: string; recipient?: string | undefined };

/** Every credential in a record by itself, one after the other. Records in a record stay closed. */
async function verifyContents(
  needs: VerifyNeeds,
  { credentialSubject }: PresentedCredential,
): Promise<{ contents: Verification[]; found: Check }> {
  const held = [(credentialSubject as { verifiableCredential?: unknown }).verifiableCredential]
    .flat()
    .filter((content) => content !== undefined);
  const contents: Verification[] = [];
  for (const content of held.slice(0, MOST_IN_A_RECORD)) {
    contents.push(await verifyOne(needs, { text: textOfContent(content) }, { isInside: true }));
  }
  return { contents, found: checkContents(contents, held.length) };
}

/**
 * Checks a credential of any issuer (OB 3.0 §9), those in it when it is a learner record (CLR
 * 2.0), and a hosted assertion of Open Badges 2.0. Answers within five seconds. Nothing about who asked or what was asked is kept.
 * @param presented.text a VC-JWT, JSON with a Data Integrity proof, or an assertion
 * @param presented.recipient an e-mail address, DID or web address that the verifier typed in, when they know
 *   who it should be for
 */
export async function verifyCredential(
  needs: VerifyNeeds,
  presented: Presented,
): Promise<Verification> {
  const bounded = withinBudget(needs);
  const tooLong = presented.text.length > CREDENTIAL_MAX_CHARACTERS;
  const assertion = tooLong ? undefined : readPresentedAssertion(presented.text);
  return assertion === undefined
    ? await verifyOne(bounded, presented, { isInside: false })
    : await verifyAssertion(bounded, assertion, presented.recipient);
}

async function verifyOne(
  needs: VerifyNeeds,
  presented: Presented,
  { isInside }: { isInside: boolean },
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
    checkPeriod({ from: credential.validFrom, until: credential.validUntil }, needs.now()),
    ...(presented.recipient === undefined ? [] : [checkRecipient(credential, presented.recipient)]),
  ];
  if (!isRecord(credential)) return { report: reportOf(checks), credential };
  if (isInside) {
    const closed = check(
      "contents",
      "unknown",
      "It is a record inside a record, and was not opened.",
    );
    return { report: reportOf([...checks, closed]), credential };
  }
  const { contents, found } = await verifyContents(needs, credential);
  return { report: reportOf([...checks, found]), credential, contents };
}
