import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { ToolError } from "../errors.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import type { FileReception } from "../results/receive-file.js";
import { importLimits, passOf, type ResultImport } from "../results/result-import.js";
import type { ResultImportStore } from "../results/result-import-store.js";
import { csvLine } from "../web/csv.js";
import { readListQuery } from "../web/forms.js";
import { receiveMultipart } from "../web/multipart.js";
import { adminPath } from "./admin-frame.js";
import { found, goOn, idIn, showAdminPage } from "./admin-page.routes.js";
import type { ShowResults } from "./result-admin.routes.js";
import { resultImportPage } from "./result-import-page.js";

type OneImport = { organisationId: string; id: string };

export type ImportActions = {
  receiveFile: (
    about: {
      organisationId: string;
      kind: "scores" | "completions";
      fileName: string;
      uploadedBy: string;
    },
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<FileReception>;
  importFile: (decision: OneImport & { decidedBy: string }) => Promise<void>;
  discardFile: (wanted: OneImport) => Promise<void>;
};

type Needs = ImportActions & {
  resultImports: Pick<ResultImportStore, "find" | "listFaults" | "readFaults">;
};

/** What became of an upload before its route is reached. */
type Upload = FileReception | { kind: "too-large" };
const uploads = new WeakMap<Request, Upload>();

const uploadFaults: Record<Exclude<Upload["kind"], "received">, string> = {
  empty: "This file is empty.",
  "too-large": `This file is larger than ${importLimits.fileBytes / 1024 / 1024} MB. Split it, or have it imported by the command line: npm run results.`,
  "too-many": `${importLimits.filesKept} files wait here already. Import or remove one of them first.`,
};

const KindForm = z.object({ kind: z.enum(["scores", "completions"]) });

/**
 * Taking a file of results, with a door of its own: its bytes are kept as they arrive, once it is
 * known that an administrator sends them from our form.
 */
export function resultUploadRoutes(
  needs: Pick<ImportActions, "receiveFile"> & { admit: Admit; showResults: ShowResults },
): Router {
  const router = Router({ mergeParams: true });
  const limits = { files: 1, fileBytes: importLimits.fileBytes, fieldBytes: 1000 };
  const read: Parameters<Admit>[1] = async (request, admitted) => {
    const { launch, account } = admitted.visit;
    await receiveMultipart(request, limits, {
      admitted,
      onFile: async ({ name, chunks }, fields) => {
        const form = KindForm.safeParse(fields);
        if (!form.success) throw new ToolError("form-invalid");
        const who = { organisationId: launch.organisationId, uploadedBy: account.id };
        const about = { ...who, kind: form.data.kind, fileName: name };
        try {
          uploads.set(request, await needs.receiveFile(about, chunks));
        } catch (error) {
          if (!(error instanceof ToolError && error.code === "request-too-large")) throw error;
          uploads.set(request, { kind: "too-large" });
        }
      },
    });
  };

  router.post("/results/files", needs.admit("administrator", read), async (request, response) => {
    const upload = uploads.get(request);
    if (upload?.kind === "received") {
      response.redirect(303, adminPath(visitOf(response), `/results/files/${upload.id}`));
      return;
    }
    const file = upload === undefined ? "Choose a file first." : uploadFaults[upload.kind];
    await needs.showResults(request, response, { faults: { file } });
  });

  return router;
}

/** An uploaded file of results: what would become of it, the decision, and what has become of it. */
export function resultImportRoutes(needs: Needs): Router {
  const router = Router();

  const find = async (response: Response, id: string | undefined): Promise<ResultImport> => {
    const { organisationId } = visitOf(response).launch;
    const about = found(await needs.resultImports.find(organisationId, idIn(id ?? "")));
    if (about.state === "receiving") throw new ToolError("not-found");
    return about;
  };

  router.get("/results/files/:importId", async (request, response) => {
    const about = await find(response, request.params.importId);
    const query = readListQuery(request, 50);
    const faults = await needs.resultImports.listFaults(about, passOf(about), query);
    showAdminPage(request, response, {
      ...{ view: "result-import", title: about.fileName, area: "results" },
      page: resultImportPage(about, faults),
    });
  });

  router.get("/results/files/:importId/refused.csv", async (request, response) => {
    const about = await find(response, request.params.importId);
    response.attachment("refused-lines.csv");
    response.set("content-type", "text/csv; charset=utf-8");
    const faults = needs.resultImports.readFaults(about, passOf(about));
    const rows = Readable.from(faults).map(
      ({ line, code, sentence }: { line: number; code: string; sentence: string }) =>
        csvLine([line, code, sentence]),
    );
    response.write(`\uFEFF${csvLine(["line", "code", "reason"])}`);
    await pipeline(rows, response);
  });

  router.post("/results/files/:importId/import", async (request, response) => {
    const { organisationId, id } = await find(response, request.params.importId);
    const visit = visitOf(response);
    await needs.importFile({ organisationId, id, decidedBy: visit.account.id });
    response.redirect(303, adminPath(visit, `/results/files/${id}`));
  });

  router.post("/results/files/:importId/discard", async (request, response) => {
    const { organisationId, id } = await find(response, request.params.importId);
    await needs.discardFile({ organisationId, id });
    goOn(response, "/results", "file-discarded");
  });

  return router;
}
