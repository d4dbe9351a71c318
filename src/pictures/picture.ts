import type { LeftOut } from "./read-svg.js";

/** Where an uploaded picture is shown. */
export type PictureUse = "badge" | "logo" | "signature";

/** A picture that was checked: nothing is left in it but what is drawn. */
export type CheckedPicture = {
  kind: "png" | "svg";
  /** A PNG, or the text of an SVG in UTF-8. */
  bytes: Buffer;
  widthPx: number;
  heightPx: number;
};

/** A picture that somebody uploaded. It is kept and never changed. Unique by (organisation, digest). */
export type Picture = CheckedPicture & {
  id: string;
  organisationId: string;
  /** SHA-256 of the bytes, base64url: the same picture is kept once. */
  digest: string;
  /** Account of who uploaded it first. */
  addedBy: string;
  addedAt: Date;
};

/** What came of a check: the picture as it may be kept, or why not, in words for who sent it. */
export type PictureReading =
  | { kind: "checked"; picture: CheckedPicture; leftOut: readonly LeftOut[] }
  | { kind: "refused"; sentence: string };

export const pictureLimits = { fileBytes: 256 * 1024, leastSidePx: 64, mostSidePx: 2000 } as const;

export const refused = (sentence: string): PictureReading => ({ kind: "refused", sentence });

/** A picture may be this many times as wide as high. A badge is square. */
const MOST_RATIO = 8;

/** What is wrong with a picture's size; undefined when nothing is. */
export function faultOfSize(
  { widthPx, heightPx }: Pick<CheckedPicture, "widthPx" | "heightPx">,
  use: PictureUse,
): string | undefined {
  const { mostSidePx } = pictureLimits;
  const size = `${Math.round(widthPx)} by ${Math.round(heightPx)} pixels`;
  const ratio = Math.max(widthPx / heightPx, heightPx / widthPx);
  if (use === "badge" && ratio > 1.02)
    return `A badge is as wide as it is high, and this picture has ${size}. Crop it to a square.`;
  if (!(ratio <= MOST_RATIO)) return `This picture is a strip of ${size}. Crop it closer.`;
  if (Math.max(widthPx, heightPx) > mostSidePx)
    return `This picture has ${size}. Make it at most ${mostSidePx} pixels wide and high.`;
  return undefined;
}

/** A picture as a whole SVG document of its own size. */
export const pictureDocument = (picture: CheckedPicture): string => {
  const { widthPx: width, heightPx: height } = picture;
  const drawn = placePicture(picture, { x: 0, y: 0, width, height });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`;
};

/** Draws a picture into a box of an SVG document, whole and in the middle. */
export function placePicture(
  { kind, bytes, widthPx, heightPx }: CheckedPicture,
  box: { x: number; y: number; width: number; height: number },
): string {
  const place = `x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"`;
  if (kind === "png")
    return `<image ${place} href="data:image/png;base64,${bytes.toString("base64")}"/>`;
  const viewBox = `viewBox="0 0 ${widthPx} ${heightPx}"`;
  return bytes.toString("utf8").replace(/<svg\b[^>]*>/, `<svg ${place} ${viewBox}>`);
}
