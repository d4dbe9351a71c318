import { type RequestHandler, type Response, Router } from "express";
import { type Credential, credentialDocument } from "../credentials/credential.js";
import {
  getSharedCredential,
  type SharedCredentialNeeds,
} from "../credentials/get-shared-credential.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Door, Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { isId } from "../stored-record.js";
import { showPage } from "../web/page.js";
import { correctionsOf, credentialPage } from "./credential-page.js";
import { verifyCredential } from "./verify-credential.js";
import type { VerifyNeeds } from "./within-budget.js";

type HolderNeeds = VerifyNeeds & {
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  admit: (door: Door) => RequestHandler;
};

/** @param holderBase address of the holder's visit; only they may change who sees it */
const createPage =
  (needs: VerifyNeeds) =>
  async (response: Response, credential: Credential, holderBase?: string): Promise<void> => {
    const document = credentialDocument(credential);
    // It was read a moment ago; its status needs no second look.
    const credentials = { findById: async () => await Promise.resolve(credential) };
    const checking = { ...needs, credentials };
    const { report } = await verifyCredential(checking, { text: credential.forms.jwtRs256 });
    const content = credentialPage(document);
    showPage(response, "verification/credential", {
      frame: {
        title: content.name,
        stylesheet: `${content.achievementPath}/colours.css`,
        ...(holderBase === undefined ? {} : { base: holderBase }),
        preview: {
          description: [
            `Awarded ${content.holderName === undefined ? "" : `to ${content.holderName} `}by ${content.issuer.name} on ${content.awardedOn}.`,
            ...[content.description, content.initials ?? ""],
          ]
            .join(" ")
            .trim(),
          url: document.id,
          imageUrl: `${document.id}/preview.png`,
        },
      },
      page: {
        ...content,
        report,
        corrections: correctionsOf(credential),
        publicUrl: document.id,
        filePath: new URL(document.id).pathname,
        isHolder: holderBase !== undefined,
        isShared: credential.visibility !== "private",
        visibilityPath: `${holderBase ?? ""}/credentials/${credential.id}/visibility`,
      },
    });
  };

/** The page of a credential for anyone, once it is shared; its other forms are answered before. */
export function credentialPageRoutes(needs: VerifyNeeds & SharedCredentialNeeds): Router {
  const show = createPage(needs);
  const router = Router();
  router.get("/credentials/:credentialId", async (request, response) => {
    const credential = await getSharedCredential(needs, request.params.credentialId);
    await show(response, credential);
  });
  return router;
}

/** The same page for its holder inside the LMS, shared or not. */
export function ownCredentialRoutes(needs: HolderNeeds): Router {
  const show = createPage(needs);

  async function getOwnCredential(visit: Visit, id: string): Promise<Credential> {
    const { organisationId } = visit.launch;
    const found = isId(id) ? await needs.credentials.findById(id) : undefined;
    const isTheirs =
      found?.organisationId === organisationId &&
      // Earned in an account that was joined later, it still stands under that account.
      (await needs.accounts.listIdsOfLearner(organisationId, visit.learnerId)).includes(
        found.learnerId,
      );
    if (found === undefined || !isTheirs) throw new ToolError("not-found");
    return found;
  }

  const router = Router();
  router.get(
    "/l/:launchId/credentials/:credentialId",
    needs.admit("anyone"),
    async (request, response) => {
      const visit = visitOf(response);
      const credential = await getOwnCredential(visit, String(request.params["credentialId"]));
      await show(response, credential, `/l/${visit.launch.id}`);
    },
  );
  return router;
}
