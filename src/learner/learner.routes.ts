import { type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { credentialVisibilities } from "../credentials/credential.js";
import { decideVisibility } from "../credentials/decide-visibility.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { ToolError } from "../errors.js";
import type { Door, Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import { type LinkFault, linkAccounts } from "../people/link-accounts.js";
import { makeCode } from "../people/make-code.js";
import type { OneTimeCodeStore } from "../people/one-time-code-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { isId } from "../stored-record.js";
import { type FormValues, queryText, readForm } from "../web/forms.js";
import { type Notice, showPage } from "../web/page.js";
import { NameForm, proposeName } from "./propose-name.js";
import { type LearnerPageNeeds, readLearnerPage } from "./read-learner-page.js";
import { visitFrame } from "./visit-frame.js";

type Needs = LearnerPageNeeds & {
  admit: (door: Door) => RequestHandler;
  accounts: Pick<AccountStore, "findById" | "link" | "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds" | "proposeName">;
  credentials: Pick<CredentialStore, "listOfLearner" | "setVisibility">;
  codes: Pick<OneTimeCodeStore, "add" | "consume" | "findUsable">;
  journey: {
    /** Has the facts of joined accounts evaluated together. */
    accountsLinked: (about: { organisationId: string; accountId: string }) => Promise<void>;
  };
};

const doneTexts: Record<string, string> = {
  "name-proposed": "Your name was sent. It stands in your credentials once it is approved.",
  shared: "The link is ready. Whoever has it can see the credential and check it.",
  "sharing-stopped": "Sharing has stopped. The link shows nobody the credential any more.",
  linked: "Your accounts are joined. What you passed in either counts.",
};

const linkFaultTexts: Record<LinkFault, string> = {
  "code-invalid": "This code has been used, has run out, or was mistyped. Make a new one.",
  "same-person": "This code was made by you here. Enter it where you have the other account.",
  "already-linked": "This account is joined to another already.",
  "has-followers":
    "Other accounts are joined to this one. Make a code here and enter it in the other account.",
  "try-again": "One of the accounts was just being joined elsewhere. Try again.",
};

const VisibilityForm = z.object({ visibility: z.enum(credentialVisibilities) });
const CodeForm = z.object({
  code: z
    .string({ error: "Enter the code." })
    .trim()
    .min(1, "Enter the code.")
    .max(60, "That is too long for a code."),
});

/** What a form on the page left behind: faults to show, or a fresh code. */
type FormOutcome = {
  faults?: Record<string, string>;
  values?: FormValues;
  madeCode?: { code: string; minutes: number };
  notices?: Notice[];
};

/** The learner's page and what can be done on it. */
export function learnerRoutes(needs: Needs): Router {
  const router = Router();

  async function show(response: Response, outcome: FormOutcome = {}): Promise<void> {
    const visit = visitOf(response);
    const { page, notices } = await readLearnerPage(needs, visit);
    const { faults = {}, values = {}, madeCode, notices: done = [] } = outcome;
    showPage(response, "learner/progress", {
      frame: visitFrame(visit, {
        title: page.onlooker === "learner" ? "My progress" : "Micro-credentials",
        current: "progress",
        notices: [...done, ...notices],
      }),
      page: { ...page, faults, values, madeCode },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  const goBack = (response: Response, done: string): void => {
    response.redirect(303, `/l/${visitOf(response).launch.id}/progress?done=${done}`);
  };

  /** Student View looks like a learner, but nothing of it may last. */
  const actingLearner = (response: Response): Visit => {
    const visit = visitOf(response);
    if (visit.launch.isTestUser) throw new ToolError("not-allowed");
    return visit;
  };

  router.get("/l/:launchId/progress", needs.admit("anyone"), async (request, response) => {
    const text = doneTexts[queryText(request, "done")];
    await show(response, text === undefined ? {} : { notices: [{ kind: "done", text }] });
  });

  router.post("/l/:launchId/name", needs.admit("learner"), async (request, response) => {
    const { launch, learnerId } = actingLearner(response);
    const form = readForm(request, NameForm);
    if (form.kind === "faulty") {
      await show(response, form);
      return;
    }
    const { organisationId } = launch;
    await proposeName(needs, { organisationId, learnerId, name: form.value.name });
    goBack(response, "name-proposed");
  });

  router.post(
    "/l/:launchId/credentials/:credentialId/visibility",
    needs.admit("learner"),
    async (request, response) => {
      const { launch, learnerId } = actingLearner(response);
      const { organisationId } = launch;
      const form = readForm(request, VisibilityForm);
      if (form.kind === "faulty") throw new ToolError("form-invalid");
      const credentialId = String(request.params["credentialId"]);
      if (!isId(credentialId)) throw new ToolError("not-found");
      await decideVisibility(needs, {
        organisationId,
        // Earned in an account that was joined later, it still stands under that account.
        learnerIds: await needs.accounts.listIdsOfLearner(organisationId, learnerId),
        credentialId,
        visibility: form.value.visibility,
      });
      goBack(response, form.value.visibility === "private" ? "sharing-stopped" : "shared");
    },
  );

  router.post("/l/:launchId/accounts/code", needs.admit("learner"), async (_request, response) => {
    const { launch, account } = actingLearner(response);
    const { code, expiresAt } = await makeCode(needs, {
      purpose: "link-accounts",
      organisationId: launch.organisationId,
      madeBy: account.id,
    });
    const minutes = Math.round((expiresAt.getTime() - needs.now().getTime()) / 60_000);
    await show(response, { madeCode: { code, minutes } });
  });

  router.post("/l/:launchId/accounts/link", needs.admit("learner"), async (request, response) => {
    const { account } = actingLearner(response);
    const form = readForm(request, CodeForm);
    if (form.kind === "faulty") {
      await show(response, form);
      return;
    }
    const result = await linkAccounts(needs, account, form.value.code);
    if (result.kind === "refused") {
      const values = { code: form.value.code };
      await show(response, { faults: { code: linkFaultTexts[result.because] }, values });
      return;
    }
    const { organisationId } = account;
    await needs.journey.accountsLinked({ organisationId, accountId: result.learnerId });
    goBack(response, "linked");
  });

  return router;
}
