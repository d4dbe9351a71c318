import { type Request, type Response, Router } from "express";
import { visitOf } from "../launch/visit.routes.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Deployment } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { readListQuery } from "../web/forms.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { momentOf } from "./moments.js";
import { listPending } from "./list-pending.js";
import { pendingRows, platformCard, waitingCard } from "./platform-page.js";

/** The platforms chapter's actions, for one organisation. */
export type PlatformActions = {
  approveDeployment: (wanted: {
    organisationId: string;
    deploymentRecordId: string;
  }) => Promise<Deployment | undefined>;
  invitePlatform: (wanted: {
    organisationId: string;
    madeBy: string;
  }) => Promise<{ url: string; expiresAt: Date }>;
};

type Needs = PlatformActions &
  DecisionNeeds & {
    platforms: Pick<PlatformStore, "list" | "findById" | "listAwaitingApproval">;
    deployments: Pick<DeploymentStore, "listPending" | "listByPlatform">;
    /** Our own addresses, as an LMS asks for them. */
    toolAddresses: { id: string; label: string; value: string }[];
  };

type Shown = { invitation?: { url: string; expiresAt: Date } };

/** Registered LMSs, and where in them Rosette is deployed. */
export function platformAdminRoutes(needs: Needs): Router {
  const router = Router();

  const showPlatforms = async (
    request: Request,
    response: Response,
    { invitation }: Shown,
  ): Promise<void> => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const list = await needs.platforms.list(organisationId, query);
    const cards = await Promise.all(
      list.items.map(async (platform) =>
        platformCard(platform, await needs.deployments.listByPlatform(organisationId, platform.id)),
      ),
    );
    showAdminPage(request, response, {
      view: "platforms",
      title: "Platforms",
      area: "platforms",
      page: {
        waiting: (await needs.platforms.listAwaitingApproval(organisationId)).map(waitingCard),
        pending: pendingRows(await listPending(needs, organisationId)),
        list: { ...list, items: cards },
        search: query.search,
        invitation:
          invitation === undefined
            ? undefined
            : { url: invitation.url, expires: momentOf(invitation.expiresAt) },
        values: needs.toolAddresses,
      },
    });
  };

  router.get("/platforms", async (request, response) => {
    await showPlatforms(request, response, {});
  });

  router.post("/platforms/deployments/:deploymentId/approve", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const deploymentRecordId = idIn(request.params.deploymentId);
    const approved = await decide(needs, response, {
      make: async () => await needs.approveDeployment({ organisationId, deploymentRecordId }),
      note: (made) =>
        made && {
          action: "deployment-approved",
          subject: { kind: "platform", id: made.platformId },
          before: { deployment: deploymentRecordId, status: "pending" },
          after: { deployment: deploymentRecordId, status: "approved" },
        },
    });
    found(approved);
    goOn(response, "/platforms", "deployment-approved");
  });

  // Shown in the answer itself: a secret link has no place in an address.
  router.post("/platforms/invitation", async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const invitation = await decide(needs, response, {
      make: async () => await needs.invitePlatform({ organisationId, madeBy: visit.account.id }),
      note: (made) => ({
        action: "platform-invited",
        subject: { kind: "organisation", id: organisationId },
        after: { expiresAt: made.expiresAt.toISOString() },
      }),
    });
    response.setHeader("cache-control", "no-store");
    await showPlatforms(request, response, { invitation });
  });

  return router;
}
