import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { recordAudit } from "../audit/record-audit.js";
import { type Begun, type BegunNeeds, listBegun } from "../awards/list-begun.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import { isId, newId } from "../stored-record.js";
import { initialsStatementOf, type TrackVersion } from "../tracks/track.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText, readForm } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import { type DecisionNeeds, found, goOn, idIn, showAdminPage } from "./admin-page.routes.js";
import { nameOf } from "./award-page.js";
import { requiredText } from "./form-fields.js";

type Needs = DecisionNeeds &
  BegunNeeds & {
    profiles: Pick<ProfileStore, "listByIds">;
    tracks: Pick<TrackStore, "findById">;
    trackMoves: Pick<TrackMoveStore, "addAll">;
    trackVersions: Pick<TrackVersionStore, "find">;
  };

/** So many accounts are looked at for one page. */
const LOOKED_AT = 50;

/** So many are moved by one press; who is left then is moved by the next. */
const MOST_MOVED = 1000;

const MoveSchema = z
  .object({
    learner: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .transform((ids) => (ids === undefined ? [] : [ids].flat().filter(isId))),
    everyone: z.literal("1").optional(),
    reason: requiredText("Say why, for example: agreed with the group in March.", 500),
  })
  .refine(({ learner, everyone }) => learner.length > 0 || everyone !== undefined, {
    path: ["learner"],
    message: "Choose at least one learner.",
  });

/** Who began a track under an earlier version, and may be moved to the one in force. */
export function trackLearnersRoutes(needs: Needs): Router {
  const router = Router();

  const findInForce = async (response: Response, id: string | undefined): Promise<TrackVersion> => {
    const { organisationId } = visitOf(response).launch;
    const track = found(await needs.tracks.findById(organisationId, idIn(id ?? "")));
    const { id: trackId, publishedVersion: version } = track;
    return found(await needs.trackVersions.find(organisationId, { trackId, version }));
  };

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

  /** The entry first: under an id of its own making it is written once, and none is left out. */
  const move = async (
    { learner, own }: Begun,
    about: { inForce: TrackVersion; actorId: string; reason: string },
  ): Promise<void> => {
    const { inForce, actorId, reason } = about;
    const { organisationId, trackId, version } = inForce;
    const { learnerId: accountId } = learner;
    const movedAt = needs.now();
    await recordAudit(needs, {
      id: `move:${trackId}:${version}:${accountId}`,
      ...{ organisationId, actorId, reason, at: movedAt, action: "learner-moved-to-version" },
      subject: { kind: "account", id: accountId },
      before: { track: trackId, version: own.version },
      after: { track: trackId, version },
    });
    await needs.trackMoves.addAll([
      {
        id: newId(),
        organisationId,
        accountId,
        trackId,
        version,
        movedAt,
        movedBy: actorId,
        reason,
      },
    ]);
  };

  /** Page by page, as they are listed; whether that was everybody. */
  const moveEveryone = async (about: Parameters<typeof move>[1]): Promise<boolean> => {
    let moved = 0;
    let after: string | undefined;
    do {
      const page = { inForce: about.inForce, limit: LOOKED_AT, after };
      const { begun, next } = await listBegun(needs, page);
      for (const one of begun) await move(one, about);
      moved += begun.length;
      after = next;
    } while (after !== undefined && moved < MOST_MOVED);
    return after === undefined;
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
    const { learner: onlyIds, everyone, reason } = form.value;
    const about = { inForce, actorId: visitOf(response).account.id, reason };
    const here = `/tracks/${inForce.trackId}/learners`;
    if (everyone !== undefined) {
      goOn(response, here, (await moveEveryone(about)) ? "learners-moved" : "more-to-move");
      return;
    }
    // Whoever is not, or no longer, on an earlier version is left as they are.
    const { begun } = await listBegun(needs, { inForce, limit: onlyIds.length, onlyIds });
    for (const one of begun) await move(one, about);
    goOn(response, here, "learners-moved");
  });

  return router;
}
