import type { Award } from "../awards/award.js";
import type { CredentialState } from "../awards/award-store.js";
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
  awards: readonly (Award & { credential: CredentialState })[],
  profiles: readonly Profile[],
) =>
  awards.map((award) => ({
    id: award.id,
    name: nameOf(profiles, award.learnerId),
    track: award.trackName,
    awarded: dayOf(award.awardedAt),
    credential: credentialLabels[award.credential],
  }));

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
  award: Award;
  profile: Profile | undefined;
  credential: Credential | undefined;
}) => {
  const { award, profile, credential } = about;
  return {
    name: profile?.name ?? NAMELESS,
    trackId: award.trackId,
    trackName: award.trackName,
    trackVersion: award.trackVersion,
    awarded: momentOf(award.awardedAt),
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
