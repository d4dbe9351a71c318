/** What a file that proves a licence may be, told by how it begins and not by its name. */
type EvidenceType = "application/pdf" | "image/png" | "image/jpeg";

/** A file that its holder has attached to a licence; its bytes are kept apart, sealed. */
export type EvidenceFile = { type: EvidenceType; sizeBytes: number };

/** A photograph from a phone is within it. */
export const EVIDENCE_BYTES = 10 * 1024 * 1024;

/** PDF (ISO 32000-2, 7.5.2), PNG (5.2), JPEG (ITU-T T.81, B.1.1.3 and the marker behind it). */
const BEGINNINGS: Record<EvidenceType, readonly number[]> = {
  "application/pdf": [0x25, 0x50, 0x44, 0x46, 0x2d],
  "image/png": [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  "image/jpeg": [0xff, 0xd8, 0xff],
};

const endings: Record<EvidenceType, string> = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
};

type EvidenceReading = { kind: "ok"; type: EvidenceType } | { kind: "faulty"; sentence: string };

/** What kind of file somebody has attached, or what is wrong with it. */
export function readEvidence(bytes: Uint8Array): EvidenceReading {
  const faulty = (sentence: string): EvidenceReading => ({ kind: "faulty", sentence });
  if (bytes.length === 0) return faulty("This file is empty.");
  if (bytes.length > EVIDENCE_BYTES)
    return faulty("This file is larger than 10 MB. A photograph of less detail will do.");
  const types = Object.keys(BEGINNINGS) as EvidenceType[];
  const type = types.find((one) => BEGINNINGS[one].every((byte, at) => bytes[at] === byte));
  return type === undefined
    ? faulty("Choose a PDF, or a picture as PNG or JPEG.")
    : { kind: "ok", type };
}

/** What the file is called when it is saved. Its own name may say anything, and is not kept. */
export const evidenceName = ({ type }: EvidenceFile): string => `licence.${endings[type]}`;
