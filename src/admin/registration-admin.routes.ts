import { type Response, Router } from "express";
import { z } from "zod";
import { type ConnectionLine, describeConnection } from "../platforms/connection-sentences.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { ToolError } from "../errors.js";
import { readForm } from "../web/forms.js";
import { decide, type DecisionNeeds, goOn, showAdminPage } from "./admin-page.routes.js";
import type { ConnectionTest } from "../platforms/test-connection.js";
import {
  type FindsPlatform,
  platformIn,
  type PlatformRequest,
} from "./platform-addresses.routes.js";
import { deploymentRows, platformFacts } from "./platform-page.js";

export type RegistrationActions = {
  testConnection: (platform: Platform) => Promise<ConnectionTest>;
};

type Needs = RegistrationActions &
  DecisionNeeds &
  FindsPlatform & {
    platforms: Pick<PlatformStore, "setAcceptsAnyDeployment">;
    deployments: Pick<DeploymentStore, "listByPlatform">;
  };

const AcceptsForm = z.object({ accepts: z.enum(["all", "approved"]) });

/** One registration at an LMS: what it is, whether the LMS answers, and who may launch by it. */
export function registrationAdminRoutes(needs: Needs): Router {
  const router = Router();

  const showPlatform = async (
    request: PlatformRequest,
    response: Response,
    { platform, connection = [] }: { platform: Platform; connection?: ConnectionLine[] },
  ): Promise<void> => {
    const { organisationId, id } = platform;
    const deployments = await needs.deployments.listByPlatform(organisationId, id);
    showAdminPage(request, response, {
      view: "platform",
      title: platform.name,
      area: "platforms",
      page: {
        platform: platformFacts(platform),
        deployments: deploymentRows(deployments),
        connection,
      },
    });
  };

  router.get("/platforms/:platformId", async (request, response) => {
    await showPlatform(request, response, { platform: await platformIn(needs, request, response) });
  });

  router.post("/platforms/:platformId/test", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    const connection = describeConnection(await needs.testConnection(platform));
    response.setHeader("cache-control", "no-store");
    await showPlatform(request, response, { platform, connection });
  });

  router.post("/platforms/:platformId/deployments", async (request, response) => {
    const { organisationId, id } = await platformIn(needs, request, response);
    const form = readForm(request, AcceptsForm);
    if (form.kind === "faulty") throw new ToolError("request-malformed");
    const { accepts } = form.value;
    const acceptsAll = accepts === "all";
    await decide(needs, response, {
      make: async () =>
        await needs.platforms.setAcceptsAnyDeployment(organisationId, id, acceptsAll),
      note: (changed) =>
        changed && {
          action: "deployments-accepted-changed",
          subject: { kind: "platform", id },
          before: { accepts: acceptsAll ? "approved" : "all" },
          after: { accepts },
        },
    });
    goOn(response, `/platforms/${id}`, acceptsAll ? "deployments-all" : "deployments-approved");
  });

  return router;
}
