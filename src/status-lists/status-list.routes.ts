import { Router } from "express";
import { ToolError } from "../errors.js";
import { isId } from "../stored-record.js";
import { statusPurposes } from "./status-list.js";
import type { StatusListStore } from "./status-list-store.js";

const MAX_AGE_SECONDS = 300;

/** The signed status lists: public, and the same for whoever asks. */
export function statusListRoutes(needs: {
  statusLists: Pick<StatusListStore, "findSigned">;
}): Router {
  const router = Router();
  router.get("/status/:listId/:purpose", async (request, response) => {
    const { listId } = request.params;
    const purpose = statusPurposes.find((one) => one === request.params.purpose);
    const isWellFormed = isId(listId) && purpose !== undefined;
    const signed = isWellFormed ? await needs.statusLists.findSigned(listId, purpose) : undefined;
    if (signed === undefined) throw new ToolError("not-found");
    response
      .set({
        "cache-control": `public, max-age=${MAX_AGE_SECONDS}`,
        "access-control-allow-origin": "*",
      })
      .type("application/vc")
      .send(signed);
  });
  return router;
}
