import type { LedgerEntry } from "../equivalencies/equivalency.js";
import type { Eligibility } from "../eligibility/eligibility.js";
import type { Requirement } from "../tracks/requirement.js";
import type { TrackMove } from "../tracks/track-move.js";
import type { TrackVersion } from "../tracks/track.js";
import { countedAsOf } from "./counted-as.js";
import { evaluateRequirement } from "./evaluate-requirement.js";
import type { Evaluation, HeldAward } from "./evaluation.js";
import type { ExamFact } from "./exam-fact.js";
import { ownEdition } from "./own-edition.js";
import { plainDate } from "./plain-words.js";
import { type PreparedStep, prepareRequirement } from "./prepared-step.js";
import type { Catalogue } from "./read-catalogue.js";
import { foldStandings } from "./standing.js";
import { type Share, shareOf, type Verdict } from "./verdict.js";

/** Where one learner stands on one track, and why. */
export type TrackProgress = {
  /** The version that the verdict is about: the one in force, or the learner's own. */
  track: TrackVersion;
  verdict: Verdict;
  share: Share;
  /** Where the learner began under an earlier version: what that means, in a sentence. */
  note?: string | undefined;
};

/** What is known of one learner, of all their accounts together. */
export type LearnerRecord = {
  facts: readonly ExamFact[];
  /** The awards that stand. */
  held: readonly HeldAward[];
  eligibility: readonly Eligibility[];
  /** What the ledger of equivalencies says for this learner alone. */
  equivalencies?: readonly LedgerEntry[];
  /** To newer versions of tracks. */
  moves?: readonly TrackMove[];
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

/** A catalogue's trees, each prepared when it is first asked for. */
type PreparedCatalogue = {
  prepare: (requirement: Requirement) => PreparedStep;
  tracks: ReadonlyMap<string, TrackVersion>;
};

const preparedCatalogues = new WeakMap<Catalogue, PreparedCatalogue>();

/** Once per catalogue, however many learners it is asked about. */
function prepareCatalogue(catalogue: Catalogue): PreparedCatalogue {
  const known = preparedCatalogues.get(catalogue);
  if (known !== undefined) return known;
  const trees = new WeakMap<Requirement, PreparedStep>();
  const prepared = {
    prepare: (requirement: Requirement): PreparedStep => {
      const tree = trees.get(requirement) ?? prepareRequirement(requirement, catalogue);
      trees.set(requirement, tree);
      return tree;
    },
    tracks: new Map(
      [...catalogue.background, ...catalogue.tracks].map((track) => [track.trackId, track]),
    ),
  };
  preparedCatalogues.set(catalogue, prepared);
  return prepared;
}

/** What one learner's record makes of the catalogue's tracks. Pure. */
export function createExplainer(
  catalogue: Catalogue,
  { facts, held, eligibility, equivalencies = [] }: LearnerRecord,
  now: Date,
): ExplainTrack {
  const { prepare, tracks } = prepareCatalogue(catalogue);
  const verdicts = new Map<string, Verdict | undefined>();
  const given: Evaluation = {
    standings: foldStandings(facts, now),
    held: byTrack(held),
    eligibility: new Map(eligibility.map((known) => [known.professionId, known])),
    countedAs: countedAsOf([...catalogue.equivalencies, ...equivalencies], now),
    underWay(trackId) {
      const track = tracks.get(trackId);
      if (track === undefined || verdicts.has(trackId)) return verdicts.get(trackId);
      // Should tracks ever ask for one another in a ring, this ends it.
      verdicts.set(trackId, undefined);
      const verdict = evaluateRequirement(prepare(track.requirement), given);
      verdicts.set(trackId, verdict);
      return verdict;
    },
  };
  return ({ requirement }) => evaluateRequirement(prepare(requirement), given);
}

/** Where the learner of this record stands on every track of the catalogue. Pure. */
export function explainTracks(
  catalogue: Catalogue,
  record: LearnerRecord,
  now: Date,
): TrackProgress[] {
  const explain = createExplainer(catalogue, record, now);
  return catalogue.tracks.map((track) => {
    const own = ownEdition(track, catalogue, record);
    const inForce = progressOn(track, explain);
    if (own === undefined) return inForce;
    const begun = progressOn(own, explain);
    const isOwnBetter = lackingOf(begun) <= lackingOf(inForce);
    return { ...(isOwnBetter ? begun : inForce), note: sayOwn(own, track, isOwnBetter) };
  });
}

function progressOn(track: TrackVersion, explain: ExplainTrack): TrackProgress {
  const verdict = explain(track);
  return { track, verdict, share: shareOf(verdict) };
}

const lackingOf = ({ share }: TrackProgress): number => share.needed - share.done;

function sayOwn(own: TrackVersion, inForce: TrackVersion, isOwnShown: boolean): string {
  const since = plainDate(inForce.publishedAt);
  const shown = isOwnShown ? own.version : inForce.version;
  return `Begun under version ${own.version} and may be finished under it, or under version ${inForce.version}, in force since ${since}. Version ${shown} is nearer, and shown here.`;
}
