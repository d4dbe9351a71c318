import { crc32 } from "node:zlib";
import type { CarriedCredential } from "./carried-credential.js";

/** PNG (ISO/IEC 15948) as far as baking needs it: a signature, then chunks. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The keyword of the chunk that holds a credential (OB 3.0 §5.3.2.1). */
const KEYWORD = "openbadgecredential";

type Chunk = { type: string; data: Buffer; start: number; end: number };

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(SIGNATURE);

/** The chunks one after the other; ends where the file is cut off or broken. */
function* chunksOf(bytes: Buffer): Generator<Chunk> {
  let start = SIGNATURE.length;
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

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** Whether a chunk is the one of ours, whatever is in it. */
const isBaked = ({ type, data }: Chunk): boolean =>
  type === "iTXt" && data.toString("latin1", 0, KEYWORD.length + 1) === `${KEYWORD}\0`;

/**
 * Writes a credential into a picture (OB 3.0 §5.3.2.1): one uncompressed iTXt chunk right after the
 * header. One that was there is replaced.
 * @throws Error when the bytes are no PNG
 */
export function bakePng(png: Buffer, credential: string): Buffer {
  if (!isPng(png)) throw new Error("A picture to bake is no PNG");
  // Keyword, null, not compressed, method 0, empty language tag, empty translation, text.
  const head = Buffer.concat([Buffer.from(KEYWORD, "latin1"), Buffer.alloc(5)]);
  const baked = chunk("iTXt", Buffer.concat([head, Buffer.from(credential, "utf8")]));
  const parts: Buffer[] = [SIGNATURE];
  for (const one of chunksOf(png)) {
    if (!isBaked(one)) parts.push(png.subarray(one.start, one.end));
    if (one.type === "IHDR") parts.push(baked);
  }
  return Buffer.concat(parts);
}

/** Whether a chunk is as it was written: its checksum is over its type and its data. */
const isWhole = (png: Buffer, { start, end }: Chunk): boolean =>
  crc32(png.subarray(start + 4, end - 4)) === png.readUInt32BE(end - 4);

/** The credential in a PNG. More than one is forbidden, and so is a compressed one: a bomb. */
export function readBakedPng(png: Buffer): CarriedCredential {
  if (!isPng(png)) return { kind: "unreadable" };
  let found: Chunk | undefined;
  let last = "";
  for (const one of chunksOf(png)) {
    last = one.type;
    if (!isBaked(one)) continue;
    if (found !== undefined) return { kind: "several" };
    found = one;
  }
  if (last !== "IEND") return { kind: "unreadable" };
  if (found === undefined) return { kind: "none" };
  if (!isWhole(png, found)) return { kind: "unreadable" };
  const { data } = found;
  if (data[KEYWORD.length + 1] !== 0) return { kind: "compressed" };
  const language = data.indexOf(0, KEYWORD.length + 3);
  const translation = data.indexOf(0, language + 1);
  if (language < 0 || translation < 0) return { kind: "unreadable" };
  return { kind: "found", text: data.toString("utf8", translation + 1) };
}
