import type { TrackStore } from "./track-store.js";
import type { TrackVersion } from "./track.js";
import type { TrackVersionStore } from "./track-version-store.js";

type Needs = {
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
};

/**
 * The editions of tracks that are in force, by name.
 * @param about with `examIds` only the tracks that mention one of these exams
 */
export async function listPublishedTracks(
  needs: Needs,
  about: { organisationId: string; examIds?: string[] },
): Promise<TrackVersion[]> {
  const { organisationId, examIds } = about;
  const inForce = await needs.tracks.listInForce(organisationId, examIds);
  const editions = await needs.trackVersions.listEditions(
    organisationId,
    inForce.map(({ id, publishedVersion }) => ({ trackId: id, version: publishedVersion })),
  );
  const byTrack = new Map(editions.map((edition) => [edition.trackId, edition]));
  return inForce.flatMap(({ id }) => byTrack.get(id) ?? []);
}
