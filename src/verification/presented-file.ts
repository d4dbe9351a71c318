import { readAttachedPdf } from "../credentials/attached-pdf.js";
import { readBakedPng } from "../credentials/baked-png.js";
import { readBakedSvg } from "../credentials/baked-svg.js";
import type { CarriedCredential } from "../credentials/carried-credential.js";

/** A file that someone handed in to have the credential in it checked. */
export type PresentedFile = { name: string; bytes: Buffer };

/** What held the credential: `text` when the file is nothing but the credential. */
export type Carrier = "text" | "png" | "svg" | "pdf";

export type FileReading =
  { kind: "credential"; text: string; carrier: Carrier } | { kind: "refused"; sentence: string };

const nameOf: Record<Carrier, string> = {
  text: "file",
  png: "PNG picture",
  svg: "SVG picture",
  pdf: "PDF",
};

const sentenceOf: Record<Exclude<CarriedCredential["kind"], "found">, (name: string) => string> = {
  none: (name) => `There is no Open Badges 3.0 credential inside this ${name}.`,
  several: (name) =>
    `This ${name} holds more than one credential or attachment, so it is not clear which to check. Take out the one you mean and choose that.`,
  compressed: (name) =>
    `The credential in this ${name} is compressed, which Open Badges does not allow.`,
  "has-entities": (name) =>
    `This ${name} defines shorthands (XML entities), which can hide what is in it. It was not read.`,
  unreadable: (name) =>
    `This ${name} is damaged, protected or was saved anew, and the credential in it cannot be read. Use the file as its issuer gave it out.`,
  "too-large": (name) => `What this ${name} holds is larger than a credential may be.`,
};

const refused = (sentence: string): FileReading => ({ kind: "refused", sentence });

const unknownKind = refused(
  "This file is none that can hold a credential: choose a .json, .jwt, .png, .svg or .pdf file.",
);

/** JSON, or three parts joined by dots; whether it is a credential is for the checks to say. */
const looksSigned = (text: string): boolean =>
  text.startsWith("{") || /^[^\s.<>]+\.[^\s.<>]+\.[^\s.<>]*$/.test(text);

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    return undefined;
  }
}

function carried(carrier: Carrier, reading: CarriedCredential): FileReading {
  if (reading.kind !== "found") return refused(sentenceOf[reading.kind](nameOf[carrier]));
  const text = reading.text.trim();
  return looksSigned(text)
    ? { kind: "credential", text, carrier }
    : refused(sentenceOf.none(nameOf[carrier]));
}

/** Finds the credential in a file. What kind of file it is, its first bytes say, never its name. */
export function readPresentedFile({ bytes }: PresentedFile): FileReading {
  if (bytes.length === 0) return refused("This file is empty.");
  const start = bytes.toString("latin1", 0, 5);
  if (start.endsWith("PNG\r")) return carried("png", readBakedPng(bytes));
  if (start === "%PDF-") return carried("pdf", readAttachedPdf(bytes));
  const text = textOf(bytes);
  if (text === undefined) return unknownKind;
  if (text.startsWith("<")) return carried("svg", readBakedSvg(text));
  return looksSigned(text) ? { kind: "credential", text, carrier: "text" } : unknownKind;
}
