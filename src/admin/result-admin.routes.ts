import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { visitOf } from "../launch/visit.routes.js";
import type { PushKey } from "../results/push-key.js";
import type { PushKeyStore } from "../results/push-key-store.js";
import type { ResultImportStore } from "../results/result-import-store.js";
import type { WaitingResultStore } from "../results/waiting-result-store.js";
import type { ExamBinding } from "../results/waiting-result.js";
import { isId } from "../stored-record.js";
import { type FormValues, readForm } from "../web/forms.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { requiredText } from "./form-fields.js";
import type { ListChoices } from "./list-choices.js";
import { importForm, importRows } from "./result-import-page.js";
import { resultPage } from "./result-page.js";

/** The results chapter's actions, for one organisation. */
export type ResultActions = {
  makePushKey: (wanted: {
    organisationId: string;
    sender: string;
    createdBy: string;
  }) => Promise<{ key: PushKey; secret: string }>;
  bindResults: (decision: {
    organisationId: string;
    examName: string;
    examId: string;
    decidedBy: string;
  }) => Promise<{ before: ExamBinding | undefined }>;
  countBound: (organisationId: string, examName: string) => Promise<unknown>;
};

type PageNeeds = {
  pushKeys: Pick<PushKeyStore, "list">;
  waitingResults: Pick<WaitingResultStore, "listNames" | "listBindings">;
  resultImports: Pick<ResultImportStore, "listNewest">;
  listChoices: ListChoices;
};

type Needs = ResultActions &
  DecisionNeeds & { pushKeys: Pick<PushKeyStore, "revoke">; showResults: ShowResults };

const SenderForm = z.object({
  sender: requiredText("Enter who will send results, for example Proctoring Ltd.", 100),
});

const BindingForm = z.object({
  examName: z.string().min(1).max(200),
  examId: z.string().refine(isId, "Choose the exam that is meant."),
});

type Shown = {
  made?: { key: PushKey; secret: string };
  values?: FormValues;
  faults?: Record<string, string>;
};

export type ShowResults = (request: Request, response: Response, shown: Shown) => Promise<void>;

const FILES_SHOWN = 20;

/** Makes the function that shows the page, also with what is wrong with one of its forms. */
export const createShowResults =
  (needs: PageNeeds): ShowResults =>
  async (request, response, { made, values = {}, faults = {} }) => {
    const { organisationId } = visitOf(response).launch;
    const [keys, waiting, bindings, imports, catalogue] = await Promise.all([
      needs.pushKeys.list(organisationId),
      needs.waitingResults.listNames(organisationId),
      needs.waitingResults.listBindings(organisationId),
      needs.resultImports.listNewest(organisationId, FILES_SHOWN),
      needs.listChoices(organisationId),
    ]);
    showAdminPage(request, response, {
      view: "results",
      title: "Results from elsewhere",
      area: "results",
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: {
        ...resultPage({ keys, waiting, bindings, catalogue }),
        ...{ importForm, imports: importRows(imports) },
        made: made && { id: made.key.id, sender: made.key.sender, secret: made.secret },
        values,
        faults,
      },
    });
  };

/** Results from elsewhere: who may push them, and what waits for its exam. */
export function resultAdminRoutes(needs: Needs): Router {
  const router = Router();
  const { showResults } = needs;

  router.get("/results", async (request, response) => {
    await showResults(request, response, {});
  });

  // Shown in the answer itself: a secret has no place in an address.
  router.post("/results/keys", async (request, response) => {
    const visit = visitOf(response);
    const form = readForm(request, SenderForm);
    if (form.kind === "faulty") {
      await showResults(request, response, form);
      return;
    }
    const { organisationId } = visit.launch;
    const { sender } = form.value;
    const made = await decide(needs, response, {
      make: async () =>
        await needs.makePushKey({ organisationId, sender, createdBy: visit.account.id }),
      note: ({ key }) => ({
        ...{ action: "push-key-made", subject: { kind: "push-key", id: key.id } },
        after: { sender: key.sender },
      }),
    });
    response.setHeader("cache-control", "no-store");
    await showResults(request, response, { made });
  });

  router.post("/results/keys/:pushKeyId/revoke", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.pushKeyId);
    const outcome = await decide(needs, response, {
      make: async () => await needs.pushKeys.revoke(organisationId, id, needs.now()),
      note: (made) =>
        made === "revoked"
          ? { action: "push-key-revoked", subject: { kind: "push-key", id } }
          : undefined,
    });
    found(outcome === "revoked" ? outcome : undefined);
    goOn(response, "/results", "key-revoked");
  });

  router.post("/results/bind", async (request, response) => {
    const visit = visitOf(response);
    const form = readForm(request, BindingForm);
    if (form.kind === "faulty") {
      await showResults(request, response, form);
      return;
    }
    const { organisationId } = visit.launch;
    const { examName, examId } = form.value;
    await decide(needs, response, {
      make: async () =>
        await needs.bindResults({
          ...{ organisationId, examName, examId, decidedBy: visit.account.id },
        }),
      note: ({ before }) => ({
        ...{ action: "results-bound", subject: { kind: "exam", id: examId } },
        ...(before === undefined ? {} : { before: { exam: before.examId } }),
        after: { exam: examId },
      }),
    });
    await needs.countBound(organisationId, examName);
    goOn(response, "/results", "results-bound");
  });

  return router;
}
