import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, Router } from "express";
import { usualHourTypes } from "../hours/hour-type.js";
import type { HourTypeStore } from "../hours/hour-type-store.js";
import { type HourSumNeeds, readHourSums } from "../hours/read-hour-sums.js";
import { readPeriod } from "../hours/transcript-page.js";
import { visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { queryText, readListQuery } from "../web/forms.js";
import { showAdminPage } from "./admin-page.routes.js";
import { findPeople, type FindPeopleNeeds } from "./find-people.js";
import { hourListHead, hourListLine, hourListPage, type NamedSum } from "./hour-list-page.js";

type Needs = HourSumNeeds &
  FindPeopleNeeds & {
    accounts: Pick<AccountStore, "findLearners" | "listLearnerIds">;
    hourTypes: Pick<HourTypeStore, "find">;
    profiles: Pick<ProfileStore, "listByIds">;
  };

/** So many learners are read together for the file. */
const BATCH = 200;

const periodIn = (request: Request) =>
  readPeriod(queryText(request, "from"), queryText(request, "to"));

/** The hours of every learner, for whoever has to answer a licensing board. */
export function hourListRoutes(needs: Needs): Router {
  const router = Router();

  /** What these accounts' learners have in a period, each learner once. */
  async function readSums(
    organisationId: string,
    accountIds: readonly string[],
    period: ReturnType<typeof readPeriod>,
  ): Promise<NamedSum[]> {
    const learners = await needs.accounts.findLearners(organisationId, accountIds);
    const [sums, profiles] = await Promise.all([
      readHourSums(needs, { organisationId, learners, period }),
      needs.profiles.listByIds(
        organisationId,
        learners.flatMap((learner) => learner.accountIds),
      ),
    ]);
    const names = new Map(profiles.map(({ id, name }) => [id, name]));
    return sums.map((sum, index) => ({
      ...sum,
      name: learners[index]?.accountIds.map((id) => names.get(id)).find((name) => name),
    }));
  }

  const typesOf = async (organisationId: string) =>
    (await needs.hourTypes.find(organisationId)) ?? usualHourTypes;

  router.get("/hours/learners", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const period = periodIn(request);
    const people = await findPeople(needs, organisationId, query);
    const ids = people.items.map(({ id }) => id);
    const items = await readSums(organisationId, ids, period);
    const types = await typesOf(organisationId);
    showAdminPage(request, response, {
      ...{ view: "hour-list", title: "Hours of learners", area: "people" },
      page: hourListPage({ list: { ...people, items }, types, period, search: query.search }),
    });
  });

  // Written as it is read: any number of learners passes through a little memory.
  router.get("/hours/learners.csv", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const period = periodIn(request);
    const types = await typesOf(organisationId);
    async function* lines(): AsyncGenerator<string> {
      // With a mark, so that spreadsheets know the letters.
      yield `\uFEFF${hourListHead(types)}`;
      let after = "";
      for (;;) {
        const ids = await needs.accounts.listLearnerIds(organisationId, after, BATCH);
        for (const sum of await readSums(organisationId, ids, period))
          if (sum.courses > 0) yield hourListLine(sum, types);
        const last = ids.at(-1);
        if (last === undefined || ids.length < BATCH) return;
        after = last;
      }
    }
    response.attachment("hours-of-learners.csv").type("text/csv; charset=utf-8");
    response.setHeader("cache-control", "no-store");
    await pipeline(Readable.from(lines()), response);
  });

  return router;
}
