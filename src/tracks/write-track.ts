import { type Faults, hasFaults } from "../courses/faults.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { type OfferedNeeds, readOffered } from "./read-offered.js";
import { faultsOfTrack } from "./track-content.js";
import type { Track, TrackContent } from "./track.js";
import type { TrackStore } from "./track-store.js";

/**
 * Writes a track's draft; a new track when no `trackId` is given. What is in force stays so. With
 * `seen`, when the text that was changed was written, nothing that somebody wrote since is lost.
 * @throws ToolError not-found
 */
export async function writeTrack(
  needs: {
    tracks: Pick<TrackStore, "add" | "saveDraft">;
    now: () => Date;
  } & OfferedNeeds,
  wanted: {
    organisationId: string;
    trackId: string | undefined;
    content: TrackContent;
    seen?: Date | undefined;
  },
): Promise<
  { kind: "saved"; track: Track } | { kind: "faulty"; faults: Faults } | { kind: "overtaken" }
> {
  const { organisationId, trackId, content, seen } = wanted;
  const { requirement } = content;
  const offered = await readOffered(needs, { organisationId, requirement, ownTrackId: trackId });
  const faults = faultsOfTrack(content, offered);
  if (hasFaults(faults)) return { kind: "faulty", faults };

  const at = needs.now();
  if (trackId !== undefined) {
    const change = { organisationId, id: trackId, draft: content, at, seen };
    const track = await needs.tracks.saveDraft(change);
    if (track === undefined && seen !== undefined) return { kind: "overtaken" };
    if (track === undefined) throw new ToolError("not-found");
    return { kind: "saved", track };
  }
  const track: Track = {
    id: newId(),
    organisationId,
    name: content.name,
    draft: content,
    publishedVersion: 0,
    createdAt: at,
    updatedAt: at,
  };
  await needs.tracks.add(track);
  return { kind: "saved", track };
}
