import { examIdsOf, type Requirement, trackIdsOf } from "./requirement.js";
import type { TrackVersionStore } from "./track-version-store.js";

/**
 * The exams that a tree mentions, and those behind the awards that it asks for: by any edition
 * that the award may have been earned under.
 */
export async function examIdsBehind(
  needs: { trackVersions: Pick<TrackVersionStore, "listOf"> },
  about: { organisationId: string; requirement: Requirement },
): Promise<string[]> {
  const examIds = new Set<string>();
  const seen = new Set<string>();
  const queue: string[] = [];
  const note = (requirement: Requirement): void => {
    for (const id of examIdsOf(requirement)) examIds.add(id);
    queue.push(...trackIdsOf(requirement));
  };
  note(about.requirement);
  for (let trackId = queue.pop(); trackId !== undefined; trackId = queue.pop()) {
    if (seen.has(trackId)) continue;
    seen.add(trackId);
    for (const edition of await needs.trackVersions.listOf(about.organisationId, trackId))
      note(edition.requirement);
  }
  return [...examIds];
}
