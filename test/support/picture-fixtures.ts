import { crc32, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG chunk, written out here so that the product's writer is not its own judge. */
function chunkOf(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

export function headerOf(
  widthPx: number,
  heightPx: number,
  [depth, colourType, interlace] = [8, 2, 0],
) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([depth, colourType, 0, 0, interlace].map(Number), 8);
  return header;
}

export const pngOf = (...chunks: [type: string, data: Buffer][]): Buffer =>
  Buffer.concat([SIGNATURE, ...chunks.map(([type, data]) => chunkOf(type, data))]);

/** A plain PNG in one colour, with whatever else should stand in it. */
export function plainPng(
  widthPx = 96,
  heightPx = widthPx,
  more: [type: string, data: Buffer][] = [],
): Buffer {
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.alloc(widthPx * 3, Buffer.from([0x1d, 0x5b, 0x8f])),
  ]);
  const pixels = Buffer.concat(Array.from({ length: heightPx }, () => row));
  return pngOf(
    ["IHDR", headerOf(widthPx, heightPx)],
    ...more,
    ["IDAT", deflateSync(pixels)],
    ["IEND", Buffer.alloc(0)],
  );
}

/** An SVG of 100 by 100 with something in it. */
export const svgOf = (content: string, attributes = ""): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" ${attributes}><circle cx="50" cy="50" r="40" fill="#1d5b8f"/>${content}</svg>`;

/** The Paeth predictor (ISO/IEC 15948 §9.4). */
function paethOf(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a = 0, b = 0, c = 0] = [left, above, corner].map((one) => Math.abs(guess - one));
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** Undoes the filter of one row of RGBA pixels of eight bits. */
function unfilter(filter: number, packed: Buffer, above: Buffer): Buffer {
  const row = Buffer.alloc(packed.length);
  for (const [x, byte] of packed.entries()) {
    const [a, b, c] = [row[x - 4] ?? 0, above[x] ?? 0, above[x - 4] ?? 0];
    row[x] = byte + ([0, a, b, (a + b) >> 1, paethOf(a, b, c)][filter] ?? 0);
  }
  return row;
}

/** The colour in the middle of a square RGBA picture of eight bits. */
export function middleOf(png: Buffer): number[] {
  const chunks: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      chunks.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const side = png.readUInt32BE(16);
  const packed = inflateSync(Buffer.concat(chunks));
  const length = side * 4;
  let row: Buffer = Buffer.alloc(length);
  for (let number = 0; number <= side / 2; number += 1) {
    const start = number * (length + 1);
    row = unfilter(packed[start] ?? 0, packed.subarray(start + 1, start + 1 + length), row);
  }
  return [...row.subarray(length / 2, length / 2 + 3)];
}
