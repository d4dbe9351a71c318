import { isSignedBy } from "../signing/compact-jws.js";
import { type Canonicalise, isProofBy } from "../signing/data-integrity.js";
import { findBoundKey, findProofKey } from "./bound-key.js";
import type { IssuerFinding } from "./issuer-directory.js";
import type { Secured } from "./presented-credential.js";
import { type Check, check } from "./verification-report.js";

type ProofChecks = [proof: Check, issuerKey: Check];

const unchecked = check(
  "proof",
  "unknown",
  "The signature was not checked, as no key of its issuer goes with it.",
);

const right = check(
  "proof",
  "valid",
  "The signature is right: not a character was changed since it was signed.",
);

const wrong = check(
  "proof",
  "invalid",
  "The signature does not fit: it was changed, or signed by someone else.",
);

/** What canonicalising failed of, in words; the library's own stay out of the page. */
function failedCheck(error: unknown): Check {
  const message = error instanceof Error ? error.message : "";
  if (message.startsWith("Dereferencing a URL")) {
    return check("proof", "unknown", "It uses a vocabulary that Rosette does not carry.");
  }
  if (/took too long|failed|was stopped/.test(message)) {
    return check("proof", "invalid", "It is built so that checking it would never end.");
  }
  return check(
    "proof",
    "invalid",
    "It says things that its vocabularies do not define, so nobody can have signed them.",
  );
}

async function isSigned(
  secured: Secured,
  key: Extract<ReturnType<typeof findKey>, { kind: "bound" }>,
  canonicalise: Canonicalise,
): Promise<boolean> {
  if (secured.kind === "jwt") {
    return key.algorithm !== undefined && isSignedBy(secured.jws, key.algorithm, key.jwk);
  }
  return await isProofBy(secured, key.jwk, canonicalise);
}

function findKey(secured: Secured, issuer: Extract<IssuerFinding, { kind: "found" }>, now: Date) {
  if (secured.kind === "jwt") return findBoundKey(secured.jws.header, issuer.document, now);
  const search = findProofKey(secured.proof, issuer.document, now);
  return search.kind === "bound" ? { ...search, algorithm: undefined } : search;
}

/** Whether it was signed as it is, with a key that is its issuer's. */
export async function checkProof(
  needs: { canonicalise: Canonicalise; now: () => Date },
  secured: Secured,
  issuer: IssuerFinding,
): Promise<ProofChecks> {
  if (issuer.kind === "out-of-reach") {
    return [
      check("proof", "unknown", "The signature could not be checked without its issuer's key."),
      check("issuer-key", "unknown", issuer.sentence),
    ];
  }
  if (issuer.kind === "no-such-issuer") {
    return [
      unchecked,
      check("issuer-key", "invalid", "It names an issuer that its own address does not know."),
    ];
  }
  const search = findKey(secured, issuer, needs.now());
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
    return [unchecked, check("issuer-key", "invalid", search.sentence)];
  }
  const bound = check("issuer-key", "valid", "The key it names belongs to its issuer.");
  try {
    return [(await isSigned(secured, search, needs.canonicalise)) ? right : wrong, bound];
  } catch (error) {
    return [failedCheck(error), bound];
  }
}
