import express, { type Request, Router } from "express";
import { bodyLimits } from "../../config/http-policy.js";
import { checkPush } from "./check-push.js";
import { pushResults } from "./push-results.js";

type Needs = Parameters<typeof checkPush>[0] & Parameters<typeof pushResults>[0];

const header = (request: Request, name: string): string => request.get(name) ?? "";

/** The endpoint for senders of results. Who signs with a key in force may; see the docs. */
export function resultRoutes(needs: Needs): Router {
  const router = Router();
  // The signature is over the bytes as they came: nothing is unpacked or parsed before it is checked.
  const rawBody = express.raw({ type: () => true, limit: bodyLimits.pushBytes, inflate: false });

  router.post("/api/v1/results", rawBody, async (request, response) => {
    const body: unknown = request.body;
    const signed = {
      method: request.method,
      path: request.originalUrl,
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
      headers: {
        keyId: header(request, "rosette-key"),
        timestamp: header(request, "rosette-timestamp"),
        nonce: header(request, "rosette-nonce"),
        signature: header(request, "rosette-signature"),
      },
    };
    const key = await checkPush(needs, signed);
    response.setHeader("cache-control", "no-store");
    response.json(await pushResults(needs, key, signed.body));
  });

  return router;
}
