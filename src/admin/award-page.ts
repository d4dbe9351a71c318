import { type AuditEntry, ROSETTE } from "../audit/audit-entry.js";
import type { StandingAward } from "../awards/award-standing.js";
import type { CredentialState } from "../awards/award-store.js";
import type { DecisionFault } from "../awards/decide-standing.js";
import type { Credential } from "../credentials/credential.js";
import type { Profile } from "../people/account.js";
import type { Verdict } from "../progress/verdict.js";
import { dayOf, momentOf } from "./moments.js";

/** What stands where the LMS sent no name. */
const NAMELESS = "Name not known";

export const nameOf = (profiles: readonly Profile[], accountId: string): string =>
  profiles.find(({ id }) => id === accountId)?.name ?? NAMELESS;

const credentialLabels: Record<CredentialState, { state: string; label: string }> = {
  due: { state: "waiting", label: "Being issued" },
  "needs-name": { state: "waiting", label: "Waits for a name" },
  issued: { state: "issued", label: "Issued" },
};

export const awardRows = (
  awards: readonly (StandingAward & { credential: CredentialState })[],
  profiles: readonly Profile[],
) =>
  awards.map((award) => ({
    id: award.id,
    learnerId: award.learnerId,
    name: nameOf(profiles, award.learnerId),
    track: award.trackName,
    awarded: dayOf(award.awardedAt),
    standing: award.standing.state,
    credential: credentialLabels[award.credential],
  }));

const AWARD_STATES = ["on-hold", "revoked"] as const;

/** Which awards a list was asked for; anything else is all of them. */
export const readAwardState = (text: string) => AWARD_STATES.find((state) => state === text);

/** The links above the list. */
export const awardFilters = (current: string | undefined) => [
  { label: "All", query: "", isCurrent: current === undefined },
  { label: "On hold", query: "?state=on-hold", isCurrent: current === "on-hold" },
  { label: "Revoked", query: "?state=revoked", isCurrent: current === "revoked" },
];

/** Why a decision about an award was not followed, said to the administrator. */
export const decisionFaults: Record<DecisionFault, string> = {
  "reason-missing": "Write down why. The learner and later administrators read it.",
  "revoked-already": "Nothing was done: the award is revoked already.",
  "active-already": "Nothing was done: the award stands already.",
  "withdrawn-by-holder": "Nothing was done: its holder deleted their account and withdrew it.",
  "earned-again": "Nothing was done: the learner has earned this once more, and that award stands.",
};

const whoOf = (actorId: string, profiles: readonly Profile[]): string =>
  actorId === ROSETTE ? "Rosette, by the rules" : nameOf(profiles, actorId);

const HISTORY_LABELS: Record<string, string> = {
  "award-put-on-hold": "Put on hold",
  "award-reinstated": "Reinstated",
  "award-revoked": "Revoked",
};

/** What became of the award, newest first; the award itself stands at the end. */
const historyOf = (
  award: StandingAward,
  entries: readonly AuditEntry[],
  profiles: readonly Profile[],
) => [
  ...entries.map(({ at, action, actorId, reason }) => ({
    at: momentOf(at),
    what: HISTORY_LABELS[action] ?? action,
    who: whoOf(actorId, profiles),
    why: reason ?? "",
  })),
  {
    at: momentOf(award.awardedAt),
    what: "Awarded",
    who: whoOf(ROSETTE, profiles),
    why: award.explanation.sentence,
  },
];

const standingShown = ({ standing }: StandingAward, profiles: readonly Profile[]) => ({
  state: standing.state,
  since: momentOf(standing.since),
  reason: standing.reason,
  who: whoOf(standing.actorId, profiles),
  graceEnds: standing.graceEndsAt === undefined ? undefined : momentOf(standing.graceEndsAt),
  isFirst: standing.revision === 0,
});

/** The frozen explanation as a list of steps, nested as it was. */
type StepShown = { state: Verdict["state"]; sentence: string; steps: StepShown[] };

const stepShown = (verdict: Verdict): StepShown => ({
  state: verdict.state,
  sentence: verdict.sentence,
  steps: verdict.steps.map(stepShown),
});

function credentialShown(credential: Credential | undefined, profile: Profile | undefined) {
  if (credential === undefined) {
    return profile?.name === undefined
      ? { ...credentialLabels["needs-name"], sentence: "It is issued as soon as there is a name." }
      : { ...credentialLabels.due, sentence: "It is issued within a minute or so." };
  }
  const issued = momentOf(credential.issuedAt);
  const state =
    credential.status === "active" ? credentialLabels.issued : { state: credential.status };
  const sentence =
    credential.visibility === "private"
      ? `Issued ${issued}. The learner keeps it private.`
      : `Issued ${issued}. The learner shares it by link.`;
  return { ...state, sentence, id: credential.id };
}

/** One award: who, what, why, and where its credential stands. */
export const awardPage = (about: {
  award: StandingAward;
  profile: Profile | undefined;
  credential: Credential | undefined;
  /** The audit trail about it, newest first. */
  entries: readonly AuditEntry[];
  /** Of those who decided. */
  profiles: readonly Profile[];
}) => {
  const { award, profile, credential, entries, profiles } = about;
  return {
    name: profile?.name ?? NAMELESS,
    learnerId: award.learnerId,
    trackId: award.trackId,
    trackName: award.trackName,
    trackVersion: award.trackVersion,
    awarded: momentOf(award.awardedAt),
    round: award.round,
    standing: standingShown(award, profiles),
    history: historyOf(award, entries, profiles),
    subjectUrn: award.subjectUrn,
    credential: credentialShown(credential, profile),
    explanation: stepShown(award.explanation),
    evidence: award.evidence.map((evidence) => ({
      course: `${evidence.courseCode} ${evidence.courseTitle}`,
      edition: evidence.courseVersion,
      exam: evidence.examTitle,
      contactHours: evidence.contactHours,
      passed: dayOf(evidence.passedAt),
    })),
  };
};
