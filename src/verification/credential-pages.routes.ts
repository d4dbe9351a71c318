import { type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { type Credential, credentialDocument } from "../credentials/credential.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { decideVisibility } from "../credentials/decide-visibility.js";
import { getSharedCredential } from "../credentials/get-shared-credential.js";
import { wantsPage } from "../credentials/public-documents.routes.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Door, Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { isId } from "../stored-record.js";
import { queryText, readForm } from "../web/forms.js";
import { type Notice, showPage } from "../web/page.js";
import { credentialPage } from "./credential-page.js";
import { verifyCredential, type VerifyNeeds } from "./verify-credential.js";

export type CredentialPagesNeeds = VerifyNeeds & {
  credentials: Pick<CredentialStore, "findById" | "setVisibility">;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  admit: (door: Door) => RequestHandler;
};

const VisibilitySchema = z.object({ visibility: z.enum(["private", "link"]) });

const doneNotices: Record<string, Notice> = {
  link: { kind: "done", text: "Anyone who has the link can see this credential now." },
  private: { kind: "done", text: "Nobody but you can see this credential now." },
};

/** The page of a credential: for anyone once it is shared, and for its holder inside the LMS. */
export function credentialPageRoutes(needs: CredentialPagesNeeds): Router {
  async function show(
    response: Response,
    credential: Credential,
    holder: { base: string; notices: Notice[] } | undefined,
  ): Promise<void> {
    const document = credentialDocument(credential);
    const { report } = await verifyCredential(needs, { jwt: credential.jwt });
    const content = credentialPage(document);
    showPage(response, "verification/credential", {
      frame: {
        title: content.name,
        ...(holder ?? {}),
        preview: {
          description: `Awarded to ${content.holderName} by ${content.issuer.name} on ${content.awardedOn}. ${content.description}`,
          url: document.id,
          imageUrl: document.credentialSubject.achievement.image.id,
        },
      },
      page: {
        ...content,
        report,
        publicUrl: document.id,
        filePath: new URL(document.id).pathname,
        holder: holder && {
          formUrl: `${holder.base}/credentials/${credential.id}/visibility`,
          isShared: credential.visibility === "link",
        },
      },
    });
  }

  const learnerIdsOf = async (visit: Visit): Promise<string[]> =>
    await needs.accounts.listIdsOfLearner(visit.launch.organisationId, visit.learnerId);

  async function getOwnCredential(visit: Visit, id: string): Promise<Credential> {
    const found = isId(id) ? await needs.credentials.findById(id) : undefined;
    const isTheirs =
      found?.organisationId === visit.launch.organisationId &&
      (await learnerIdsOf(visit)).includes(found.learnerId);
    if (found === undefined || !isTheirs) throw new ToolError("not-found");
    return found;
  }

  const router = Router();

  router.get("/credentials/:credentialId", async (request, response) => {
    const credential = await getSharedCredential(needs, request.params.credentialId);
    // Read anew each time: the learner may have taken it back.
    response.set({ "cache-control": "no-cache", "x-robots-tag": "noindex" });
    if (wantsPage(request, response)) await show(response, credential, undefined);
    else response.json(credentialDocument(credential));
  });

  router.get(
    "/l/:launchId/credentials/:credentialId",
    needs.admit("anyone"),
    async (request, response) => {
      const visit = visitOf(response);
      const credential = await getOwnCredential(visit, String(request.params["credentialId"]));
      const notice = doneNotices[queryText(request, "done")];
      response.set("cache-control", "no-store");
      await show(response, credential, {
        base: `/l/${visit.launch.id}`,
        notices: notice === undefined ? [] : [notice],
      });
    },
  );

  router.post(
    "/l/:launchId/credentials/:credentialId/visibility",
    needs.admit("anyone"),
    async (request, response) => {
      const visit = visitOf(response);
      const form = readForm(request, VisibilitySchema);
      if (form.kind === "faulty") throw new ToolError("form-invalid");
      const credentialId = String(request.params["credentialId"]);
      const { visibility } = form.value;
      await decideVisibility(needs, {
        organisationId: visit.launch.organisationId,
        learnerIds: await learnerIdsOf(visit),
        credentialId,
        visibility,
      });
      response.redirect(
        303,
        `/l/${visit.launch.id}/credentials/${credentialId}?done=${visibility}`,
      );
    },
  );

  return router;
}
