import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { hasFaults } from "../courses/faults.js";
import { EVIDENCE_BYTES, readEvidence } from "../eligibility/evidence.js";
import type { LicenceContent } from "../eligibility/licence.js";
import { ToolError } from "../errors.js";
import type { Visit } from "../launch/visit.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import { readUtcDay } from "../utc-day.js";
import { type FormValues, formValuesOf, queryText, readForm } from "../web/forms.js";
import { filesOf, readMultipart } from "../web/multipart.js";
import { type Notice, showPage } from "../web/page.js";
import { eligibilityPage } from "./eligibility-page.js";
import { visitFrame } from "./visit-frame.js";
import { readUrl } from "../read-url.js";

type Needs = {
  admit: Admit;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  eligibility: Pick<EligibilityStore, "listProfessions" | "listForAccounts" | "setStatus">;
  submitLicence: (wanted: {
    organisationId: string;
    accountId: string;
    content: LicenceContent;
  }) => Promise<unknown>;
  journey: {
    /** Has what the change completes awarded. */
    eligibilityChanged: (about: { organisationId: string; accountId: string }) => Promise<void>;
  };
  now: () => Date;
};

const doneTexts: Record<string, string> = {
  "status-said": "Thank you. It counts from now on.",
  "licence-sent": "Your licence was sent. An administrator verifies it; nothing you did is lost.",
};

const professionId = z.string({ error: "Choose the profession." }).min(1, "Choose the profession.");

const StatusForm = z.object({
  statusProfessionId: professionId,
  status: z.enum(["student", "practitioner"], { error: "Choose what you are." }),
});

const text = (fault: string, most: number) =>
  z.string({ error: fault }).trim().min(1, fault).max(most, `Use at most ${most} characters.`);

const NO_DAY = "Enter a day, or leave it empty.";
const NO_BEGINNING = "Enter the day from which it is valid.";

function readDay(written: string, context: z.RefinementCtx, fault: string): Date {
  const day = readUtcDay(written);
  if (day === undefined) context.addIssue({ code: "custom", message: fault });
  return day ?? z.NEVER;
}

const LicenceForm = z
  .object({
    professionId,
    number: text("Enter the number of your licence or registration.", 100),
    jurisdiction: text("Enter where it is valid, for example a state or a country.", 100),
    validFrom: z
      .string({ error: NO_BEGINNING })
      .trim()
      .transform((written, context) => readDay(written, context, NO_BEGINNING)),
    validTo: z
      .string()
      .trim()
      .transform((written, context) =>
        written === "" ? undefined : readDay(written, context, NO_DAY),
      ),
    evidenceUrl: z
      .string()
      .trim()
      .max(500, "Use at most 500 characters.")
      .refine(
        (url) => url === "" || readUrl(url)?.protocol === "https:",
        "Enter an address that begins with https://, or leave it empty.",
      )
      .transform((url) => (url === "" ? undefined : url)),
  })
  .refine(({ validFrom, validTo }) => validTo === undefined || validTo >= validFrom, {
    path: ["validTo"],
    message: "It cannot end before it begins.",
  });

/** The file that a form brought, if it is one that proves a licence. */
function evidenceIn(request: Request): {
  evidence: LicenceContent["evidence"];
  faults: Record<string, string>;
} {
  const [file] = filesOf(request);
  if (file === undefined) return { evidence: undefined, faults: {} };
  const reading = readEvidence(file.bytes);
  return reading.kind === "ok"
    ? { evidence: { type: reading.type, bytes: file.bytes }, faults: {} }
    : { evidence: undefined, faults: { evidence: reading.sentence } };
}

// One byte more than is taken shows that there were more.
const evidenceLimits = {
  ...{ files: 1, fileBytes: EVIDENCE_BYTES + 1, fieldBytes: 4000, cutsFiles: true },
};

/** What a learner says of their profession, and the licences that they hand in. */
export function eligibilityRoutes(needs: Needs): Router {
  const router = Router();
  const path = "/l/:launchId/eligibility";

  const show = async (
    response: Response,
    form: { faults?: Record<string, string>; values?: FormValues; notices?: Notice[] } = {},
  ): Promise<void> => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const accountIds = await needs.accounts.listIdsOfLearner(organisationId, visit.learnerId);
    const [professions, known] = await Promise.all([
      needs.eligibility.listProfessions(organisationId),
      needs.eligibility.listForAccounts(organisationId, accountIds),
    ]);
    const { faults = {}, values = {}, notices = [] } = form;
    showPage(response, "learner/eligibility", {
      frame: visitFrame(visit, { title: "Your profession and licence", notices }),
      page: { ...eligibilityPage(professions, known, needs.now()), faults, values },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  };

  const actingLearner = (response: Response): Visit => {
    const visit = visitOf(response);
    // Student View looks like a learner, but nothing of it may last.
    if (visit.launch.isTestUser) throw new ToolError("not-allowed");
    return visit;
  };

  const goOn = (response: Response, done: string): void => {
    response.redirect(303, `/l/${visitOf(response).launch.id}/eligibility?done=${done}`);
  };

  router.get(path, needs.admit("learner"), async (request, response) => {
    const done = doneTexts[queryText(request, "done")];
    await show(response, done === undefined ? {} : { notices: [{ kind: "done", text: done }] });
  });

  router.post(`${path}/status`, needs.admit("learner"), async (request, response) => {
    const { launch, account } = actingLearner(response);
    const form = readForm(request, StatusForm);
    if (form.kind === "faulty") {
      await show(response, form);
      return;
    }
    const { organisationId } = launch;
    const { statusProfessionId, status } = form.value;
    const professions = await needs.eligibility.listProfessions(organisationId);
    if (!professions.some(({ id }) => id === statusProfessionId)) throw new ToolError("not-found");
    const said = { organisationId, accountId: account.id };
    const saidAt = needs.now();
    await needs.eligibility.setStatus({
      ...said,
      ...{ professionId: statusProfessionId, status, saidAt },
    });
    await needs.journey.eligibilityChanged(said);
    goOn(response, "status-said");
  });

  const readFile = readMultipart(evidenceLimits);
  router.post(`${path}/licence`, needs.admit("learner", readFile), async (request, response) => {
    const { launch, account } = actingLearner(response);
    const form = readForm(request, LicenceForm);
    const { evidence, faults } = evidenceIn(request);
    if (form.kind === "faulty" || hasFaults(faults)) {
      const others = form.kind === "faulty" ? form.faults : {};
      // A browser does not give a file back to a form that is shown again.
      const again = evidence === undefined ? {} : { evidence: "Choose the file once more." };
      const values = formValuesOf(request);
      await show(response, { values, faults: { ...others, ...faults, ...again } });
      return;
    }
    const said = { organisationId: launch.organisationId, accountId: account.id };
    await needs.submitLicence({ ...said, content: { ...form.value, evidence } });
    await needs.journey.eligibilityChanged(said);
    goOn(response, "licence-sent");
  });

  return router;
}
