import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { isEmailOf } from "../credentials/identity-object.js";
import { readHolderId } from "../people/holder-id.js";
import type { FetchDocument } from "./fetch-document.js";
import {
  type AssertionReading,
  BadgeClassSchema,
  HostedIssuerSchema,
  type PresentedAssertion,
  readPresentedAssertion,
} from "./presented-assertion.js";
import { checkPeriod } from "./check-period.js";
import { type Check, check, reportOf, type VerificationReport } from "./verification-report.js";

/** What an assertion says, for whoever reads the report. */
export type AssertionSummary = {
  id: string;
  name: string;
  description: string;
  issuer: { id: string; name: string | undefined };
  holderName: undefined;
};

type Needs = { fetchDocument: FetchDocument; now: () => Date };

const withdrawn = check("status", "invalid", "The issuer has withdrawn it.");

/** What its own address answers with now: that, and no signature, is what vouches for it. */
async function checkHosted(
  needs: Needs,
  presented: PresentedAssertion,
): Promise<[proof: Check, status: Check]> {
  const unknownStatus = check("status", "unknown", "Whether it was withdrawn could not be asked.");
  const answer = await needs.fetchDocument(presented.id);
  if (answer.kind === "gone") {
    return [check("proof", "unknown", "Its issuer does not show it any more."), withdrawn];
  }
  if (answer.kind === "absent") {
    return [
      check("proof", "invalid", "Its own address does not know it."),
      check("status", "unknown", "Its own address does not say what became of it."),
    ];
  }
  const hosted = answer.kind === "unreachable" ? undefined : readPresentedAssertion(answer.text);
  if (hosted === undefined || hosted.kind === "faulty") {
    return [check("proof", "unknown", "Its own address could not be read."), unknownStatus];
  }
  if (hosted.kind === "revoked") {
    return [check("proof", "unknown", "Its issuer does not show it any more."), withdrawn];
  }
  const isSame = isDeepStrictEqual(hosted.assertion, presented);
  return [
    isSame
      ? check("proof", "valid", "It has no signature; its own address says the very same.")
      : check("proof", "invalid", "Its own address says something else: it was changed."),
    check("status", "valid", "The issuer has not withdrawn it."),
  ];
}

/**
 * Whether an issuer vouches for an assertion: its id must be in the scope the issuer names, and
 * without one on the issuer's own host (Open Badges 2.0, VerificationObject).
 */
function isInScope(
  assertionId: string,
  issuerId: string,
  scope: z.output<typeof HostedIssuerSchema>["verification"] = {},
): boolean {
  const { startsWith, allowedOrigins } = scope;
  const { hostname } = new URL(assertionId);
  if (startsWith !== undefined && !startsWith.some((start) => assertionId.startsWith(start))) {
    return false;
  }
  if (allowedOrigins !== undefined) return allowedOrigins.includes(hostname);
  return startsWith !== undefined || hostname === new URL(issuerId).hostname;
}

type IssuerFinding = { found: Check; summary?: AssertionSummary };

/** Follows an assertion to its badge and on to its issuer, each where its id says it is. */
async function checkIssuer(needs: Needs, assertion: PresentedAssertion): Promise<IssuerFinding> {
  const outOfReach = (what: string): IssuerFinding => ({
    found: check("issuer-key", "unknown", `${what} could not be read at its address.`),
  });
  const readJson = async (url: string): Promise<unknown> => {
    const answer = await needs.fetchDocument(url);
    return answer.kind === "json" ? answer.json : undefined;
  };
  const badge = BadgeClassSchema.safeParse(await readJson(assertion.badge));
  if (!badge.success || badge.data.id !== assertion.badge)
    return outOfReach("What it was given for");
  const issuer = HostedIssuerSchema.safeParse(await readJson(badge.data.issuer));
  if (!issuer.success || issuer.data.id !== badge.data.issuer) return outOfReach("Its issuer");
  const { name, description } = badge.data;
  const { id, verification } = issuer.data;
  const summary = {
    ...{ id: assertion.id, name, description, holderName: undefined },
    issuer: { id, name: issuer.data.name },
  };
  return {
    summary,
    found: isInScope(assertion.id, id, verification)
      ? check("issuer-key", "valid", "The place where it stands is one its issuer vouches for.")
      : check("issuer-key", "invalid", "It does not stand at a place its issuer vouches for."),
  };
}

function checkRecipient({ recipient: holder }: PresentedAssertion, typed: string): Check {
  const { type, identity, hashed, salt } = holder;
  const address = readHolderId(typed);
  if (address.kind === "ok") {
    if (hashed || type === "email")
      return check("recipient", "unknown", "It does not hold such an address to compare with.");
    return identity === address.holderId
      ? check("recipient", "valid", "It was issued to this address.")
      : check("recipient", "invalid", "It was issued to another address.");
  }
  if (type !== "email" || (hashed && !identity.startsWith("sha256$"))) {
    return check("recipient", "unknown", "It does not hold an e-mail address to compare with.");
  }
  const known = { type: "IdentityObject", identityType: "emailAddress", identityHash: identity };
  return isEmailOf({ ...known, type: "IdentityObject", hashed, salt }, typed)
    ? check("recipient", "valid", "It was issued to the person with this e-mail address.")
    : check("recipient", "invalid", "It was not issued to the person with this e-mail address.");
}

/**
 * Checks an assertion of Open Badges 2.0, of any issuer. A signed one is not checked: only the
 * hosted kind is.
 */
export async function verifyAssertion(
  needs: Needs,
  reading: AssertionReading,
  recipient: string | undefined,
): Promise<{ report: VerificationReport; credential: undefined; assertion?: AssertionSummary }> {
  if (reading.kind === "faulty") {
    const report = reportOf([check("syntax", "invalid", reading.sentence)]);
    return { report, credential: undefined };
  }
  const syntax = check("syntax", "valid", "It is an Open Badges 2.0 assertion.");
  if (reading.kind === "revoked") {
    return { report: reportOf([syntax, withdrawn]), credential: undefined };
  }
  const { assertion } = reading;
  if (!assertion.verification.type.some((type) => /^(hosted|HostedBadge)$/i.test(type))) {
    const signed = "It asks for a kind of verification that Rosette does not know for 2.0.";
    return {
      report: reportOf([syntax, check("proof", "unknown", signed)]),
      credential: undefined,
    };
  }
  const [proof, status] = await checkHosted(needs, assertion);
  const { found, summary } = await checkIssuer(needs, assertion);
  const { issuedOn: from, expires: until } = assertion;
  const checks = [syntax, proof, found, status, checkPeriod({ from, until }, needs.now())];
  if (recipient !== undefined) checks.push(checkRecipient(assertion, recipient));
  return {
    report: reportOf(checks),
    credential: undefined,
    ...(summary && { assertion: summary }),
  };
}
