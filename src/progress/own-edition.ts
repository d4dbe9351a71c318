import { examIdsOf, trackIdsOf } from "../tracks/requirement.js";
import type { TrackMove } from "../tracks/track-move.js";
import type { TrackVersion } from "../tracks/track.js";
import type { HeldAward } from "./evaluation.js";
import type { ExamFact } from "./exam-fact.js";
import type { Catalogue } from "./read-catalogue.js";

type Known = {
  facts: readonly ExamFact[];
  held: readonly HeldAward[];
  moves?: readonly TrackMove[] | undefined;
};

/** Whether anything was done, before a moment, that a version asks for. */
function hasBegun({ requirement }: TrackVersion, before: Date, { facts, held }: Known): boolean {
  const examIds = new Set(examIdsOf(requirement));
  const trackIds = new Set(trackIdsOf(requirement));
  return (
    facts.some(({ examId, occurredAt }) => examIds.has(examId) && occurredAt < before) ||
    held.some(({ trackId, awardedAt }) => trackIds.has(trackId) && awardedAt < before)
  );
}

/**
 * The earlier version of a track that a learner began under and may finish under: the first of
 * which they had done something before the next one was published, unless they were moved on. It
 * follows from what happened alone, so it is the same in whatever order that becomes known.
 * @returns undefined when the version in force is theirs
 */
export function ownEdition(
  { trackId, version }: TrackVersion,
  { earlier }: Pick<Catalogue, "earlier">,
  known: Known,
): TrackVersion | undefined {
  const editions = earlier.get(trackId);
  if (editions === undefined) return undefined;
  const movedTo = (known.moves ?? [])
    .filter((move) => move.trackId === trackId)
    .reduce((latest, move) => Math.max(latest, move.version), 0);
  return editions.editions.find(
    (edition, index) =>
      edition.version >= movedTo &&
      edition.version < version &&
      hasBegun(edition, editions.editions[index + 1]?.publishedAt ?? editions.until, known),
  );
}

/** The versions that a learner may finish a track under, their own first. */
export function editionsFor(
  track: TrackVersion,
  catalogue: Pick<Catalogue, "earlier">,
  known: Known,
): TrackVersion[] {
  const own = ownEdition(track, catalogue, known);
  return own === undefined ? [track] : [own, track];
}
