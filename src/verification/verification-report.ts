/** What is looked at, in the order of Open Badges 3.0 §9. */
export type CheckName =
  "syntax" | "proof" | "issuer-key" | "status" | "dates" | "recipient" | "contents" | "document";

export type CheckOutcome = "valid" | "invalid" | "unknown";

/** One thing looked at, with its result in one sentence for whoever asked. */
export type Check = { name: CheckName; outcome: CheckOutcome; sentence: string };

export const check = (name: CheckName, outcome: CheckOutcome, sentence: string): Check => ({
  name,
  outcome,
  sentence,
});

export type VerificationReport = {
  /** `invalid` when any check is; `valid` when every check is; else `unknown`. */
  verdict: CheckOutcome;
  checks: Check[];
};

/** Adds the checks up. Nothing was proved by an empty list. */
export function reportOf(checks: readonly Check[]): VerificationReport {
  const has = (outcome: CheckOutcome) => checks.some((check) => check.outcome === outcome);
  const isProved = checks.length > 0 && !has("unknown");
  return {
    verdict: has("invalid") ? "invalid" : isProved ? "valid" : "unknown",
    checks: [...checks],
  };
}
