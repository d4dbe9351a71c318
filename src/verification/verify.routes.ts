import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { bodyLimits } from "../../config/http-policy.js";
import { wantsPage } from "../credentials/public-documents.routes.js";
import { holderIdIn } from "../credentials/open-badge.js";
import { errorText, ToolError } from "../errors.js";
import { readHolderId } from "../people/holder-id.js";
import { NO_INITIALS } from "../tracks/track.js";
import { queryText, readForm } from "../web/forms.js";
import { filesOf, readMultipart } from "../web/multipart.js";
import { requestIdOf, showPage } from "../web/page.js";
import {
  checkPresented,
  checkPresentedFile,
  type PresentedOutcome,
  type PresentNeeds,
} from "./check-presented.js";
import { CREDENTIAL_MAX_CHARACTERS, type PresentedCredential } from "./presented-credential.js";
import type { Carrier, PresentedFile } from "./presented-file.js";
import type { Verification } from "./verify-credential.js";

const NOTHING_GIVEN = "Paste a credential, its address or its id, or choose its file.";

const VerifySchema = z.object({
  credential: z
    .string({ error: NOTHING_GIVEN })
    .trim()
    .min(1, NOTHING_GIVEN)
    .max(CREDENTIAL_MAX_CHARACTERS, "This is longer than a credential may be."),
  recipient: z
    .string()
    .trim()
    .default("")
    .refine(
      (text) =>
        text === "" || z.email().safeParse(text).success || readHolderId(text).kind === "ok",
      "This does not look like an e-mail address, a DID or a web address.",
    )
    .transform((recipient) => (recipient === "" ? undefined : recipient)),
});

/** With a file, whatever stands in the box beside it is left alone. */
const VerifyFileSchema = VerifySchema.omit({ credential: true });

const FILE_MEGABYTES = 5;

const readUpload = readMultipart({
  files: 1,
  fileBytes: FILE_MEGABYTES * 1024 * 1024,
  fieldBytes: bodyLimits.formBytes,
});

const TOO_LARGE = `That is too much to check: choose one file of at most ${FILE_MEGABYTES} MB, or paste a shorter text.`;

type Faults = Record<string, string>;

const faultOf: Partial<Record<PresentedOutcome["kind"], string>> = {
  "not-found": "There is no credential with this address or id here.",
  "not-shared": "The holder has not shared this credential. Ask them for it, and paste it here.",
};

/** The credential was checked; what the picture or the page around it shows was not. */
const carrierSentenceOf: Record<Carrier, string> = {
  text: "",
  png: "This is about the credential inside the picture. What the picture shows was not compared with it: go by what stands here.",
  svg: "This is about the credential inside the picture. What the picture shows was not compared with it: go by what stands here.",
  pdf: "This is about the credential attached to the PDF. What its pages say was not compared with it; whether they are as they were signed, the last check says.",
};

type Criteria = { criteria: { narrative?: string | undefined } };

/** What a readable credential says of itself, for the page; proved only by a valid verdict. */
function summaryOf(credential: PresentedCredential) {
  const { credentialSubject, name = "Comprehensive Learner Record" } = credential;
  const { identifier } = credentialSubject;
  const achievement =
    "achievement" in credentialSubject
      ? (credentialSubject.achievement as { name: string; description: string } & Criteria)
      : { name, description: "", criteria: {} };
  return {
    id: credential.id,
    name: achievement.name,
    description: achievement.description,
    initials:
      achievement.criteria.narrative?.includes(NO_INITIALS) === true ? NO_INITIALS : undefined,
    issuer: { id: credential.issuer.id, name: credential.issuer.name },
    holderName: identifier?.find(({ identityType, hashed }) => identityType === "name" && !hashed)
      ?.identityHash,
    holderId: holderIdIn(credential),
  };
}

const saidBy = ({ assertion, credential }: Verification) =>
  assertion ?? (credential && summaryOf(credential));

/** The credentials in a learner record, each with its own report. */
const contentsOf = (outcome: (PresentedOutcome & { kind: "checked" }) | undefined) =>
  outcome?.contents?.map((one) => ({ ...one.report, credential: saidBy(one) }));

/** `/verify`, as a page and as JSON. Nothing about who verified what is kept. */
export function verifyRoutes(needs: PresentNeeds): Router {
  const showForm = (
    response: Response,
    content: {
      values?: Record<string, unknown>;
      faults?: Faults;
      faultStatus?: number;
      fileName?: string | undefined;
      outcome?: PresentedOutcome & { kind: "checked" };
    },
  ): void => {
    const { values = {}, faults = {}, faultStatus = 422, fileName, outcome } = content;
    showPage(response, "verification/verify", {
      frame: { title: "Check a credential" },
      page: {
        values,
        faults,
        fileMegabytes: FILE_MEGABYTES,
        fileName,
        carrierSentence: outcome?.carrier && carrierSentenceOf[outcome.carrier],
        report: outcome?.report,
        summary: outcome && saidBy(outcome),
        contents: contentsOf(outcome),
      },
      status: Object.keys(faults).length === 0 ? 200 : faultStatus,
    });
  };

  type Given = { credential?: string; recipient?: string | undefined; file?: PresentedFile };

  const check = async ({ credential = "", recipient, file }: Given) =>
    file === undefined
      ? await checkPresented(needs, { text: credential, recipient })
      : await checkPresentedFile(needs, { file, recipient });

  /** What is wrong with a file, to a program (RFC 9457), field by field as on the page. */
  const sendFileFault = (
    response: Response,
    code: "form-invalid" | "request-too-large",
    file: string,
  ) => {
    const { status, title } = errorText(code);
    const problem = { type: `urn:rosette:error:${code}`, title, status, detail: file, code };
    response
      .status(status)
      .type("application/problem+json")
      .send(JSON.stringify({ ...problem, reference: requestIdOf(response), faults: { file } }));
  };

  async function answer(request: Request, response: Response, given: Given): Promise<void> {
    const outcome = await check(given);
    const isPage = wantsPage(request, response);
    if (outcome.kind === "file-refused") {
      const { sentence: file } = outcome;
      if (isPage) showForm(response, { values: given, faults: { file } });
      else sendFileFault(response, "form-invalid", file);
      return;
    }
    if (outcome.kind !== "checked") {
      if (!isPage) {
        throw new ToolError(outcome.kind === "not-shared" ? "credential-not-shared" : "not-found");
      }
      const faults = { credential: faultOf[outcome.kind] ?? "" };
      showForm(response, { values: given, faults });
      return;
    }
    if (isPage) showForm(response, { values: given, fileName: given.file?.name, outcome });
    else {
      const { report, carrier } = outcome;
      response.json({
        ...report,
        credential: saidBy(outcome),
        contents: contentsOf(outcome),
        ...(carrier && { carrier, note: carrierSentenceOf[carrier] || undefined }),
      });
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

  /** Takes the upload in; says so itself, beside the field, when it is too large. */
  const takeIn = async (request: Request, response: Response): Promise<"taken" | "refused"> => {
    try {
      await readUpload(request);
      return "taken";
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== "request-too-large") throw error;
      const faults = { file: TOO_LARGE };
      if (wantsPage(request, response)) showForm(response, { faults, faultStatus: 413 });
      else sendFileFault(response, "request-too-large", TOO_LARGE);
      return "refused";
    }
  };

  router.post("/verify", async (request, response) => {
    if ((await takeIn(request, response)) === "refused") return;
    const [file] = filesOf(request);
    const form =
      file === undefined ? readForm(request, VerifySchema) : readForm(request, VerifyFileSchema);
    if (form.kind === "ok") {
      await answer(request, response, { ...form.value, ...(file && { file }) });
      return;
    }
    if (!wantsPage(request, response)) throw new ToolError("form-invalid");
    showForm(response, { values: form.values, faults: form.faults });
  });

  return router;
}
