import { Router } from "express";
import type { AwardStore } from "../awards/award-store.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { readListQuery } from "../web/forms.js";
import { found, idIn, showAdminPage } from "./admin-page.routes.js";
import { awardPage, awardRows } from "./award-page.js";

type Needs = {
  awards: Pick<AwardStore, "findById" | "list">;
  credentials: Pick<CredentialStore, "findByAward">;
  accounts: Pick<AccountStore, "listByIds">;
  profiles: Pick<ProfileStore, "find" | "list" | "listByIds">;
};

/** More people than this match only a search that is too short to mean anybody. */
const MOST_PEOPLE = 200;

/** Awards: list, and one with its reasons. */
export function awardAdminRoutes(needs: Needs): Router {
  const router = Router();

  /** The learners whose name or address holds the text. */
  const findLearnerIds = async (organisationId: string, search: string): Promise<string[]> => {
    if (search === "") return [];
    const query = { search, page: 1, pageSize: MOST_PEOPLE };
    const people = await needs.profiles.list(organisationId, query);
    const ids = people.items.map(({ id }) => id);
    return (await needs.accounts.listByIds(organisationId, ids)).map(learnerIdOf);
  };

  router.get("/awards", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const learnerIds = await findLearnerIds(organisationId, query.search);
    const list = await needs.awards.list(organisationId, { ...query, learnerIds });
    const profiles = await needs.profiles.listByIds(
      organisationId,
      list.items.map(({ learnerId }) => learnerId),
    );
    showAdminPage(request, response, {
      view: "awards",
      title: "Awards",
      area: "awards",
      page: { list: { ...list, items: awardRows(list.items, profiles) }, search: query.search },
    });
  });

  router.get("/awards/:awardId", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.awardId);
    const award = found(await needs.awards.findById(organisationId, id));
    const credential = await needs.credentials.findByAward(organisationId, id);
    const profile = await needs.profiles.find(organisationId, award.learnerId);
    showAdminPage(request, response, {
      view: "award",
      title: `Award: ${award.trackName}`,
      area: "awards",
      page: awardPage({ award, credential, profile }),
    });
  });

  return router;
}
