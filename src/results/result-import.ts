import type { ImportCounts, LineFault } from "./import-results.js";
import type { ImportKind } from "./imported-row.js";

/**
 * A file of results that an administrator has uploaded: received, looked at from beginning to end
 * without anything being written, and imported once somebody says so. Looking and importing go on
 * in batches; each is kept as it is done.
 */
export type ResultImport = {
  id: string;
  organisationId: string;
  kind: ImportKind;
  /** As its sender's computer calls it. */
  fileName: string;
  sizeBytes: number;
  uploadedBy: string;
  uploadedAt: Date;
  state: "receiving" | "checking" | "checked" | "importing" | "imported" | "unreadable";
  /** What would become of its lines, as far as they were looked at. */
  checked: ImportCounts;
  /** How much of the file was read for that. */
  checkedBytes: number;
  /** What became of its lines, as far as they were imported. */
  imported: ImportCounts;
  /** What is wrong with the file as a whole; only when it is unreadable. */
  sentence: string | undefined;
  /** Who said that it is to be imported. */
  decidedBy: string | undefined;
  /** When something was last done about it. */
  touchedAt: Date;
};

/** In which of its two passes a line was refused. */
export type ImportPass = "checking" | "importing";

/** A line that cannot be imported. Unique by (import, pass, line). */
export type ImportFault = LineFault & { importId: string; pass: ImportPass };

/** What may be uploaded; the command line takes files of any length. */
export const importLimits = {
  fileBytes: 16 * 1024 * 1024,
  /** Of one organisation, and not imported yet. */
  filesKept: 10,
} as const;

const HOUR_MS = 3_600_000;

/** A file that has not arrived by then never will. */
export const RECEIVING_MS = HOUR_MS;

/** After this long without anything done about it, an import is removed with all that belongs to it. */
export const IMPORT_KEPT_MS = 7 * 24 * HOUR_MS;

/** Which pass an import is in, or was in last. */
export const passOf = ({ state }: Pick<ResultImport, "state">): ImportPass =>
  state === "importing" || state === "imported" ? "importing" : "checking";
