import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { visitOf } from "../launch/visit.routes.js";
import { describeContrast } from "../tracks/badge-design.js";
import { type BadgeNeeds, readBadge } from "../tracks/read-badge.js";
import { correctEdition } from "../tracks/correct-edition.js";
import type { BadgeDesign, Track, TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText, readForm, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { adminPath } from "./admin-frame.js";
import { requiredText } from "./form-fields.js";
import { momentOf } from "./moments.js";
import type { ListChoices } from "./list-choices.js";
import { BADGE_FIELDS, type BadgeFields, badgeOf } from "./badge-form.js";
import { trackContentView, trackPage, trackRow } from "./track-page.js";

/** Texts of a published version; who corrects them says why. */
const CorrectionForm = z.object({
  name: requiredText("Enter a name.", 200),
  description: requiredText("Say in a sentence or two what this is.", 2000),
  criteriaNarrative: requiredText("Say how it is earned.", 4000),
  reason: requiredText("Say what was wrong.", 500),
});

type Needs = DecisionNeeds &
  BadgeNeeds & {
    tracks: Pick<TrackStore, "findById" | "list" | "discardDraft">;
    trackVersions: Pick<TrackVersionStore, "find" | "correct">;
    wordingCorrected: (organisationId: string) => Promise<void>;
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

  const versionIn = (text: string, { publishedVersion }: Track): number => {
    const version = Number(text);
    const isVersion = Number.isSafeInteger(version) && version <= publishedVersion;
    return found(isVersion ? version : undefined);
  };

  type Shown = {
    track: Track;
    edition: TrackVersion;
    form?: { values: object; faults: Record<string, string> };
  };
  const showEdition = async (
    request: Request,
    response: Response,
    { track, edition, form }: Shown,
  ): Promise<void> => {
    const content = trackContentView(edition, await needs.listChoices(track.organisationId));
    const { version, corrections = [], ...texts } = edition;
    showAdminPage(request, response, {
      ...{ view: "track-version", title: `${content.name}, version ${version}`, area: "tracks" },
      status: form === undefined ? 200 : 422,
      page: {
        ...{ content, trackId: track.id, isInForce: version === track.publishedVersion },
        ...{ values: form?.values ?? { ...texts, reason: "" }, faults: form?.faults ?? {} },
        corrected: corrections.map(({ at }) => momentOf(at)),
        action: adminPath(visitOf(response), `/tracks/${track.id}/versions/${version}/correct`),
      },
    });
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
    const version = versionIn(request.params.version, track);
    const edition = await needs.trackVersions.find(organisationId, { trackId, version });
    await showEdition(request, response, { track, edition: found(edition) });
  });

  router.post("/tracks/:trackId/versions/:version/correct", async (request, response) => {
    const track = await findTrack(request, response);
    const { organisationId, id: trackId } = track;
    const version = versionIn(request.params.version, track);
    const edition = found(await needs.trackVersions.find(organisationId, { trackId, version }));
    const form = readForm(request, CorrectionForm);
    if (form.kind === "faulty") {
      await showEdition(request, response, { track, edition, form });
      return;
    }
    const { reason, ...texts } = form.value;
    const correctedBy = visitOf(response).account.id;
    const wanted = { organisationId, trackId, version, texts, correctedBy };
    const subject = { kind: "track" as const, id: trackId };
    const result = await decide(needs, response, {
      make: async () => await correctEdition(needs, wanted),
      note: (made) =>
        made.kind === "corrected"
          ? {
              ...{ action: "track-wording-corrected", subject, reason },
              after: { version, parts: made.edition.corrections?.at(-1)?.parts.join(" ") ?? "" },
            }
          : undefined,
    });
    if (result.kind === "corrected") await needs.wordingCorrected(organisationId);
    goOn(response, `/tracks/${trackId}/versions/${version}`, "wording-corrected");
  });

  router.post("/tracks/:trackId/discard", async (request, response) => {
    const track = await findTrack(request, response);
    await decide(needs, response, {
      make: async () => {
        await needs.tracks.discardDraft(track.organisationId, track.id);
      },
      note: () => ({
        ...{ action: "track-draft-discarded", subject: { kind: "track", id: track.id } },
        after: { version: track.publishedVersion },
      }),
    });
    const path = track.publishedVersion === 0 ? "/tracks" : `/tracks/${track.id}`;
    goOn(response, path, "draft-discarded");
  });

  return router;
}
