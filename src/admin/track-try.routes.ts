import { type Request, type Response, Router } from "express";
import type { LearnerRecordNeeds } from "../awards/read-learner-records.js";
import { tryOnInvented, tryOnLearner } from "../awards/try-track.js";
import { visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerLabel } from "../people/account.js";
import { type CatalogueNeeds, readCatalogueWithEarlier } from "../progress/read-catalogue.js";
import type { PageOf } from "../stored-record.js";
import { asVersion } from "../tracks/draft-version.js";
import type { TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { type FormValues, queryText, queryValues } from "../web/forms.js";
import { found, idIn, postedValues, showAdminPage } from "./admin-page.routes.js";
import { findPeople, type FindPeopleNeeds, type FoundPerson } from "./find-people.js";
import { numberOf, textOf } from "./form-values.js";
import { inventedChoicesOf, readInvented, trackTryPage, type TriedOn } from "./track-try-page.js";

type Needs = CatalogueNeeds &
  LearnerRecordNeeds &
  FindPeopleNeeds & {
    accounts: Pick<AccountStore, "findById" | "findLearners">;
    eligibility: CatalogueNeeds["eligibility"] & LearnerRecordNeeds["eligibility"];
    tracks: Pick<TrackStore, "findById">;
    trackVersions: Pick<TrackVersionStore, "find">;
    now: () => Date;
  };

/** So many people are listed at once. */
const PEOPLE_ON_PAGE = 10;

type Asked = { people: PageOf<FoundPerson> | undefined; search: string };

/**
 * Trying a draft on a learner, real or invented, before it is published: what they would see. It
 * writes nothing. Who is looked for is posted, so that no name stands in an address.
 */
export function trackTryRoutes(needs: Needs): Router {
  const router = Router();

  /** The draft as it stands; without one what is in force. */
  const findVersion = async (
    response: Response,
    id: string | undefined,
    now: Date,
  ): Promise<{ version: TrackVersion; isDraft: boolean }> => {
    const { organisationId } = visitOf(response).launch;
    const track = found(await needs.tracks.findById(organisationId, idIn(id ?? "")));
    if (track.draft !== undefined)
      return { version: asVersion(track, track.draft, now), isDraft: true };
    const { id: trackId, publishedVersion } = track;
    const about = { trackId, version: publishedVersion };
    return {
      version: found(await needs.trackVersions.find(organisationId, about)),
      isDraft: false,
    };
  };

  const show = async (
    request: Request<{ trackId: string }>,
    response: Response,
    { people, search }: Asked,
  ): Promise<void> => {
    const now = needs.now();
    const { version, isDraft } = await findVersion(response, request.params.trackId, now);
    const catalogue = await readCatalogueWithEarlier(needs, version);
    const choices = inventedChoicesOf(version, catalogue);
    const values: FormValues = queryValues(request);
    const isInvented = textOf(values, "invent") === "1";
    const { invented, faults } = readInvented(values, choices);

    const tryOut = async (): Promise<TriedOn> => {
      const accountId = queryText(request, "learner");
      if (accountId !== "") {
        const { organisationId } = version;
        const about = { organisationId, accountId: idIn(accountId), now };
        const tried = found(await tryOnLearner(needs, catalogue, about));
        const profiles = await needs.profiles.listByIds(organisationId, [tried.learnerId]);
        const { learnerId } = tried;
        return {
          ...{ kind: "learner", progress: tried.progress, isHeld: tried.isHeld },
          name: learnerLabel({ learnerId, name: profiles[0]?.name }),
        };
      }
      if (!isInvented || Object.keys(faults).length > 0) return { kind: "nobody" };
      return { kind: "invented", ...found(tryOnInvented(catalogue, invented, now)) };
    };

    showAdminPage(request, response, {
      view: "track-try",
      title: `Try “${version.name}” on a learner`,
      area: "tracks",
      status: isInvented && Object.keys(faults).length > 0 ? 422 : 200,
      page: {
        ...trackTryPage({
          ...{ version, isDraft, catalogue, choices, values },
          tried: await tryOut(),
          faults: isInvented ? faults : {},
        }),
        people,
        search,
      },
    });
  };

  router.get("/tracks/:trackId/try", async (request, response) => {
    await show(request, response, { people: undefined, search: "" });
  });

  router.post("/tracks/:trackId/try", async (request, response) => {
    idIn(request.params.trackId);
    const values = postedValues(request);
    const search = textOf(values, "search").trim().slice(0, 100);
    const page = Math.max(1, Math.trunc(numberOf(textOf(values, "page")) ?? 1));
    const query = { search, page, pageSize: PEOPLE_ON_PAGE };
    const { organisationId } = visitOf(response).launch;
    await show(request, response, {
      people: await findPeople(needs, organisationId, query),
      search,
    });
  });

  return router;
}
