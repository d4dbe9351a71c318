import type { AuditStore } from "../audit/audit-store.js";
import { recordAudit } from "../audit/record-audit.js";
import { ToolError } from "../errors.js";
import { addCounts, importResults } from "./import-results.js";
import { passOf, type ResultImport } from "./result-import.js";
import type { ResultImportStore } from "./result-import-store.js";
import type { TakeResultsNeeds } from "./take-results.js";

export type ImportNeeds = TakeResultsNeeds & {
  imports: ResultImportStore;
  audit: Pick<AuditStore, "addOnce">;
};

/** Its file; `read` says how many bytes of it were handed out so far. */
function openFile(needs: Pick<ImportNeeds, "imports">, about: ResultImport) {
  let readBytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const bytes of needs.imports.readFile(about)) {
      readBytes += bytes.length;
      yield bytes;
    }
  }
  return { chunks: chunks(), read: () => readBytes };
}

/** The pass is at its end. The file is needed no more once its results are in. */
async function finish(needs: ImportNeeds, about: ResultImport): Promise<void> {
  const { imports, now } = needs;
  if (passOf(about) === "checking") {
    await imports.move(about, { from: "checking", to: "checked", at: now() });
    return;
  }
  const { id, organisationId, kind, imported, decidedBy = "" } = about;
  await recordAudit(needs, {
    ...{ id: `results-imported:${id}`, organisationId, actorId: decidedBy, at: now() },
    ...{ action: "results-imported", subject: { kind: "result-file", id } },
    after: { kind, lines: imported.lines, stored: imported.stored, refused: imported.refused },
  });
  await imports.move(about, { from: "importing", to: "imported", at: now() });
  await imports.removeFile(about);
  await imports.removeFaults(about, "checking");
}

async function giveUp(needs: ImportNeeds, about: ResultImport, error: ToolError): Promise<void> {
  const { imports, now } = needs;
  const set = { sentence: error.detail ?? "" };
  await imports.move(about, { from: passOf(about), to: "unreadable", at: now(), set });
  await imports.removeFile(about);
}

/** Another process has done the batch; or the file was discarded, and nothing may be left of it. */
async function leaveNothing({ imports }: ImportNeeds, about: ResultImport): Promise<void> {
  const there = await imports.find(about.organisationId, about.id);
  if (there === undefined) await imports.remove(about);
}

/** An import that waits for somebody to go on with it. */
async function findUnfinished({ imports }: ImportNeeds, organisationId: string, id: string) {
  const about = await imports.find(organisationId, id);
  return about?.state === "checking" || about?.state === "importing" ? about : undefined;
}

/**
 * Goes on with looking at an uploaded file, or with importing it, for at most so many batches. What
 * is done stays done, so that a process may die anywhere and several may do the same at once: the
 * results of a batch that is taken again are there already.
 * @returns whether something is left to do
 */
export async function goOnWithImport(
  needs: ImportNeeds,
  wanted: { organisationId: string; id: string; batches: number },
): Promise<"more" | "done"> {
  const { imports, now } = needs;
  let about = await findUnfinished(needs, wanted.organisationId, wanted.id);
  if (about === undefined) return "done";
  const pass = passOf(about);
  const counted = pass === "checking" ? "checked" : "imported";
  const { organisationId, kind } = about;
  const file = openFile(needs, about);
  const lines = { organisationId, kind, dryRun: pass === "checking", skip: about[counted].lines };
  let left = wanted.batches;
  try {
    for await (const { counts, faults } of importResults(needs, lines, file.chunks)) {
      const sum = addCounts(about[counted], counts);
      const batch = { counts: sum, faults, readBytes: file.read(), at: now() };
      if (!(await imports.advance(about, pass, batch))) {
        await leaveNothing(needs, about);
        return "done";
      }
      about = { ...about, [counted]: sum };
      left -= 1;
      if (left === 0) return "more";
    }
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== "import-unreadable") throw error;
    await giveUp(needs, about, error);
    return "done";
  }
  await finish(needs, about);
  return "done";
}
