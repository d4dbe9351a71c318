import type { ImportCounts, LineFault } from "../results/import-results.js";
import type { ImportKind } from "../results/imported-row.js";
import { IMPORT_KEPT_MS, importLimits, type ResultImport } from "../results/result-import.js";
import type { PageOf } from "../stored-record.js";
import { momentOf } from "./moments.js";

const MEGABYTE = 1024 * 1024;

const kindTexts: Record<ImportKind, string> = {
  scores: "Scores of exams",
  completions: "Courses completed earlier",
};

const stateTexts: Record<ResultImport["state"], { state: string; label: string }> = {
  receiving: { state: "waiting", label: "Arriving" },
  checking: { state: "waiting", label: "Being looked at" },
  checked: { state: "waiting", label: "Waits for your decision" },
  importing: { state: "waiting", label: "Being imported" },
  imported: { state: "done", label: "Imported" },
  unreadable: { state: "fault", label: "Cannot be read" },
};

/** What the upload form says. */
export const importForm = {
  kinds: (["scores", "completions"] as const).map((value) => ({ value, label: kindTexts[value] })),
  most: `${importLimits.fileBytes / MEGABYTE} MB`,
  daysKept: IMPORT_KEPT_MS / 86_400_000,
};

/** Files that were uploaded lately, as the list shows them. */
export const importRows = (imports: readonly ResultImport[]) =>
  imports.map(({ id, fileName, kind, state, uploadedAt }) => ({
    ...{ id, fileName, kind: kindTexts[kind], uploaded: momentOf(uploadedAt) },
    state: stateTexts[state],
  }));

const isOne = (count: number): boolean => count === 1;
const grouped = (count: number): string => count.toLocaleString("en");
const lines = (count: number): string => `${grouped(count)} ${isOne(count) ? "line" : "lines"}`;

/** What would become of the lines, or has become of them: one sentence for each kind. */
function sentencesOf(counts: ImportCounts, isDone: boolean): string[] {
  const { stored, refused, "already-there": there, "kept-for-binding": kept } = counts;
  const say = (count: number, would: string, is: string): string[] =>
    count === 0 ? [] : [`${lines(count)} ${isDone ? is : would}`];
  return [
    ...say(stored, "would be imported and count.", `${isOne(stored) ? "was" : "were"} imported.`),
    ...say(
      kept,
      "would be kept until you say which exam is meant: no course or exam here has the code or id.",
      `${isOne(kept) ? "is" : "are"} kept until you say which exam is meant.`,
    ),
    ...say(
      there,
      `${isOne(there) ? "is" : "are"} here already and would not count twice.`,
      `${isOne(there) ? "was" : "were"} here already and ${isOne(there) ? "does" : "do"} not count twice.`,
    ),
    ...say(refused, "cannot be imported, see below.", "could not be imported, see below."),
  ];
}

type Stage = {
  heading: string;
  said: string;
  bar?: { value: number; max: number };
  isUnderWay?: boolean;
  importLabel?: string;
  mayDiscard?: boolean;
};

function stageOf(about: ResultImport): Stage {
  const { state, checked, checkedBytes, imported, sizeBytes, sentence } = about;
  if (state === "imported") {
    return { heading: "The file is imported", said: `${lines(imported.lines)} in all.` };
  }
  if (state === "unreadable") {
    const heading = "This file cannot be read, and nothing of it was imported";
    return { heading, said: sentence ?? "", mayDiscard: true };
  }
  if (state === "importing") {
    const bar = { value: imported.lines, max: Math.max(1, checked.lines) };
    const said = `${grouped(imported.lines)} of ${lines(checked.lines)} done.`;
    return { heading: "Importing the file", said, bar, isUnderWay: true };
  }
  if (state === "checked") {
    const useful = checked.stored + checked["kept-for-binding"];
    const said = `${lines(checked.lines)} in all. Nothing has been imported yet.`;
    const label = `Import ${useful === checked.lines ? "" : "these "}${lines(useful)}`;
    const mayImport = useful === 0 ? {} : { importLabel: label };
    return { heading: "What would become of it", said, ...mayImport, mayDiscard: true };
  }
  const bar = { value: Math.min(checkedBytes, sizeBytes), max: Math.max(1, sizeBytes) };
  const said = `${lines(checked.lines)} looked at so far. Nothing is imported yet.`;
  return { heading: "Looking at the file", said, bar, isUnderWay: true, mayDiscard: true };
}

/** One uploaded file: what would become of it, or what has. */
export function resultImportPage(about: ResultImport, faults: PageOf<LineFault>) {
  const { id, fileName, kind, uploadedAt, state } = about;
  const isDone = state === "importing" || state === "imported";
  return {
    ...{ id, fileName, kind: kindTexts[kind], uploaded: momentOf(uploadedAt) },
    ...stageOf(about),
    sentences: sentencesOf(isDone ? about.imported : about.checked, isDone),
    isOver: state === "imported" || state === "unreadable",
    daysKept: importForm.daysKept,
    faults,
  };
}
