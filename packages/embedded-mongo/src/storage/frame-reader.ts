import {
  FILE_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  isWhole,
  nextMark,
  parseFileHeader,
  parseFrameHead,
  type FileHeader,
  type FileKind,
} from "./frame.js";
import type { OpenFile } from "./file-layer.js";

export type Frame = { number: number; payload: Buffer; offset: number };

/** How reading a file ended: at its end, or at a place that is no frame. */
export type ReadEnd =
  | { kind: "end"; offset: number; header: FileHeader }
  /** Nothing sound follows: the end of a write that was cut off. */
  | { kind: "torn"; offset: number; header: FileHeader | undefined }
  /** Sound frames follow: not a cut-off write, but damage. */
  | { kind: "damaged"; offset: number; header: FileHeader | undefined };

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Reads a file's frames in order, handing each to `take`. */
export async function readFrames(
  file: OpenFile,
  kind: FileKind,
  take: (frame: Frame) => void,
): Promise<ReadEnd> {
  const size = await file.size();
  const header = parseFileHeader(await file.read(0, FILE_HEADER_BYTES), kind);
  if (!header) {
    const damaged = size > FILE_HEADER_BYTES;
    return { kind: damaged ? "damaged" : "torn", offset: 0, header: undefined };
  }
  let offset = FILE_HEADER_BYTES;
  let [window, start]: [Buffer, number] = [Buffer.alloc(0), offset];
  while (offset < size) {
    if (offset + FRAME_HEADER_BYTES > start + window.length) {
      [window, start] = [await file.read(offset, CHUNK_BYTES), offset];
    }
    const head = parseFrameHead(window, offset - start);
    const end = head ? offset + FRAME_HEADER_BYTES + head.length : 0;
    if (!head || end > size) return await endAt(file, { offset, size, header });
    if (end > start + window.length) {
      const length = Math.max(CHUNK_BYTES, end - offset);
      [window, start] = [await file.read(offset, length), offset];
    }
    const at = offset - start;
    const payload = window.subarray(at + FRAME_HEADER_BYTES, end - start);
    if (!isWhole(header, window.subarray(at, at + FRAME_HEADER_BYTES), payload)) {
      return await endAt(file, { offset, size, header });
    }
    take({ number: head.number, payload, offset });
    offset = end;
  }
  return { kind: "end", offset, header };
}

async function endAt(
  file: OpenFile,
  { offset, size, header }: { offset: number; size: number; header: FileHeader },
): Promise<ReadEnd> {
  const rest = await file.read(offset, size - offset);
  for (let at = nextMark(rest, 1); at >= 0; at = nextMark(rest, at + 1)) {
    const head = parseFrameHead(rest, at);
    if (!head || at + FRAME_HEADER_BYTES + head.length > rest.length) continue;
    const body = rest.subarray(at + FRAME_HEADER_BYTES, at + FRAME_HEADER_BYTES + head.length);
    if (isWhole(header, rest.subarray(at, at + FRAME_HEADER_BYTES), body)) {
      return { kind: "damaged", offset, header };
    }
  }
  return { kind: "torn", offset, header };
}
