/** How a launch is signed: as a real platform does, or in one of the ways a tool must refuse. */
export type SigningFault =
  | "platform-key"
  /** A key that was never published, under its own kid. */
  | "unknown-key"
  /** A key that was never published, under the kid of the published one. */
  | "forged-kid"
  | "no-kid"
  /** HMAC with the public key as the secret. */
  | "hs256"
  | "none";

/** Switches that make the platform misbehave. Everything is off at the start. */
export type PracticeFaults = {
  /** Line items, scores, results and memberships answer 503. */
  serviceDown: boolean;
  /** Milliseconds every service answer waits. */
  slow: number;
  /**
   * Services answer that it was too much: `status` 403 with Canvas' text, or 429; a `Retry-After`
   * where `retryAfterSeconds` says so. After so many `times` they work again.
   */
  throttle: { status: 403 | 429; retryAfterSeconds?: number; times: number } | undefined;
  /** Scores are refused with this status (`true` means 422). */
  rejectScores: boolean | number;
  /** A score is stored, but the tool hears 502. */
  loseScoreAnswers: boolean;
  /** Results come back empty. */
  dropResults: boolean;
  /** Last change to a page of results before it is sent; nonsense is welcome. */
  alterResults: ((results: Record<string, unknown>[]) => Record<string, unknown>[]) | undefined;
  jwksDown: boolean;
  tokenDown: boolean;
  signWith: SigningFault;
  /** Last change to the claims of a launch before it is signed. */
  alterClaims: ((claims: Record<string, unknown>) => Record<string, unknown>) | undefined;
  /** Starts to sign with a new key. The old one stays published unless withdrawn. */
  rotateKeys(options?: { withdrawOld?: boolean }): void;
  /** Makes every access token handed out so far useless. */
  expireAccessTokens(): void;
  /** Turns every switch off. */
  clear(): void;
};

const noFaults = {
  serviceDown: false,
  slow: 0,
  throttle: undefined,
  rejectScores: false,
  loseScoreAnswers: false,
  dropResults: false,
  alterResults: undefined,
  jwksDown: false,
  tokenDown: false,
  signWith: "platform-key",
  alterClaims: undefined,
} as const;

/** @param actions what the two faults that are not switches do */
export function createFaults(
  actions: Pick<PracticeFaults, "rotateKeys" | "expireAccessTokens">,
): PracticeFaults {
  const faults: PracticeFaults = {
    ...noFaults,
    ...actions,
    clear: () => {
      Object.assign(faults, noFaults);
    },
  };
  return faults;
}
