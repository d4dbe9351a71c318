import type { StandingAward } from "../awards/award-standing.js";
import type { Profile } from "../people/account.js";
import { type PrintedDay, printDay } from "./printed-day.js";
import {
  type CardSurroundings,
  type TrackCard,
  trackCard,
  type TrackStanding,
} from "./track-card.js";

/** What is known about the name that will stand in the learner's credentials. */
export type NameState =
  | { kind: "known"; name: string; from: "lms" | "approved" }
  | { kind: "proposed"; proposedName: string }
  | { kind: "needed" };

export function nameStateOf(
  profile: Pick<Profile, "name" | "nameFrom" | "proposedName"> | undefined,
): NameState {
  if (profile?.name !== undefined)
    return { kind: "known", name: profile.name, from: profile.nameFrom ?? "lms" };
  if (profile?.proposedName !== undefined)
    return { kind: "proposed", proposedName: profile.proposedName };
  return { kind: "needed" };
}

/**
 * Who looks: the learner, a teacher who sees what learners see, Canvas' Student View, a mentor at
 * the page of a learner they are linked to, or an administrator.
 */
export type Onlooker = "learner" | "teacher" | "test-user" | "mentor" | "administrator";

export type LearnerPage = {
  onlooker: Onlooker;
  cards: TrackCard[];
  /** Awards of tracks that are not offered any more: they stay earned. */
  formerAwards: { trackName: string; awardedOn: PrintedDay }[];
  name: NameState;
  /** Whether an award waits for nothing but a name; then the name form stands first. */
  nameIsUrgent: boolean;
  earnedCount: number;
};

const order = { "on-hold": 0, "in-progress": 1, earned: 2, "not-started": 3 } as const;

/** The learner's page: what is under way first, then what is earned, then what could be begun. */
export function learnerPage(input: {
  onlooker: Onlooker;
  standings: TrackStanding[];
  /** Every award of the learner, whatever became of its track. */
  awards: StandingAward[];
  profile: Pick<Profile, "name" | "nameFrom" | "proposedName"> | undefined;
  around: Omit<CardSurroundings, "hasName">;
}): LearnerPage {
  const { onlooker, standings, awards, around } = input;
  const name = nameStateOf(input.profile);
  const cards = standings
    .map((standing) => trackCard(standing, { ...around, hasName: name.kind === "known" }))
    .sort((one, other) => order[one.state] - order[other.state]);
  const offered = new Set(standings.map(({ track }) => track.trackId));
  const formerAwards = awards
    .filter(({ trackId, standing }) => !offered.has(trackId) && standing.state === "active")
    .map(({ trackName, awardedAt }) => ({ trackName, awardedOn: printDay(awardedAt) }));
  return {
    onlooker,
    cards,
    formerAwards,
    name,
    nameIsUrgent:
      name.kind === "needed" &&
      cards.some(
        ({ credential }) => credential?.kind === "waiting" && credential.because === "name",
      ),
    earnedCount: cards.filter(({ state }) => state === "earned").length + formerAwards.length,
  };
}
