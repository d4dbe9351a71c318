import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { GroupMoveStore } from "../awards/group-move-store.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { readForm, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import { adminPath } from "./admin-frame.js";
import { decide, type DecisionNeeds, showAdminPage } from "./admin-page.routes.js";
import { groupMovePage, moveReason } from "./group-move-page.js";
import { findTrackInForce } from "./track-in-force.js";

export type GroupMoveActions = {
  /** Begins to look what moving everybody to the version in force would mean. */
  beginMove: (inForce: TrackVersion, startedBy: string) => Promise<void>;
  /** Begins to move them. */
  goOnWithMoveSoon: (about: { organisationId: string; trackId: string }) => Promise<void>;
};

type Needs = GroupMoveActions &
  DecisionNeeds & {
    groupMoves: Pick<GroupMoveStore, "countEffects" | "decide" | "find" | "listFound">;
    profiles: Pick<ProfileStore, "listByIds">;
    tracks: Pick<TrackStore, "findById">;
    trackVersions: Pick<TrackVersionStore, "find">;
  };

const DecisionForm = z.object({ move: z.string(), reason: moveReason });

const LOOK_FIRST: Notice = {
  kind: "warning",
  text: "Nobody was moved. Look first what it would mean for each, as things stand now.",
};

/** Moving everybody who began a track earlier: first what it means, then the moving. */
export function groupMoveRoutes(needs: Needs): Router {
  const router = Router();

  const findInForce = async (response: Response, id: string | undefined): Promise<TrackVersion> =>
    await findTrackInForce(needs, visitOf(response).launch.organisationId, id);

  const pathOf = (response: Response, { trackId }: TrackVersion): string =>
    adminPath(visitOf(response), `/tracks/${trackId}/move`);

  type Shown = { inForce: TrackVersion; faults?: Record<string, string>; notices?: Notice[] };
  const show = async (
    request: Request,
    response: Response,
    { inForce, faults = {}, notices = [] }: Shown,
  ): Promise<void> => {
    const { organisationId, trackId, name } = inForce;
    const move = await needs.groupMoves.find(organisationId, trackId);
    if (move === undefined) {
      response.redirect(303, adminPath(visitOf(response), `/tracks/${trackId}/learners`));
      return;
    }
    const isSeen = move.finishedAt !== undefined && move.decision === undefined;
    const nobody = { nearer: 0, same: 0, farther: 0 };
    const [list, effects] = await Promise.all([
      needs.groupMoves.listFound(move, readListQuery(request)),
      isSeen ? needs.groupMoves.countEffects(move) : nobody,
    ]);
    const ids = list.items.map(({ learnerId }) => learnerId);
    const profiles = await needs.profiles.listByIds(organisationId, ids);
    const statusOfFaults = Object.keys(faults).length === 0 ? 200 : 422;
    showAdminPage(request, response, {
      ...{ view: "group-move", title: `Move everybody: ${name}`, area: "tracks", notices },
      status: notices.length > 0 ? 409 : statusOfFaults,
      page: { ...groupMovePage({ inForce, move, list, effects, profiles }), faults, values: {} },
    });
  };

  router.get("/tracks/:trackId/move", async (request, response) => {
    await show(request, response, { inForce: await findInForce(response, request.params.trackId) });
  });

  router.post("/tracks/:trackId/move/look", async (request, response) => {
    const inForce = await findInForce(response, request.params.trackId);
    await needs.beginMove(inForce, visitOf(response).account.id);
    response.redirect(303, pathOf(response, inForce));
  });

  router.post("/tracks/:trackId/move", async (request, response) => {
    const inForce = await findInForce(response, request.params.trackId);
    const { organisationId, trackId, version } = inForce;
    const form = readForm(request, DecisionForm);
    if (form.kind === "faulty") {
      await show(request, response, { inForce, faults: form.faults });
      return;
    }
    const move = await needs.groupMoves.find(organisationId, trackId);
    const { reason } = form.value;
    const by = visitOf(response).account.id;
    const isDecided =
      move?.id === form.value.move &&
      move.version === version &&
      (await decide(needs, response, {
        make: async () => await needs.groupMoves.decide(move, { by, at: needs.now(), reason }),
        note: (made) =>
          made
            ? {
                ...{ action: "group-move-begun", subject: { kind: "track", id: trackId }, reason },
                after: { version },
              }
            : undefined,
      }));
    if (!isDecided) {
      await show(request, response, { inForce, notices: [LOOK_FIRST] });
      return;
    }
    await needs.goOnWithMoveSoon({ organisationId, trackId });
    response.redirect(303, pathOf(response, inForce));
  });

  return router;
}
