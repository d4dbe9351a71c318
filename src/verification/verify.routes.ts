import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { wantsPage } from "../credentials/public-documents.routes.js";
import { ToolError } from "../errors.js";
import { queryText, readForm } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { checkPresented, type PresentedOutcome } from "./check-presented.js";
import { CREDENTIAL_MAX_CHARACTERS, type PresentedCredential } from "./presented-credential.js";
import type { VerifyNeeds } from "./verify-credential.js";

const VerifySchema = z.object({
  credential: z
    .string({ error: "Paste a credential, its address or its id." })
    .trim()
    .min(1, "Paste a credential, its address or its id.")
    .max(CREDENTIAL_MAX_CHARACTERS, "This is longer than a credential may be."),
  email: z
    .union([z.literal(""), z.email("This does not look like an e-mail address.")])
    .default("")
    .transform((email) => (email === "" ? undefined : email)),
});

type Faults = Record<string, string>;

const faultOf: Partial<Record<PresentedOutcome["kind"], string>> = {
  "not-found": "There is no credential with this address or id here.",
  "not-shared": "The holder has not shared this credential. Ask them for it, and paste it here.",
};

/** What a readable credential says of itself, for the page; proved only by a valid verdict. */
function summaryOf(credential: PresentedCredential) {
  const { credentialSubject, name = "Comprehensive Learner Record" } = credential;
  const { identifier } = credentialSubject;
  const achievement =
    "achievement" in credentialSubject
      ? (credentialSubject.achievement as { name: string; description: string })
      : { name, description: "" };
  return {
    id: credential.id,
    name: achievement.name,
    description: achievement.description,
    issuer: { id: credential.issuer.id, name: credential.issuer.name },
    holderName: identifier?.find(({ identityType, hashed }) => identityType === "name" && !hashed)
      ?.identityHash,
  };
}

/** `/verify`, as a page and as JSON. Nothing about who verified what is kept. */
export function verifyRoutes(needs: VerifyNeeds): Router {
  const showForm = (
    response: Response,
    content: {
      values?: Record<string, unknown>;
      faults?: Faults;
      outcome?: PresentedOutcome & { kind: "checked" };
    },
  ): void => {
    const { values = {}, faults = {}, outcome } = content;
    showPage(response, "verification/verify", {
      frame: { title: "Check a credential" },
      page: {
        values,
        faults,
        report: outcome?.report,
        summary: outcome?.credential && summaryOf(outcome.credential),
      },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  };

  async function answer(
    request: Request,
    response: Response,
    given: { credential: string; email?: string | undefined },
  ): Promise<void> {
    const outcome = await checkPresented(needs, {
      text: given.credential,
      recipientEmail: given.email,
    });
    const isPage = wantsPage(request, response);
    if (outcome.kind !== "checked") {
      if (!isPage) {
        throw new ToolError(outcome.kind === "not-shared" ? "credential-not-shared" : "not-found");
      }
      const faults = { credential: faultOf[outcome.kind] ?? "" };
      showForm(response, { values: given, faults });
      return;
    }
    if (isPage) showForm(response, { values: given, outcome });
    else {
      const { report, credential } = outcome;
      response.json({ ...report, ...(credential && { credential: summaryOf(credential) }) });
    }
  }

  const router = Router();
  router.use("/verify", (_request, response, next) => {
    response.set({ "cache-control": "no-store", "access-control-allow-origin": "*" });
    next();
  });

  // By address: only an id or an address of ours, never a whole credential or an e-mail address.
  router.get("/verify", async (request, response) => {
    const credential = queryText(request, "credential");
    if (credential === "") showForm(response, {});
    else await answer(request, response, { credential });
  });

  router.post("/verify", async (request, response) => {
    const form = readForm(request, VerifySchema);
    if (form.kind === "ok") {
      await answer(request, response, form.value);
      return;
    }
    if (!wantsPage(request, response)) throw new ToolError("form-invalid");
    showForm(response, { values: form.values, faults: form.faults });
  });

  return router;
}
