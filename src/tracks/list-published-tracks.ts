import type { TrackStore } from "./track-store.js";
import type { Track, TrackVersion } from "./track.js";
import type { TrackVersionStore } from "./track-version-store.js";

type Needs = {
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
};

/**
 * The editions of tracks that are in force, by name.
 * @param about with `mentioned` only the tracks that mention one of these exams or tracks, with
 * `trackIds` only these
 */
export async function listPublishedTracks(
  needs: Needs,
  about: {
    organisationId: string;
    mentioned?: { examIds: string[]; trackIds: string[] };
    trackIds?: string[];
  },
): Promise<TrackVersion[]> {
  const { organisationId, mentioned, trackIds } = about;
  const inForce: Track[] = await needs.tracks.listInForce(organisationId, { mentioned, trackIds });
  const editions = await needs.trackVersions.listEditions(
    organisationId,
    inForce.map(({ id, publishedVersion }) => ({ trackId: id, version: publishedVersion })),
  );
  const byTrack = new Map(editions.map((edition) => [edition.trackId, edition]));
  return inForce.flatMap(({ id }) => byTrack.get(id) ?? []);
}
