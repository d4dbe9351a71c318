import { randomBytes } from "node:crypto";
// In Node since 20.15 and 22.2.
import { crc32 } from "node:zlib";

/**
 * Files are a header and frames. Header: 8 bytes of kind, a random salt (4), a checksum (4).
 * Frame: mark (4), length of the payload (4), sequence number (8), checksum (4), payload. The
 * checksum covers salt, length, number and payload: a frame copied from elsewhere is none.
 */
export const FILE_HEADER_BYTES = 16;
export const FRAME_HEADER_BYTES = 20;
const MAX_FRAME_BYTES = 512 * 1024 * 1024;

const MARK = 0x4d52_4645;

export type FileKind = "EMJRNL01" | "EMSNAP01";
export type FileHeader = { kind: FileKind; salt: number };

export function newFileHeader(kind: FileKind): { header: FileHeader; bytes: Buffer } {
  const salt = randomBytes(4).readUInt32LE();
  const bytes = Buffer.alloc(FILE_HEADER_BYTES);
  bytes.write(kind, 0, "latin1");
  bytes.writeUInt32LE(salt, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return { header: { kind, salt }, bytes };
}

/** Reads a file's header; undefined when it is damaged or of another kind. */
export function parseFileHeader(bytes: Buffer, kind: FileKind): FileHeader | undefined {
  if (bytes.length < FILE_HEADER_BYTES) return undefined;
  if (bytes.toString("latin1", 0, 8) !== kind) return undefined;
  if (crc32(bytes.subarray(0, 12)) !== bytes.readUInt32LE(12)) return undefined;
  return { kind, salt: bytes.readUInt32LE(8) };
}

function checksum(salt: number, lengthAndNumber: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(lengthAndNumber, salt));
}

/** Fills the first bytes of `frame`, whose payload is already in its place. */
export function sealFrame(frame: Buffer, header: FileHeader, number: number): Buffer {
  const payload = frame.subarray(FRAME_HEADER_BYTES);
  frame.writeUInt32LE(MARK, 0);
  frame.writeUInt32LE(payload.length, 4);
  frame.writeBigUInt64LE(BigInt(number), 8);
  frame.writeUInt32LE(checksum(header.salt, frame.subarray(4, 16), payload), 16);
  return frame;
}

export type FrameHead = { length: number; number: number; checksum: number };

/** Reads a frame's head; undefined when it cannot be one. */
export function parseFrameHead(bytes: Buffer, at: number): FrameHead | undefined {
  if (at + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(at) !== MARK) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  if (length > MAX_FRAME_BYTES) return undefined;
  return {
    length,
    number: Number(bytes.readBigUInt64LE(at + 8)),
    checksum: bytes.readUInt32LE(at + 16),
  };
}

/** Whether the payload belongs to the head. `head` are the frame's first bytes. */
export function isWhole(header: FileHeader, head: Buffer, payload: Buffer): boolean {
  return checksum(header.salt, head.subarray(4, 16), payload) === head.readUInt32LE(16);
}

/** Where the next mark is, from `at` on. */
export function nextMark(bytes: Buffer, at: number): number {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(MARK, 0);
  return bytes.indexOf(mark, at);
}
