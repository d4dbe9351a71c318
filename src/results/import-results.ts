import { ToolError } from "../errors.js";
import { type ImportKind, readHeader, readRow, type RowFault } from "./imported-row.js";
import type { IncomingResult, Reception } from "./incoming-result.js";
import { type CsvRecord, readCsv } from "./read-csv.js";
import { previewResults, takeResults, type TakeResultsNeeds } from "./take-results.js";

/** How a line fared; told of those that are not stored. */
export type LineFault = RowFault & { line: number };

/** How many lines there were, and what became of them. */
export type ImportCounts = Record<Reception["outcome"] | "lines", number>;

const AT_ONCE = 500;

type Line = { line: number; result: IncomingResult };

/** Rows in batches; what cannot be read goes to `onFault` at once. */
async function* batchesOf(
  records: AsyncIterable<CsvRecord>,
  kind: ImportKind,
  onFault: (fault: LineFault) => Promise<void>,
): AsyncGenerator<Line[]> {
  let header: Extract<ReturnType<typeof readHeader>, { kind: "ok" }>["header"] | undefined;
  let batch: Line[] = [];
  for await (const { line, cells } of records) {
    if (header === undefined) {
      const reading = readHeader(cells, kind);
      if (reading.kind === "faulty")
        throw new ToolError("import-unreadable", { detail: reading.sentence });
      header = reading.header;
      continue;
    }
    const row = readRow(cells, header, kind);
    if ("code" in row) await onFault({ line, ...row });
    else batch.push({ line, result: row });
    if (batch.length === AT_ONCE) {
      yield batch;
      batch = [];
    }
  }
  if (header === undefined)
    throw new ToolError("import-unreadable", { detail: "The file is empty." });
  if (batch.length > 0) yield batch;
}

/**
 * Imports a CSV file of results, each once however often the file is imported: batch by batch, so
 * that memory does not grow with it. With `dryRun` it writes nothing and says what would become of
 * each line. May be interrupted anywhere and begun again.
 * @throws ToolError import-unreadable when it is no such file
 */
export async function importResults(
  needs: TakeResultsNeeds,
  about: { organisationId: string; kind: ImportKind; dryRun: boolean },
  file: {
    chunks: AsyncIterable<Uint8Array>;
    onFault: (fault: LineFault) => Promise<void>;
    onBatch?: (counts: ImportCounts) => Promise<void>;
  },
): Promise<ImportCounts> {
  const { organisationId, kind, dryRun } = about;
  const sender = { organisationId, source: "imported" as const, name: kind };
  const take = dryRun ? previewResults : takeResults;
  const counts: ImportCounts = {
    ...{ lines: 0, stored: 0, "already-there": 0, "kept-for-binding": 0, refused: 0 },
  };
  const onFault = async (fault: LineFault): Promise<void> => {
    counts.lines += 1;
    counts.refused += 1;
    await file.onFault(fault);
  };
  for await (const batch of batchesOf(readCsv(file.chunks), kind, onFault)) {
    const receptions = await take(
      needs,
      sender,
      batch.map(({ result }) => result),
    );
    for (const [index, reception] of receptions.entries()) {
      counts.lines += 1;
      counts[reception.outcome] += 1;
      const line = batch[index]?.line ?? 0;
      if (reception.outcome === "refused")
        await file.onFault({ line, code: reception.code, sentence: reception.sentence });
    }
    await file.onBatch?.(counts);
  }
  return counts;
}
