import { type Response, Router } from "express";
import { ToolError } from "../errors.js";
import { isId } from "../stored-record.js";
import type { SignedForms } from "../signing/sign-credential.js";
import type { Credential } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";
import { formOfSuffix, signedForms } from "./credential-form.js";
import type { RecordReader } from "./learner-record.js";

export type LearnerRecordRoutesNeeds = {
  credentials: Pick<CredentialStore, "findById">;
  getLearnerRecord: (credential: Credential, reader: RecordReader) => Promise<SignedForms>;
};

/**
 * Answers with a record in the form that the end of its address names.
 * @param suffix `json`, `jwt` or `es256.jwt`
 */
export function sendLearnerRecord(response: Response, forms: SignedForms, suffix: string): void {
  const form = formOfSuffix(signedForms, suffix);
  if (form === undefined) throw new ToolError("not-found");
  response.set({ "cache-control": "no-cache", "x-robots-tag": "noindex" });
  response.type(form.mediaTypes[0]).send(form.make({ forms }));
}

/**
 * The learner record of a shared certificate, with what else its learner shares of the
 * micro-credentials in it: `/credentials/<id>/clr`, `.json` or `.jwt`.
 */
export function learnerRecordRoutes(needs: LearnerRecordRoutesNeeds): Router {
  const router = Router();
  const answer = async (response: Response, id: string, suffix: string): Promise<void> => {
    const credential = isId(id) ? await needs.credentials.findById(id) : undefined;
    if (credential === undefined) throw new ToolError("not-found");
    if (credential.visibility === "private") throw new ToolError("credential-not-shared");
    response.set("access-control-allow-origin", "*");
    sendLearnerRecord(response, await needs.getLearnerRecord(credential, "others"), suffix);
  };
  router.get("/credentials/:credentialId/clr", async (request, response) => {
    await answer(response, request.params.credentialId, "json");
  });
  for (const { suffix } of signedForms) {
    router.get(`/credentials/:credentialId/clr.${suffix}`, async (request, response) => {
      await answer(response, request.params.credentialId, suffix);
    });
  }
  return router;
}
