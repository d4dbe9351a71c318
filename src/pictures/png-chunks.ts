import { crc32 } from "node:zlib";

/** PNG (ISO/IEC 15948) is a signature, then chunks. */
export const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** One chunk; `start` and `end` are where it stands in the file, frame included. */
export type PngChunk = { type: string; data: Buffer; start: number; end: number };

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(PNG_SIGNATURE);

/** The chunks one after the other; ends where the file is cut off or broken. */
export function* chunksOf(bytes: Buffer): Generator<PngChunk> {
  let start = PNG_SIGNATURE.length;
  while (start + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(start);
    const end = start + 12 + length;
    if (end > bytes.length) return;
    const type = bytes.toString("latin1", start + 4, start + 8);
    yield { type, data: bytes.subarray(start + 8, end - 4), start, end };
    if (type === "IEND") return;
    start = end;
  }
}

export function makeChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** Whether a chunk is as it was written: its checksum is over its type and its data. */
export const isWhole = (png: Buffer, { start, end }: PngChunk): boolean =>
  crc32(png.subarray(start + 4, end - 4)) === png.readUInt32BE(end - 4);
