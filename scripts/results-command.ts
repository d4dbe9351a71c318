import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { ToolError } from "../src/errors.js";
import {
  addCounts,
  type ImportCounts,
  importResults,
  type LineFault,
  noCounts,
} from "../src/results/import-results.js";
import type { ImportKind } from "../src/results/imported-row.js";
import type { Parts } from "../src/parts/parts.js";
import { csvLine } from "../src/web/csv.js";
import { noteCommand } from "./note-command.js";
import { CommandError } from "./command.js";

export const RESULTS_USAGE = `npm run results -- import FILE [--kind scores|completions] [--dry-run] [--report FILE]
    [--organisation …]

  Imports a CSV file of exam scores, or of courses that were completed earlier. A file may be
  imported again: nothing counts twice. --dry-run writes nothing and says what would become of
  each line. --report takes a file for every line that was refused, and why.

  Columns of scores:       course (its code) or exam (its id), score, maximum, taken_at
  Columns of completions:  course, completed_on
  Both:                    sub (the id in the LMS) with issuer where there are several LMSs,
                           or account; optionally id (of the result) and revision`;

export type ResultsCommand = {
  file: string;
  kind: ImportKind;
  dryRun: boolean;
  report: string | undefined;
  organisation: string | undefined;
};

/** @throws CommandError when the command line is no such command */
export function readResultsCommand(args: readonly string[]): ResultsCommand {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kind: { type: "string", default: "scores" },
        "dry-run": { type: "boolean", default: false },
        report: { type: "string" },
        organisation: { type: "string" },
      },
    });
    const [name, file, ...rest] = positionals;
    const { kind, report, organisation } = values;
    if (name !== "import" || file === undefined || rest.length > 0) throw new Error();
    if (kind !== "scores" && kind !== "completions") throw new Error();
    return { file, kind, dryRun: values["dry-run"], report, organisation };
  } catch {
    throw new CommandError(RESULTS_USAGE);
  }
}

async function findOrganisation({ organisations }: Parts, name: string | undefined) {
  const all = await organisations.listAll();
  const found = name === undefined ? all : all.filter((one) => one.name === name);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw new CommandError(
    `Say which organisation, with --organisation:\n${all.map((one) => `  ${one.name}`).join("\n")}`,
  );
}

/** Where refused lines go: a file, or the first of them to the terminal. */
function openReport(path: string | undefined) {
  const SHOWN = 20;
  const shown: string[] = [];
  const file = path === undefined ? undefined : createWriteStream(path);
  file?.write(csvLine(["line", "code", "reason"]));
  return {
    shown,
    add: async ({ line, code, sentence }: LineFault): Promise<void> => {
      if (shown.length < SHOWN) shown.push(`  line ${line}: ${sentence}`);
      if (file?.write(csvLine([line, code, sentence])) === false) await once(file, "drain");
    },
    close: async (): Promise<void> => {
      if (file === undefined) return;
      file.end();
      await once(file, "finish");
    },
  };
}

const sayCounts = (counts: ImportCounts, dryRun: boolean): string =>
  [
    dryRun ? `Dry run: nothing was written. ${counts.lines} lines.` : `${counts.lines} lines.`,
    `  ${dryRun ? "would be stored" : "stored"}: ${counts.stored}`,
    `  there already: ${counts["already-there"]}`,
    `  ${dryRun ? "would be kept" : "kept"} until somebody says which exam is meant: ${counts["kept-for-binding"]}`,
    `  refused: ${counts.refused}`,
  ].join("\n");

/** Imports a file; answers with what became of it, in words. */
export async function runResultsCommand(parts: Parts, wanted: ResultsCommand): Promise<string> {
  const { file, kind, dryRun } = wanted;
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new CommandError(`There is no file ${file}.`);
  const organisation = await findOrganisation(parts, wanted.organisation);
  const report = openReport(wanted.report);
  try {
    const about = { organisationId: organisation.id, kind, dryRun };
    const chunks = createReadStream(file);
    let counts = noCounts;
    for await (const batch of importResults(parts.resultIntake, about, chunks)) {
      counts = addCounts(counts, batch.counts);
      for (const fault of batch.faults) await report.add(fault);
    }
    if (!dryRun)
      await noteCommand(parts, {
        ...{ organisationId: organisation.id, action: "results-imported" },
        subject: { kind: "organisation", id: organisation.id },
        after: { kind, lines: counts.lines, stored: counts.stored, refused: counts.refused },
      });
    const more = counts.refused - report.shown.length;
    return [
      sayCounts(counts, dryRun),
      ...report.shown,
      ...(more > 0 ? [`  and ${more} more; --report writes all of them into a file.`] : []),
    ].join("\n");
  } catch (error) {
    if (!(error instanceof ToolError && error.code === "import-unreadable")) throw error;
    throw new CommandError(`The file cannot be read. ${error.detail ?? ""}`);
  } finally {
    await report.close();
  }
}
