import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { type BegunNeeds, listBegun } from "../awards/list-begun.js";
import { moveLearners, type MoveNeeds } from "../awards/move-learners.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import { isId } from "../stored-record.js";
import { initialsStatementOf, type TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText, readForm } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import { type DecisionNeeds, goOn, showAdminPage } from "./admin-page.routes.js";
import { nameOf } from "./award-page.js";
import { moveReason } from "./group-move-page.js";
import { findTrackInForce } from "./track-in-force.js";

type Needs = DecisionNeeds &
  BegunNeeds &
  MoveNeeds & {
    profiles: Pick<ProfileStore, "listByIds">;
    tracks: Pick<TrackStore, "findById">;
    trackVersions: Pick<TrackVersionStore, "find">;
  };

/** So many accounts are looked at for one page. */
const LOOKED_AT = 50;

const MoveSchema = z
  .object({
    learner: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .transform((ids) => (ids === undefined ? [] : [ids].flat().filter(isId))),
    reason: moveReason,
  })
  .refine(({ learner }) => learner.length > 0 && learner.length <= LOOKED_AT, {
    path: ["learner"],
    message: "Choose at least one learner.",
  });

/** Who began a track under an earlier version, and may be moved to the one in force. */
export function trackLearnersRoutes(needs: Needs): Router {
  const router = Router();

  const findInForce = async (response: Response, id: string | undefined): Promise<TrackVersion> =>
    await findTrackInForce(needs, visitOf(response).launch.organisationId, id);

  const showLearners = async (
    request: Request,
    response: Response,
    shown: { inForce: TrackVersion; faults?: Record<string, string>; reason?: string },
  ): Promise<void> => {
    const { inForce, faults = {}, reason = "" } = shown;
    const after = queryText(request, "after");
    const { begun, next } = await listBegun(needs, { inForce, after, limit: LOOKED_AT });
    const ids = begun.map(({ learner }) => learner.learnerId);
    const profiles = await needs.profiles.listByIds(inForce.organisationId, ids);
    const here = adminPath(visitOf(response), `/tracks/${inForce.trackId}/learners`);
    showAdminPage(request, response, {
      ...{ view: "track-learners", title: `Who began ${inForce.name} earlier`, area: "tracks" },
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: {
        initials: initialsStatementOf(inForce),
        ...{ trackId: inForce.trackId, version: inForce.version, faults, values: { reason } },
        learners: begun.map(({ learner, own, before, after: then }) => ({
          id: learner.learnerId,
          name: nameOf(profiles, learner.learnerId),
          version: own.version,
          ...{ before: before.sentence, after: then.sentence },
        })),
        isAllChosen: queryText(request, "all") === "1",
        here,
        after,
        next: next && `${here}?after=${next}`,
      },
    });
  };

  router.get("/tracks/:trackId/learners", async (request, response) => {
    const inForce = await findInForce(response, request.params.trackId);
    await showLearners(request, response, { inForce });
  });

  router.post("/tracks/:trackId/learners", async (request, response) => {
    const inForce = await findInForce(response, request.params.trackId);
    const form = readForm(request, MoveSchema);
    if (form.kind === "faulty") {
      const { faults, values } = form;
      const { reason } = values;
      const typed = typeof reason === "string" ? reason : "";
      await showLearners(request, response, { inForce, faults, reason: typed });
      return;
    }
    const { learner: onlyIds, reason } = form.value;
    const movedBy = visitOf(response).account.id;
    // Whoever is not, or no longer, on an earlier version is left as they are.
    const { begun } = await listBegun(needs, { inForce, limit: onlyIds.length, onlyIds });
    await needs.inOneWrite(async () => {
      await moveLearners(needs, begun, { inForce, movedBy, reason, at: needs.now() });
    });
    goOn(response, `/tracks/${inForce.trackId}/learners`, "learners-moved");
  });

  return router;
}
