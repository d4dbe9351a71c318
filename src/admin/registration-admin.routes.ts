import { type Request, type Response, Router } from "express";
import { visitOf } from "../launch/visit.routes.js";
import { type ConnectionLine, describeConnection } from "../platforms/connection-sentences.js";
import type { Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { ConnectionTest } from "../platforms/test-connection.js";
import { found, idIn, showAdminPage } from "./admin-page.routes.js";
import { platformFacts } from "./platform-page.js";

export type RegistrationActions = {
  testConnection: (platform: Platform) => Promise<ConnectionTest>;
};

type Needs = RegistrationActions & { platforms: Pick<PlatformStore, "findOwn"> };

/** One registration at an LMS: what it is, and whether the LMS answers. */
export function registrationAdminRoutes(needs: Needs): Router {
  const router = Router();

  const platformIn = async (
    request: Request<{ platformId: string }>,
    response: Response,
  ): Promise<Platform> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.platforms.findOwn(organisationId, idIn(request.params.platformId)));
  };

  const showPlatform = (
    request: Request<{ platformId: string }>,
    response: Response,
    { platform, connection = [] }: { platform: Platform; connection?: ConnectionLine[] },
  ): void => {
    showAdminPage(request, response, {
      view: "platform",
      title: platform.name,
      area: "platforms",
      page: { platform: platformFacts(platform), connection },
    });
  };

  router.get("/platforms/:platformId", async (request, response) => {
    showPlatform(request, response, { platform: await platformIn(request, response) });
  });

  router.post("/platforms/:platformId/test", async (request, response) => {
    const platform = await platformIn(request, response);
    const connection = describeConnection(await needs.testConnection(platform));
    response.setHeader("cache-control", "no-store");
    showPlatform(request, response, { platform, connection });
  });

  return router;
}
