import type { Eligibility } from "../eligibility/eligibility.js";
import type { TrackVersion } from "../tracks/track.js";
import { evaluateRequirement } from "./evaluate-requirement.js";
import type { HeldAward } from "./evaluation.js";
import type { ExamFact } from "./exam-fact.js";
import type { Catalogue } from "./read-catalogue.js";
import { foldStandings } from "./standing.js";
import { type Share, shareOf, type Verdict } from "./verdict.js";

/** Where one learner stands on one track, and why. */
export type TrackProgress = { track: TrackVersion; verdict: Verdict; share: Share };

/** What is known of one learner, of all their accounts together. */
export type LearnerRecord = {
  facts: readonly ExamFact[];
  /** The awards that stand. */
  held: readonly HeldAward[];
  eligibility: readonly Eligibility[];
};

/** Of several awards of a track (accounts may have been joined after both had it) the first. */
function byTrack(held: readonly HeldAward[]): Map<string, HeldAward> {
  const first = new Map<string, HeldAward>();
  for (const award of held) {
    const known = first.get(award.trackId);
    if (known === undefined || award.awardedAt < known.awardedAt) first.set(award.trackId, award);
  }
  return first;
}

/** Evaluates any tree for one learner: a track's, or a draft's. */
export type ExplainTrack = (track: Pick<TrackVersion, "requirement">) => Verdict;

/** What one learner's record makes of the catalogue's tracks. Pure. */
export function createExplainer(
  catalogue: Catalogue,
  { facts, held, eligibility }: LearnerRecord,
  now: Date,
): ExplainTrack {
  const verdicts = new Map<string, Verdict | undefined>();
  const tracks = new Map<string, TrackVersion>();
  for (const track of catalogue.background) tracks.set(track.trackId, track);
  for (const track of catalogue.tracks) tracks.set(track.trackId, track);
  const given = {
    ...catalogue,
    standings: foldStandings(facts, now),
    held: byTrack(held),
    eligibility: new Map(eligibility.map((known) => [known.professionId, known])),
    countedAs: new Map(),
    underWay: (trackId: string): Verdict | undefined => {
      const track = tracks.get(trackId);
      if (track === undefined || verdicts.has(trackId)) return verdicts.get(trackId);
      // Should tracks ever ask for one another in a ring, this ends it.
      verdicts.set(trackId, undefined);
      const verdict = evaluateRequirement(track.requirement, given);
      verdicts.set(trackId, verdict);
      return verdict;
    },
  };
  return ({ requirement }) => evaluateRequirement(requirement, given);
}

/** Where the learner of this record stands on every track of the catalogue. Pure. */
export function explainTracks(
  catalogue: Catalogue,
  record: LearnerRecord,
  now: Date,
): TrackProgress[] {
  const explain = createExplainer(catalogue, record, now);
  return catalogue.tracks.map((track) => {
    const verdict = explain(track);
    return { track, verdict, share: shareOf(verdict) };
  });
}
