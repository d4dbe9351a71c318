import { Router } from "express";
import type { ToolKeys } from "./tool-keys.js";

type Needs = { toolKeys: Pick<ToolKeys, "jwks"> };

/** What an LMS reads from us. */
export function platformRoutes(needs: Needs): Router {
  const router = Router();

  router.get("/lti/jwks", async (_request, response) => {
    response.set("cache-control", "public, max-age=300").json(await needs.toolKeys.jwks());
  });

  return router;
}
