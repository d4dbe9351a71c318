import { type Request, type Response, Router } from "express";
import { ToolError } from "../errors.js";
import { type CredentialForm, formOfMediaType, formOfSuffix } from "./credential-form.js";
import { getSharedCredential, type SharedCredentialNeeds } from "./get-shared-credential.js";

export type CredentialFormNeeds = SharedCredentialNeeds & {
  credentialForms: readonly CredentialForm[];
};

/** The form a client asks for; undefined for a page, which is what anything at all means. */
function negotiate(
  request: Request,
  response: Response,
  forms: readonly CredentialForm[],
): CredentialForm | undefined {
  response.vary("accept");
  const chosen = request.accepts(["text/html", ...forms.flatMap(({ mediaTypes }) => mediaTypes)]);
  return chosen === false || chosen === "text/html" ? undefined : formOfMediaType(forms, chosen);
}

/**
 * A shared credential in each of its forms: `/credentials/<id>.<suffix>`, or `/credentials/<id>`
 * and an Accept header. Whoever asks for a page is passed on.
 */
export function credentialFormRoutes(needs: CredentialFormNeeds): Router {
  const forms = needs.credentialForms;
  const router = Router();
  router.get("/credentials/:file", async (request, response, next) => {
    const [id = "", ...rest] = request.params.file.split(".");
    const suffix = rest.join(".");
    const form = suffix === "" ? negotiate(request, response, forms) : formOfSuffix(forms, suffix);
    if (form === undefined && suffix !== "") throw new ToolError("not-found");
    const credential = await getSharedCredential(needs, id);
    // Read anew each time: the learner may have taken it back.
    response.set({ "cache-control": "no-cache", "x-robots-tag": "noindex" });
    if (form === undefined) next();
    else response.type(form.mediaTypes[0]).send(await form.make(credential));
  });
  return router;
}
