import { createHash } from "node:crypto";
import type { SimpleDrawing } from "../documents/draw-png.js";
import { newId } from "../stored-record.js";
import {
  faultOfSize,
  type Picture,
  pictureLimits,
  type PictureReading,
  type PictureUse,
  refused,
} from "./picture.js";
import type { PictureStore } from "./picture-store.js";
import { isPng } from "./png-chunks.js";
import { readPng } from "./read-png.js";
import { inspectSvg, isSimpleDrawing, type LeftOut } from "./read-svg.js";

export type PictureNeeds = {
  pictures: Pick<PictureStore, "keep">;
  documents: {
    /** What a renderer makes of an SVG: shapes and colours alone. Rejects what cannot be drawn. */
    simplifySvg: (svg: string) => Promise<SimpleDrawing>;
  };
  now: () => Date;
};

const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} kB`;

const UNDRAWABLE = "This SVG cannot be drawn, or not quickly. Export it anew, as plain paths.";

async function readSvg(
  needs: Pick<PictureNeeds, "documents">,
  bytes: Buffer,
): Promise<PictureReading> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused("This file is neither a PNG nor an SVG picture.");
  }
  if (!/<svg|<[\w-]+:svg/.test(text))
    return refused("This file is neither a PNG nor an SVG picture.");
  const found = inspectSvg(text);
  if (found.kind === "unfit") return refused(found.sentence);
  try {
    const { svg, widthPx, heightPx, isEmpty } = await needs.documents.simplifySvg(text);
    if (isEmpty) return refused("This SVG shows nothing. Look at it in a browser first.");
    const kept = Buffer.from(svg, "utf8");
    if (!isSimpleDrawing(svg)) return refused(UNDRAWABLE);
    if (kept.length > 2 * pictureLimits.fileBytes)
      return refused("This SVG has too many parts to be drawn quickly. Make it simpler.");
    const picture = { kind: "svg" as const, bytes: kept, widthPx, heightPx };
    return { kind: "checked", picture, leftOut: found.leftOut };
  } catch {
    return refused(UNDRAWABLE);
  }
}

/** Checks a picture and leaves behind what is not drawn; or says in one sentence why it is not taken. */
export async function readPicture(
  needs: Pick<PictureNeeds, "documents">,
  bytes: Buffer,
  use: PictureUse,
): Promise<PictureReading> {
  const { fileBytes } = pictureLimits;
  if (bytes.length > fileBytes)
    return refused(
      `This file is larger than ${kilobytes(fileBytes)}. Make the picture smaller or simpler.`,
    );
  const reading = isPng(bytes) ? readPng(bytes) : await readSvg(needs, bytes);
  if (reading.kind === "refused") return reading;
  const fault = faultOfSize(reading.picture, use);
  return fault === undefined ? reading : refused(fault);
}

/**
 * Keeps an uploaded picture once it was checked and everything was left behind that is not drawn;
 * or says in one sentence why it is not taken.
 */
export async function addPicture(
  needs: PictureNeeds,
  upload: { organisationId: string; addedBy: string; bytes: Buffer; use: PictureUse },
): Promise<
  | { kind: "added"; picture: Picture; leftOut: readonly LeftOut[] }
  | { kind: "refused"; sentence: string }
> {
  const { organisationId, addedBy, bytes, use } = upload;
  const reading = await readPicture(needs, bytes, use);
  if (reading.kind === "refused") return reading;
  const digest = createHash("sha256").update(reading.picture.bytes).digest("base64url");
  const about = { id: newId(), organisationId, digest, addedBy, addedAt: needs.now() };
  const picture = await needs.pictures.keep({ ...about, ...reading.picture });
  return { kind: "added", picture, leftOut: reading.leftOut };
}
