import type { TrackTrial, TrialCandidate } from "../awards/track-trial.js";
import type { Profile } from "../people/account.js";
import { plainCount } from "../progress/plain-words.js";
import type { PageOf } from "../stored-record.js";
import type { Track } from "../tracks/track.js";
import { nameOf } from "./award-page.js";

type About = {
  track: Track;
  trial: TrackTrial;
  list: PageOf<TrialCandidate>;
  profiles: readonly Profile[];
  /** Of those on this page, whoever has the award by now. */
  awardedIds: ReadonlySet<string>;
  /** How many awards of the published version there are. */
  awarded: number;
  /** Whether results are still to be looked at. */
  isWaiting: boolean;
};

type Stage = {
  heading: string;
  said: string;
  bar?: { value: number; max: number };
  isUnderWay?: boolean;
  mayPublish?: boolean;
  isOver?: boolean;
};

/** Where looking, or awarding, stands. */
function stageOf({ track, trial, list, awarded, isWaiting }: About): Stage {
  const found = plainCount(list.total, "learner");
  const { total, looked, publishedAs } = trial;
  if (publishedAs !== undefined) {
    const isUnderWay = isWaiting && awarded < list.total;
    const value = Math.min(awarded, list.total);
    const said = isUnderWay
      ? `${value} of ${found} awarded so far.`
      : `Done: ${plainCount(awarded, "award")} made under version ${publishedAs}.`;
    const bar = isUnderWay ? { bar: { value, max: list.total } } : {};
    return { heading: `Version ${publishedAs} is published`, said, isUnderWay, ...bar };
  }
  if (track.draft === undefined || track.updatedAt.getTime() !== trial.draftWrittenAt.getTime()) {
    const said = "The draft was written again since, so this may not be true any more.";
    return { heading: "The draft has changed", said, isOver: true };
  }
  if (trial.finishedAt === undefined) {
    const bar = { value: Math.min(looked, total), max: Math.max(total, 1) };
    const said = `${looked} of ${plainCount(total, "learner")} looked at; ${list.total} would be awarded.`;
    return { heading: "Looking whom it would award", said, bar, isUnderWay: true };
  }
  const said =
    list.total === 0
      ? "Nobody has everything that it asks for yet, so nobody is awarded at once."
      : `${found} would be awarded now, and what stands on this award follows.`;
  return { heading: "Publishing it", said, mayPublish: true };
}

/** What publishing a draft would mean, or what has become of it. */
export function publicationPage(about: About) {
  const { track, trial, list, profiles, awardedIds } = about;
  return {
    trackId: track.id,
    trialId: trial.id,
    ...stageOf(about),
    isPublished: trial.publishedAs !== undefined,
    publishLabel:
      list.total === 0 ? "Publish" : `Publish and award ${plainCount(list.total, "learner")}`,
    list: {
      ...list,
      items: list.items.map(({ learnerId, sentence }) => ({
        ...{ learnerId, name: nameOf(profiles, learnerId) },
        sentence,
        isAwarded: awardedIds.has(learnerId),
      })),
    },
  };
}
