import { inflateSync } from "node:zlib";
import { type PictureReading, pictureLimits, refused } from "./picture.js";
import { chunksOf, isWhole, makeChunk, PNG_SIGNATURE, type PngChunk } from "./png-chunks.js";

type Header = {
  widthPx: number;
  heightPx: number;
  bitsPerPixel: number;
  colourType: number;
  isInterlaced: boolean;
};

/** Samples of a pixel and their possible depths by colour type (ISO/IEC 15948 §11.2.1). */
const colourTypes: Record<number, { samples: number; depths: number[] }> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** First column and row of each pass, and the steps from there (Adam7, §8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Kept of a file: what its pixels look like. Texts, times, places and profiles are left behind. */
const KEPT = new Set(["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "IDAT", "IEND"]);

const BROKEN = "This PNG is damaged or cut off. Save it anew and try again.";

function readHeader({ type, data }: PngChunk): Header | undefined {
  if (type !== "IHDR" || data.length !== 13) return undefined;
  const depth = data.readUInt8(8);
  const colourType = data.readUInt8(9);
  const known = colourTypes[colourType];
  const interlace = data.readUInt8(12);
  if (known?.depths.includes(depth) !== true || data.readUInt16BE(10) !== 0 || interlace > 1)
    return undefined;
  return {
    widthPx: data.readUInt32BE(0),
    heightPx: data.readUInt32BE(4),
    bitsPerPixel: known.samples * depth,
    colourType,
    isInterlaced: interlace === 1,
  };
}

/** The lengths of all rows as they are packed, each with the byte that names its filter. */
function* rowLengths(header: Header): Generator<number> {
  const { widthPx, heightPx, bitsPerPixel, isInterlaced } = header;
  for (const [x, y, acrossStep, downStep] of isInterlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.ceil((widthPx - x) / acrossStep);
    const rows = Math.ceil((heightPx - y) / downStep);
    if (columns <= 0) continue;
    const length = 1 + Math.ceil((columns * bitsPerPixel) / 8);
    for (let row = 0; row < rows; row += 1) yield length;
  }
}

/** Whether the pixels are all there and no more: unpacked up to what the header declares. */
function arePixelsWhole(header: Header, packed: Buffer): boolean {
  const lengths = [...rowLengths(header)];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let pixels: Buffer;
  try {
    pixels = inflateSync(packed, { maxOutputLength: total });
  } catch {
    return false;
  }
  if (pixels.length !== total) return false;
  let at = 0;
  return lengths.every((length) => {
    const filter = pixels[at] ?? 255;
    at += length;
    return filter <= 4;
  });
}

function faultOfDimensions({ widthPx, heightPx }: Header): string | undefined {
  const { leastSidePx, mostSidePx } = pictureLimits;
  if (Math.max(widthPx, heightPx) > mostSidePx)
    return `This picture says that it has ${widthPx} by ${heightPx} pixels. Make it at most ${mostSidePx} pixels wide and high.`;
  if (Math.min(widthPx, heightPx) < 1 || Math.max(widthPx, heightPx) < leastSidePx)
    return `This picture has ${widthPx} by ${heightPx} pixels, too few to be seen well. Use at least ${leastSidePx}.`;
  return undefined;
}

/** What of the file is kept; undefined when it is not as its header says. */
function keepPixels(file: Buffer, header: Header, chunks: readonly PngChunk[]): Buffer | undefined {
  const kept = chunks.filter(({ type }) => KEPT.has(type));
  const has = (wanted: string): number => kept.filter(({ type }) => type === wanted).length;
  const needsPalette = header.colourType === 3;
  if (has("IHDR") !== 1 || has("IEND") !== 1 || (needsPalette && has("PLTE") !== 1))
    return undefined;
  if (!kept.every((chunk) => isWhole(file, chunk))) return undefined;
  const packed = Buffer.concat(kept.flatMap(({ type, data }) => (type === "IDAT" ? [data] : [])));
  if (!arePixelsWhole(header, packed)) return undefined;
  return Buffer.concat([PNG_SIGNATURE, ...kept.map(({ type, data }) => makeChunk(type, data))]);
}

/**
 * Checks a PNG without drawing it: what it declares comes first, and nothing is unpacked beyond
 * that. What is kept is its pixels; all else, such as texts and places in it, is left behind.
 */
export function readPng(file: Buffer): PictureReading {
  const chunks = [...chunksOf(file)];
  const [first] = chunks;
  const header = first && readHeader(first);
  if (header === undefined) return refused(BROKEN);
  const fault = faultOfDimensions(header);
  if (fault !== undefined) return refused(fault);
  const bytes = keepPixels(file, header, chunks);
  if (bytes === undefined) return refused(BROKEN);
  const { widthPx, heightPx } = header;
  return { kind: "checked", picture: { kind: "png", bytes, widthPx, heightPx }, leftOut: [] };
}
