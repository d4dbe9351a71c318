import { type Response, Router } from "express";
import type { CountRequest } from "../web/request-count-store.js";
import { limitBy, type RequestKind } from "../web/limit-requests.js";
import { sendArchive } from "../web/send-archive.js";
import { archivePage, type ArchiveIndex } from "./archive-index.js";
import { type ArchiveNeeds, gatherArchive } from "./gather-archive.js";
import { backpackDoors, holderOf, type HolderNeeds } from "./holder.routes.js";

type Needs = ArchiveNeeds & HolderNeeds & { countRequest: CountRequest<RequestKind> };

/** The page of contents, to be read without us: it asks nobody for anything. */
const printIndex =
  (response: Response) =>
  async (index: ArchiveIndex): Promise<string> =>
    await new Promise((resolve, reject) => {
      response.render("backpack/archive", { page: archivePage(index) }, (error, html) => {
        if (error instanceof Error) reject(error);
        else resolve(html);
      });
    });

/** Everything of a learner as one file: in the LMS, and in a browser that they let in. */
export function archiveRoutes(needs: Needs): Router {
  const router = Router();
  const limit = limitBy(needs.countRequest, (_request, response) => [
    "export",
    holderOf(response).learnerId,
  ]);
  for (const { base, door } of backpackDoors(needs)) {
    router.get(`${base}/export.zip`, ...door, limit, async (_request, response) => {
      const madeAt = needs.now();
      const name = `backpack-${madeAt.toISOString().slice(0, 10)}.zip`;
      const files = gatherArchive(needs, holderOf(response), printIndex(response));
      await sendArchive(response, { name, madeAt }, files);
    });
  }
  return router;
}
