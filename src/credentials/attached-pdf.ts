import { inflateSync } from "node:zlib";
import type { CarriedCredential } from "./carried-credential.js";

const EMBEDDED_FILE = Buffer.from("/EmbeddedFile", "latin1");

/** Longest dictionary that is looked at; that of an attachment of ours takes some 250 bytes. */
const DICTIONARY_BYTES = 2048;

/** So often may the name stand in a file before it was made to take time. */
const MOST_MENTIONS = 100;

/** Most that an attachment may unpack to. */
const ATTACHMENT_BYTES = 1_000_000;

type EmbeddedFile = { dictionary: string; start: number };

/** Reads the object around a mention of the name, if that is an embedded file stream. */
function embeddedFileAt(pdf: Buffer, at: number): EmbeddedFile | undefined {
  const before = pdf.toString("latin1", Math.max(0, at - DICTIONARY_BYTES), at);
  const after = pdf.toString("latin1", at, at + DICTIONARY_BYTES);
  const begin = before.lastIndexOf(" obj");
  const end = /\bstream\r?\n/.exec(after);
  if (begin < 0 || end === null) return undefined;
  const dictionary = before.slice(begin + 4) + after.slice(0, end.index);
  const isOne =
    /\/Type\s*\/EmbeddedFile(?![\w.-])/.test(dictionary) && !dictionary.includes("endobj");
  return isOne ? { dictionary, start: at + end.index + end[0].length } : undefined;
}

/**
 * The embedded file streams (ISO 32000-1 §7.11.4). They are never packed into object streams, so
 * going through the bytes finds them without the tables at the end, which a forger may bend.
 */
function embeddedFilesOf(pdf: Buffer): EmbeddedFile[] | undefined {
  const found: EmbeddedFile[] = [];
  let mentions = 0;
  let at = pdf.indexOf(EMBEDDED_FILE);
  while (at >= 0) {
    mentions += 1;
    if (mentions > MOST_MENTIONS) return undefined;
    const file = embeddedFileAt(pdf, at);
    if (file !== undefined) found.push(file);
    at = pdf.indexOf(EMBEDDED_FILE, at + EMBEDDED_FILE.length);
  }
  return found;
}

/** The stream's bytes as they stand in the file, when its length is said outright and is true. */
function storedBytes(pdf: Buffer, { dictionary, start }: EmbeddedFile): Buffer | undefined {
  const length = Number(/\/Length\s+(\d{1,9})\b(?!\s+\d+\s+R)/.exec(dictionary)?.[1]);
  if (Number.isNaN(length)) return undefined;
  const end = start + length;
  const isTrue = /^\r?\n?endstream/.test(pdf.toString("latin1", end, end + 12));
  return isTrue ? pdf.subarray(start, end) : undefined;
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";

function unpack(stored: Buffer): CarriedCredential {
  try {
    const bytes = inflateSync(stored, { maxOutputLength: ATTACHMENT_BYTES });
    return { kind: "found", text: bytes.toString("utf8") };
  } catch (error) {
    return { kind: isTooLarge(error) ? "too-large" : "unreadable" };
  }
}

/**
 * The text of the one file attached to a PDF, stored plainly or deflated, as in the PDFs that are
 * made here. What the pages show is not looked at, and nothing in the file is followed or run.
 */
export function readAttachedPdf(pdf: Buffer): CarriedCredential {
  const files = embeddedFilesOf(pdf);
  if (files === undefined) return { kind: "unreadable" };
  const [file, ...others] = files;
  if (file === undefined) return { kind: "none" };
  if (others.length > 0) return { kind: "several" };
  const stored = storedBytes(pdf, file);
  if (stored === undefined) return { kind: "unreadable" };
  const { dictionary } = file;
  if (/\/Filter\s*(?:\/FlateDecode\b|\[\s*\/FlateDecode\s*\])/.test(dictionary))
    return unpack(stored);
  if (dictionary.includes("/Filter")) return { kind: "unreadable" };
  return stored.length > ATTACHMENT_BYTES
    ? { kind: "too-large" }
    : { kind: "found", text: stored.toString("utf8") };
}
