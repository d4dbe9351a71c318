import {
  chunksOf,
  isPng,
  isWhole,
  makeChunk,
  PNG_SIGNATURE,
  type PngChunk,
} from "../pictures/png-chunks.js";
import type { CarriedCredential } from "./carried-credential.js";

/** The keyword of the chunk that holds a credential (OB 3.0 §5.3.2.1). */
const KEYWORD = "openbadgecredential";

/** Whether a chunk is the one of ours, whatever is in it. */
const isBaked = ({ type, data }: PngChunk): boolean =>
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
  const baked = makeChunk("iTXt", Buffer.concat([head, Buffer.from(credential, "utf8")]));
  const parts: Buffer[] = [PNG_SIGNATURE];
  for (const one of chunksOf(png)) {
    if (!isBaked(one)) parts.push(png.subarray(one.start, one.end));
    if (one.type === "IHDR") parts.push(baked);
  }
  return Buffer.concat(parts);
}

/** The credential in a PNG. More than one is forbidden, and so is a compressed one: a bomb. */
export function readBakedPng(png: Buffer): CarriedCredential {
  if (!isPng(png)) return { kind: "unreadable" };
  let found: PngChunk | undefined;
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
