import { type RequestHandler, Router } from "express";

/**
 * `/healthz`: the process lives. `/readyz`: it can serve, which needs its store; 503 while it
 * starts, stops or has lost the store. For anyone; say nothing else.
 */
export function healthRoutes(needs: { isReady: () => Promise<boolean> }): Router {
  const answer =
    (check: () => Promise<boolean>): RequestHandler =>
    async (_request, response) => {
      const isWell = await check().catch(() => false);
      response
        .status(isWell ? 200 : 503)
        .set("cache-control", "no-store")
        .json({ status: isWell ? "ok" : "unavailable" });
    };
  const router = Router();
  router.get(
    "/healthz",
    answer(() => Promise.resolve(true)),
  );
  router.get("/readyz", answer(needs.isReady));
  return router;
}
