import { recordAudit } from "../audit/record-audit.js";
import type { InOneWrite } from "../database.js";
import { ToolError } from "../errors.js";
import type { WorkQueue } from "../work/work-queue.js";
import { goOnWithImport, type ImportNeeds } from "./go-on-with-import.js";
import { type FileReception, receiveFile } from "./receive-file.js";
import { IMPORT_KEPT_MS, RECEIVING_MS, type ResultImport } from "./result-import.js";

type Needs = ImportNeeds & {
  inOneWrite: InOneWrite;
  work: Pick<WorkQueue, "wake" | "wakeUnlessThere">;
};

type OneImport = { organisationId: string; id: string };

/** One more than a small file needs: who uploads one sees at once what became of it. */
const BATCHES_AT_ONCE = 2;
/** Far less than a job may take before another process takes it up as well. */
const BATCHES_PER_JOB = 40;
const SWEPT_AT_ONCE = 100;
const SWEEP_AFTER_MS = 60_000;

const jobOf = ({ organisationId, id }: OneImport) => ({ key: id, organisationId, importId: id });

/**
 * Uploaded files of results: looked at, and imported when an administrator says so, by jobs that
 * merely wake what stands in the store.
 */
export function createFileImports(needs: Needs) {
  const { imports, now, work } = needs;

  const goOn = async (about: OneImport, batches: number): Promise<void> => {
    const left = await goOnWithImport(needs, { ...about, batches });
    if (left === "more") await work.wake("import-results", jobOf(about));
  };

  const find = async ({ organisationId, id }: OneImport): Promise<ResultImport> => {
    const found = await imports.find(organisationId, id);
    if (found === undefined || found.state === "receiving") throw new ToolError("not-found");
    return found;
  };

  return {
    /** Keeps a file as it arrives and begins to look at it. */
    async receiveFile(
      about: Parameters<typeof receiveFile>[1],
      chunks: AsyncIterable<Uint8Array>,
    ): Promise<FileReception> {
      const reception = await receiveFile(needs, about, chunks);
      const { organisationId } = about;
      if (reception.kind === "received")
        await goOn({ organisationId, id: reception.id }, BATCHES_AT_ONCE);
      return reception;
    },

    /**
     * An administrator has read what would become of a file and wants it imported. Again is as
     * good as once.
     * @throws ToolError not-found
     */
    async importFile(decision: OneImport & { decidedBy: string }): Promise<void> {
      const { organisationId, id, decidedBy } = decision;
      const about = await find(decision);
      if (about.state !== "checked") return;
      const at = now();
      const step = { from: "checked", to: "importing", at, set: { decidedBy } } as const;
      await needs.inOneWrite(async () => {
        if (!(await imports.move(about, step))) return;
        await recordAudit(needs, {
          ...{ organisationId, actorId: decidedBy, at, action: "results-import-begun" },
          subject: { kind: "result-file", id },
          after: { kind: about.kind, lines: about.checked.lines },
        });
      });
      await goOn(about, BATCHES_AT_ONCE);
    },

    /**
     * Removes a file that is not being imported, and what was found in it.
     * @throws ToolError not-found
     */
    async discardFile(wanted: OneImport): Promise<void> {
      const about = await find(wanted);
      if (about.state !== "importing") await imports.remove(about);
    },

    /** Goes on with an import for a while, and has the rest done by the next job. */
    async goOnWithFile(about: OneImport): Promise<void> {
      await goOn(about, BATCHES_PER_JOB);
    },

    /** Finds what a process that died has left, and removes what nobody has touched for days. */
    async sweepFiles({ reach }: { reach: "all" | "settled" }): Promise<void> {
      const ago = (ms: number): Date => new Date(now().getTime() - ms);
      const settled = ago(reach === "all" ? 0 : SWEEP_AFTER_MS);
      const unfinished = ["checking", "importing"] as const;
      for (const left of await imports.listLeft(unfinished, settled, SWEPT_AT_ONCE))
        await work.wakeUnlessThere("import-results", jobOf(left));
      const over = [
        ...(await imports.listLeft(["receiving"], ago(RECEIVING_MS), SWEPT_AT_ONCE)),
        ...(await imports.listLeft(
          ["checked", "imported", "unreadable"],
          ago(IMPORT_KEPT_MS),
          SWEPT_AT_ONCE,
        )),
      ];
      for (const about of over) await imports.remove(about);
    },
  };
}
