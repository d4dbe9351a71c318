import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { TrackVersion } from "../tracks/track.js";
import { found, idIn } from "./admin-page.routes.js";

/** The version in force of the track that an address names. @throws ToolError not-found */
export async function findTrackInForce(
  needs: { tracks: Pick<TrackStore, "findById">; trackVersions: Pick<TrackVersionStore, "find"> },
  organisationId: string,
  id: string | undefined,
): Promise<TrackVersion> {
  const track = found(await needs.tracks.findById(organisationId, idIn(id ?? "")));
  const { id: trackId, publishedVersion: version } = track;
  return found(await needs.trackVersions.find(organisationId, { trackId, version }));
}
