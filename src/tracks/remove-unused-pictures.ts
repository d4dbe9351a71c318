import type { PictureStore } from "../pictures/picture-store.js";
import type { NamedPictureStore } from "./named-picture-store.js";

const DAY_MS = 86_400_000;

/** So long a picture stays after somebody last uploaded it or sent a form with it. */
export const UNUSED_PICTURE_DAYS = 30;

const AT_ONCE = 100;

/**
 * Removes uploaded pictures that no draft, no issuer and nothing that was ever published names. Who
 * takes one into a form again before it is removed keeps it: both are single writes.
 */
export async function removeUnusedPictures(needs: {
  pictures: Pick<PictureStore, "listKeptBefore" | "keepLonger" | "removeKeptBefore">;
  namedPictures: NamedPictureStore;
  now: () => Date;
}): Promise<void> {
  const now = needs.now();
  const before = new Date(now.getTime() - UNUSED_PICTURE_DAYS * DAY_MS);
  const ids = await needs.pictures.listKeptBefore(before, AT_ONCE);
  if (ids.length === 0) return;
  const named = await needs.namedPictures.listNamed(ids);
  // Looked at again after as long.
  await needs.pictures.keepLonger([...named], now);
  const unused = ids.filter((id) => !named.has(id));
  await needs.pictures.removeKeptBefore(unused, before);
}
