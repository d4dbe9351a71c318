import { Router } from "express";
import { credentialDocument } from "../credentials/credential.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import {
  getSharedCredential,
  type SharedCredentialNeeds,
} from "../credentials/get-shared-credential.js";
import { asShown } from "../credentials/shown-edition.js";
import { ToolError } from "../errors.js";
import type { AccountStore } from "../people/account-store.js";
import { isId } from "../stored-record.js";
import { credentialPage } from "../verification/credential-page.js";
import { showPage } from "../web/page.js";
import { setPolicySources } from "../web/security-headers.js";
import { groupItems } from "./backpack.js";
import { backpackItem } from "./backpack-page.js";
import { foreignBadgeView } from "./foreign-badge-page.js";
import type { ForeignBadgeStore } from "./foreign-badge-store.js";
import { sendPicture } from "./foreign-badge.routes.js";
import type { BackpackStore } from "./backpack-store.js";

export type PublicBackpackNeeds = SharedCredentialNeeds & {
  backpacks: Pick<BackpackStore, "findByPortfolio">;
  credentials: Pick<CredentialStore, "findById" | "listPublic">;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  foreignBadges: Pick<ForeignBadgeStore, "list" | "find">;
  addresses: { publicUrl: string };
  /** A picture for link previews: of a credential as it is shown. */
  drawPreview: (credential: Awaited<ReturnType<typeof getSharedCredential>>) => Promise<Buffer>;
};

/** What others see of a learner's backpack: their portfolio, and cards for other people's pages. */
export function publicBackpackRoutes(needs: PublicBackpackNeeds): Router {
  const router = Router();

  // Read anew each time: the learner may have taken something back.
  const asTheLearnerSays = { "cache-control": "no-cache", "x-robots-tag": "noindex" };

  async function getPortfolio(portfolioId: string) {
    const backpack = isId(portfolioId)
      ? await needs.backpacks.findByPortfolio(portfolioId)
      : undefined;
    if (!backpack?.isPortfolioPublic) throw new ToolError("not-found");
    const { organisationId, id: learnerId } = backpack;
    const learnerIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
    return { backpack, owner: { organisationId, learnerIds } };
  }

  router.get("/portfolio/:portfolioId", async (request, response) => {
    const { portfolioId } = request.params;
    const { backpack, owner } = await getPortfolio(portfolioId);
    const { organisationId, learnerIds } = owner;
    const kept = await needs.foreignBadges.list(owner);
    const found = await needs.credentials.listPublic(organisationId, learnerIds);
    const shown = found.flatMap((credential) =>
      credential.status === "active" ? (asShown(credential) ?? []) : [],
    );
    const [newest] = shown;
    const holderName = newest && credentialPage(credentialDocument(newest)).holderName;
    const title = holderName ?? "Portfolio";
    response.set(asTheLearnerSays);
    showPage(response, "backpack/portfolio", {
      frame: { title },
      page: {
        groups: groupItems(backpack, shown.map(backpackItem), "subject"),
        elsewhere: kept
          .filter(({ isShown }) => isShown)
          .map((one) =>
            foreignBadgeView(one, ({ id }) => `/portfolio/${portfolioId}/badges/${id}/picture`),
          ),
      },
    });
  });

  router.get("/portfolio/:portfolioId/badges/:badgeId/picture", async (request, response) => {
    const { portfolioId, badgeId } = request.params;
    const { owner } = await getPortfolio(portfolioId);
    const badge = isId(badgeId) ? await needs.foreignBadges.find(owner, badgeId) : undefined;
    response.set(asTheLearnerSays);
    sendPicture(response, badge?.isShown === true ? badge.picture : undefined);
  });

  router.get("/credentials/:credentialId/card", async (request, response) => {
    const credential = await getSharedCredential(needs, request.params.credentialId);
    const document = credentialDocument(credential);
    // A card is made to stand in other people's pages; nothing in it can be pressed but links.
    setPolicySources(response, "frame-ancestors", ["*"]);
    response.set(asTheLearnerSays);
    const { status } = credential;
    response.render("backpack/card", {
      page: {
        ...credentialPage(document),
        ...{ url: document.id, status, isActive: status === "active" },
      },
    });
  });

  router.get("/credentials/:credentialId/preview.png", async (request, response) => {
    const credential = await getSharedCredential(needs, request.params.credentialId);
    response.set(asTheLearnerSays).type("image/png");
    response.send(await needs.drawPreview(credential));
  });

  return router;
}
