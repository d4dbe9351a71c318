import { CommandError } from "../command-error.js";
import type { Doc } from "../values/value.js";
import { decodeDoc } from "./decode-bson.js";
import { encodeDoc, RawDoc, type Encodable } from "./encode-bson.js";

export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
export const HEADER_BYTES = 16;

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const EXHAUST_ALLOWED = 1 << 16;

/** One command as it came in, with its document sequences (kind 1 sections) undecoded. */
export type Request = {
  id: number;
  legacy: boolean;
  expectsReply: boolean;
  exhaustAllowed: boolean;
  command: Doc;
  sequences: ReadonlyMap<string, readonly RawDoc[]>;
  /** Why the command could not be read, if its frame was sound. */
  fault?: CommandError;
};

/** A message that cannot be answered: the connection is closed. */
class ProtocolFault extends Error {}

/** The number of a whole message. */
export function idOf(bytes: Buffer): number {
  return bytes.readInt32LE(4);
}

/** Parses a whole message (header included). */
export function parseMessage(bytes: Buffer): Request {
  const id = idOf(bytes);
  const code = bytes.readInt32LE(12);
  const legacy = code === OP_QUERY;
  try {
    if (code === OP_MSG) return parseMsg(bytes, id);
    if (legacy) return parseQuery(bytes, id);
  } catch (fault) {
    if (!(fault instanceof CommandError)) throw fault;
    const flags = legacy ? 0 : bytes.readUInt32LE(HEADER_BYTES);
    return { ...EMPTY, id, legacy, fault, expectsReply: (flags & MORE_TO_COME) === 0 };
  }
  throw new ProtocolFault(`operation ${code} is not supported`);
}

const EMPTY = {
  exhaustAllowed: false,
  command: new Map() as Doc,
  sequences: new Map<string, readonly RawDoc[]>(),
};

function parseQuery(bytes: Buffer, id: number): Request {
  const nameEnd = bytes.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0 || nameEnd + 9 > bytes.length) throw new ProtocolFault("a query is too short");
  const name = bytes.toString("utf8", HEADER_BYTES + 4, nameEnd);
  const command = decodeDoc(bytes, { start: nameEnd + 9, end: bytes.length });
  command.set("$db", name.split(".")[0] ?? "admin");
  return {
    id,
    legacy: true,
    expectsReply: true,
    exhaustAllowed: false,
    command,
    sequences: new Map(),
  };
}

function parseMsg(bytes: Buffer, id: number): Request {
  if (bytes.length < HEADER_BYTES + 5) throw new ProtocolFault("a message is too short");
  const flags = bytes.readUInt32LE(HEADER_BYTES);
  if ((flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) {
    throw new ProtocolFault("a required flag bit is unknown");
  }
  const end = bytes.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Doc | undefined;
  const sequences = new Map<string, readonly RawDoc[]>();
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = bytes[at];
    const length = at + 5 <= end ? bytes.readInt32LE(at + 1) : 0;
    const sectionEnd = at + 1 + length;
    if (length < 5 || sectionEnd > end) throw new ProtocolFault("a section's length is wrong");
    if (kind === 0 && command === undefined) {
      command = decodeDoc(bytes, { start: at + 1, end: sectionEnd });
    } else if (kind === 1) {
      const { name, docs } = parseSequence(bytes, at + 5, sectionEnd);
      sequences.set(name, docs);
    } else {
      throw new ProtocolFault("a section's kind is wrong");
    }
    at = sectionEnd;
  }
  if (command === undefined) throw new ProtocolFault("a message has no body");
  return {
    id,
    legacy: false,
    expectsReply: (flags & MORE_TO_COME) === 0,
    exhaustAllowed: (flags & EXHAUST_ALLOWED) !== 0,
    command,
    sequences,
  };
}

function parseSequence(bytes: Buffer, start: number, end: number) {
  const nameEnd = bytes.indexOf(0, start);
  if (nameEnd < 0 || nameEnd >= end) throw new ProtocolFault("a sequence has no name");
  const docs: RawDoc[] = [];
  let at = nameEnd + 1;
  while (at < end) {
    const length = at + 4 <= end ? bytes.readInt32LE(at) : 0;
    if (length < 5 || at + length > end) {
      throw new CommandError("InvalidBSON", "a document's length in a sequence is wrong");
    }
    docs.push(new RawDoc(bytes, at, at + length));
    at += length;
  }
  return { name: bytes.toString("utf8", start, nameEnd), docs };
}

let nextReplyId = 1;

/** The bytes of an answer to the request. */
export function buildReply(
  request: Request,
  body: Map<string, Encodable>,
  moreToCome = false,
): Buffer {
  const headBytes = HEADER_BYTES + (request.legacy ? 20 : 5);
  const bytes = encodeDoc(body, headBytes);
  nextReplyId = (nextReplyId + 1) | 0;
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(nextReplyId, 4);
  bytes.writeInt32LE(request.id, 8);
  bytes.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  bytes.fill(0, HEADER_BYTES, headBytes);
  if (request.legacy) {
    bytes.writeInt32LE(8, HEADER_BYTES);
    bytes.writeInt32LE(1, HEADER_BYTES + 16);
  } else if (moreToCome) {
    bytes.writeInt32LE(MORE_TO_COME, HEADER_BYTES);
  }
  return bytes;
}
