import type { StandingAward } from "../awards/award-standing.js";
import type { ProfessionalStanding } from "../eligibility/eligibility.js";
import type { Licence, Profession } from "../eligibility/licence.js";
import type { Transcript } from "../hours/read-transcript.js";
import { transcriptView } from "../hours/transcript-page.js";
import { eligibilityPage } from "../learner/eligibility-page.js";
import type { LearnerPage } from "../learner/learner-page.js";
import type { Account, Profile } from "../people/account.js";
import { dayOf } from "./moments.js";

/** All that is known of one learner, over all of their accounts. */
type Known = {
  learnerId: string;
  accounts: readonly Account[];
  profiles: readonly Profile[];
  awards: readonly StandingAward[];
  page: LearnerPage;
  professions: readonly Profession[];
  eligibility: { standings: readonly ProfessionalStanding[]; licences: readonly Licence[] };
  transcript: Transcript;
};

const awardRow = ({ id, trackName, awardedAt, round, standing }: StandingAward) => ({
  ...{ id, track: trackName, round, awarded: dayOf(awardedAt) },
  ...{ state: standing.state, since: dayOf(standing.since), reason: standing.reason },
  graceEnds: standing.graceEndsAt && dayOf(standing.graceEndsAt),
});

/** Everything about one learner on one page. Licence numbers are not among it. */
export function learnerPage(known: Known, now: Date) {
  const { learnerId, accounts, profiles, awards, page, transcript } = known;
  const { standings, licences } = known.eligibility;
  const { said, licences: shown } = eligibilityPage(known.professions, known.eligibility, now);
  const { units, totals } = transcriptView(transcript);
  return {
    learnerId,
    name: page.name,
    emails: [...new Set(profiles.flatMap(({ email }) => email ?? []))],
    accounts: accounts.map(({ id, issuer, isTestUser, createdAt }) => ({
      ...{ id, issuer, isTestUser, since: dayOf(createdAt), isFirst: id === learnerId },
    })),
    begun: page.cards.filter(({ state }) => state !== "not-started"),
    notBegun: page.cards.filter(({ state }) => state === "not-started"),
    awards: awards
      .toSorted((one, other) => other.awardedAt.getTime() - one.awardedAt.getTime())
      .map(awardRow),
    said,
    waivers: standings.flatMap(({ dateWaiver }) => dateWaiver?.reason ?? []),
    licences: licences.map(({ id }, index) => ({ ...shown[index], id })),
    hours: units.map((unit, index) => ({ unit, total: totals[index] ?? 0 })),
    courseCount: transcript.entries.length,
  };
}
