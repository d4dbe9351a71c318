import type { PictureStore } from "../pictures/picture-store.js";
import { drawBadge } from "./badge-svg.js";
import type { TrackContent } from "./track.js";

export type BadgeNeeds = { pictures: Pick<PictureStore, "find"> };

/** A track's badge as an SVG document, with the uploaded picture where it has one. */
export async function readBadge(
  { pictures }: BadgeNeeds,
  track: Pick<TrackContent, "badge" | "name"> & { organisationId: string },
): Promise<string> {
  const { badge, name, organisationId } = track;
  const { pictureId } = badge;
  const picture =
    pictureId === undefined ? undefined : await pictures.find(organisationId, pictureId);
  return drawBadge({ badge, name, picture });
}
