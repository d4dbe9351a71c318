import { Router } from "express";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import { listPublishedTracks } from "../tracks/list-published-tracks.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { cataloguePage } from "./catalogue-page.js";

type Needs = {
  organisations: Pick<OrganisationStore, "listAll">;
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
};

/** `/catalog`: what can be earned here, for everyone to see. */
export function catalogueRoutes(needs: Needs): Router {
  const router = Router();
  router.get("/catalog", async (request, response) => {
    const organisations = await needs.organisations.listAll();
    const offered = await Promise.all(
      organisations.map(async (organisation) => {
        const tracks = await listPublishedTracks(needs, { organisationId: organisation.id });
        return tracks.map((track) => ({ track, organisation }));
      }),
    );
    const by = queryText(request, "by") === "organisation" ? "organisation" : "subject";
    response.set("cache-control", "public, max-age=300");
    showPage(response, "credentials/catalogue", {
      frame: { title: "What can be earned" },
      page: cataloguePage(offered.flat(), by),
    });
  });
  return router;
}
