import { newId } from "../stored-record.js";
import type { Track, TrackContent, TrackVersion } from "./track.js";

/** The draft as the version that it would become now. It is for looking at, and stored nowhere. */
export function asVersion(track: Track, content: TrackContent, now: Date): TrackVersion {
  const { organisationId, id: trackId, publishedVersion } = track;
  const made = { id: newId(), organisationId, trackId, publishedAt: now, publishedBy: "" };
  return { ...content, ...made, version: publishedVersion + 1 };
}
