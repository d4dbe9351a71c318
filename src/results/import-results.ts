import { ToolError } from "../errors.js";
import { type ImportKind, readHeader, readRow, type RowFault } from "./imported-row.js";
import type { IncomingResult, Reception } from "./incoming-result.js";
import { type CsvRecord, readCsv } from "./read-csv.js";
import { previewResults, takeResults, type TakeResultsNeeds } from "./take-results.js";

/** How a line fared; told of those that are not stored. */
export type LineFault = RowFault & { line: number };

/** How many lines there were, and what became of them. */
export type ImportCounts = Record<Reception["outcome"] | "lines", number>;

export const noCounts: ImportCounts = {
  ...{ lines: 0, stored: 0, "already-there": 0, "kept-for-binding": 0, refused: 0 },
};

/** The lines that were looked at together. */
export type ImportedBatch = { counts: ImportCounts; faults: LineFault[] };

/** So many lines are taken together. */
const LINES_AT_ONCE = 500;

type Line = { line: number; row: IncomingResult | RowFault };

export const addCounts = (one: ImportCounts, other: ImportCounts): ImportCounts => ({
  lines: one.lines + other.lines,
  stored: one.stored + other.stored,
  "already-there": one["already-there"] + other["already-there"],
  "kept-for-binding": one["kept-for-binding"] + other["kept-for-binding"],
  refused: one.refused + other.refused,
});

/** Lines behind the first `skip`, in batches. */
async function* batchesOf(
  records: AsyncIterable<CsvRecord>,
  { kind, skip }: { kind: ImportKind; skip: number },
): AsyncGenerator<Line[]> {
  let header: Extract<ReturnType<typeof readHeader>, { kind: "ok" }>["header"] | undefined;
  let batch: Line[] = [];
  let passed = 0;
  for await (const { line, cells } of records) {
    if (header === undefined) {
      const reading = readHeader(cells, kind);
      if (reading.kind === "faulty")
        throw new ToolError("import-unreadable", { detail: reading.sentence });
      header = reading.header;
      continue;
    }
    passed += 1;
    if (passed <= skip) continue;
    batch.push({ line, row: readRow(cells, header, kind) });
    if (batch.length === LINES_AT_ONCE) {
      yield batch;
      batch = [];
    }
  }
  if (header === undefined)
    throw new ToolError("import-unreadable", { detail: "The file is empty." });
  if (batch.length > 0) yield batch;
}

/** What became of a batch, once it was taken. */
function tally(lines: readonly Line[], receptions: readonly Reception[]): ImportedBatch {
  const counts = { ...noCounts, lines: lines.length };
  const faults: LineFault[] = [];
  let taken = 0;
  for (const { line, row } of lines) {
    const answer = "code" in row ? undefined : receptions[taken++];
    const outcome = answer?.outcome ?? "refused";
    counts[outcome] += 1;
    const fault = "code" in row ? row : answer;
    if (fault !== undefined && "code" in fault)
      faults.push({ line, code: fault.code, sentence: fault.sentence });
  }
  return { counts, faults };
}

/**
 * Imports a CSV file of results, each once however often the file is imported: batch by batch, so
 * that memory does not grow with it. With `dryRun` it writes nothing and says what would become of
 * each line. May be left anywhere and begun again, also behind the first `skip` lines.
 * @throws ToolError import-unreadable with a sentence for who made the file, when it is none of ours
 */
export async function* importResults(
  needs: TakeResultsNeeds,
  about: { organisationId: string; kind: ImportKind; dryRun: boolean; skip?: number },
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ImportedBatch> {
  const { organisationId, kind, dryRun, skip = 0 } = about;
  const sender = { organisationId, source: "imported" as const, name: kind };
  const take = dryRun ? previewResults : takeResults;
  for await (const lines of batchesOf(readCsv(chunks), { kind, skip })) {
    const results = lines.flatMap(({ row }) => ("code" in row ? [] : [row]));
    yield tally(lines, await take(needs, sender, results));
  }
}
