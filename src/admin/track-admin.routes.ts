import { type Request, type Response, Router } from "express";
import { visitOf } from "../launch/visit.routes.js";
import { describeContrast } from "../tracks/badge-design.js";
import { type BadgeNeeds, readBadge } from "../tracks/read-badge.js";
import type { BadgeDesign, Track } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import {
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  noteDecision,
  showAdminPage,
} from "./admin-page.routes.js";
import type { ListChoices } from "./list-choices.js";
import { BADGE_FIELDS, type BadgeFields, badgeOf } from "./badge-form.js";
import { trackContentView, trackPage, trackRow } from "./track-page.js";

type Needs = DecisionNeeds &
  BadgeNeeds & {
    tracks: Pick<TrackStore, "findById" | "list" | "discardDraft">;
    trackVersions: Pick<TrackVersionStore, "find">;
    listChoices: ListChoices;
    showTrack: ShowTrack;
  };

/** Shows one track's page, with what there is to say about it. */
export type ShowTrack = (
  request: Request,
  response: Response,
  shown: { track: Track; notices?: Notice[]; status?: number },
) => Promise<void>;

export const createShowTrack =
  (needs: {
    trackVersions: Pick<TrackVersionStore, "listOf">;
    listChoices: ListChoices;
  }): ShowTrack =>
  async (request, response, { track, notices = [], status = 200 }) => {
    const { organisationId, id } = track;
    const versions = await needs.trackVersions.listOf(organisationId, id);
    const page = trackPage(track, versions, await needs.listChoices(organisationId));
    const content = { view: "track", title: track.name, area: "tracks" as const };
    showAdminPage(request, response, { ...content, page, notices, status });
  };

/** Tracks: list, look at, versions. */
export function trackAdminRoutes(needs: Needs): Router {
  const router = Router();

  const findTrack = async (
    request: Request<{ trackId: string }>,
    response: Response,
  ): Promise<Track> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.tracks.findById(organisationId, idIn(request.params.trackId)));
  };

  router.get("/tracks", async (request, response) => {
    const query = readListQuery(request);
    const list = await needs.tracks.list(visitOf(response).launch.organisationId, query);
    showAdminPage(request, response, {
      view: "tracks",
      title: "Tracks",
      area: "tracks",
      page: { list: { ...list, items: list.items.map(trackRow) }, search: query.search },
    });
  });

  const badgeIn = (request: Request): BadgeDesign => {
    const fields = BADGE_FIELDS.map((name) => [name, queryText(request, name)]);
    return found(badgeOf(Object.fromEntries(fields) as BadgeFields));
  };

  router.get("/badge-preview.svg", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const badge = badgeIn(request);
    const drawn = await readBadge(needs, { organisationId, badge, name: "Preview" });
    response.type("image/svg+xml").send(drawn);
  });

  // For the script that draws the badge while it is being designed.
  router.get("/badge-contrast.txt", (request, response) => {
    response.type("text/plain").send(describeContrast(badgeIn(request)).sentences.join("\n"));
  });

  router.get("/tracks/:trackId", async (request, response) => {
    await needs.showTrack(request, response, { track: await findTrack(request, response) });
  });

  router.get("/tracks/:trackId/versions/:version", async (request, response) => {
    const track = await findTrack(request, response);
    const { organisationId, id: trackId } = track;
    const version = Number(request.params.version);
    const isVersion = Number.isSafeInteger(version) && version <= track.publishedVersion;
    const edition = isVersion
      ? await needs.trackVersions.find(organisationId, { trackId, version })
      : undefined;
    const content = trackContentView(found(edition), await needs.listChoices(organisationId));
    showAdminPage(request, response, {
      view: "track-version",
      title: `${content.name}, version ${version}`,
      area: "tracks",
      page: { content, trackId, isInForce: version === track.publishedVersion },
    });
  });

  router.post("/tracks/:trackId/discard", async (request, response) => {
    const track = await findTrack(request, response);
    await needs.tracks.discardDraft(track.organisationId, track.id);
    await noteDecision(needs, response, {
      action: "track-draft-discarded",
      subject: { kind: "track", id: track.id },
      after: { version: track.publishedVersion },
    });
    const path = track.publishedVersion === 0 ? "/tracks" : `/tracks/${track.id}`;
    goOn(response, path, "draft-discarded");
  });

  return router;
}
