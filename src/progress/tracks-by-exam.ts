import { examIdsOf, trackIdsOf } from "../tracks/requirement.js";
import type { TrackVersion } from "../tracks/track.js";
import type { Catalogue } from "./read-catalogue.js";

/**
 * Finds the tracks of a catalogue that mention one of some exams, and those that ask for the award
 * of one of these, and so on. Made once for all learners of a batch.
 */
export function tracksByExam({
  tracks,
  earlier,
}: Pick<Catalogue, "tracks" | "earlier">): (examIds: readonly string[]) => TrackVersion[] {
  const mentioning = new Map<string, TrackVersion[]>();
  const asking = new Map<string, TrackVersion[]>();
  const note = (index: Map<string, TrackVersion[]>, id: string, track: TrackVersion): void => {
    const listed = index.get(id);
    if (listed === undefined) index.set(id, [track]);
    else listed.push(track);
  };
  for (const track of tracks) {
    const former = earlier.get(track.trackId)?.editions ?? [];
    for (const { requirement } of [track, ...former]) {
      for (const id of new Set(examIdsOf(requirement))) note(mentioning, id, track);
      for (const id of new Set(trackIdsOf(requirement))) note(asking, id, track);
    }
  }
  return (examIds) => {
    const found = new Set(examIds.flatMap((id) => mentioning.get(id) ?? []));
    // A set is walked in the order of adding, what is added on the way included.
    for (const { trackId } of found)
      for (const above of asking.get(trackId) ?? []) found.add(above);
    return [...found];
  };
}
