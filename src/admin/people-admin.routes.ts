import { type Request, type Response, Router } from "express";
import { visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import type { AdministratorGrantStore } from "../people/administrator-grant-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { revokeAdministrator } from "../people/revoke-administrator.js";
import { readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { findPeople } from "./find-people.js";
import { momentOf } from "./moments.js";
import { administratorRows, candidateRows } from "./people-page.js";

/** What may be done about administrators. The people chapter's actions, for one organisation. */
export type AdministratorActions = {
  makeAdministratorCode: (wanted: {
    organisationId: string;
    madeBy: string;
  }) => Promise<{ code: string; expiresAt: Date }>;
};

type Needs = AdministratorActions &
  DecisionNeeds & {
    accounts: Pick<AccountStore, "findById" | "listByIdStart">;
    grants: Pick<AdministratorGrantStore, "list" | "addOnce" | "remove">;
    profiles: Pick<ProfileStore, "list" | "listByIds" | "listProposed">;
  };

type Shown = { notices?: Notice[]; status?: number; code?: { code: string; expiresAt: Date } };

const noOne = { items: [], page: 1, pageCount: 1, total: 0 };

/** Administrators of the organisation: list, add, remove. */
export function peopleAdminRoutes(needs: Needs): Router {
  const router = Router();

  const showPeople = async (
    request: Request,
    response: Response,
    { notices = [], status = 200, code }: Shown,
  ): Promise<void> => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const query = readListQuery(request);
    const grants = await needs.grants.list(organisationId);
    const ids = grants.flatMap(({ id, grantedBy }) => [id, ...(grantedBy ? [grantedBy] : [])]);
    const profiles = await needs.profiles.listByIds(organisationId, [...new Set(ids)]);
    const people = query.search === "" ? noOne : await findPeople(needs, organisationId, query);
    const proposed = await needs.profiles.listProposed(organisationId, {
      search: "",
      page: 1,
      pageSize: 1,
    });
    showAdminPage(request, response, {
      view: "people",
      title: "People",
      area: "people",
      notices,
      status,
      page: {
        administrators: administratorRows(grants, profiles, visit.account.id),
        candidates: { ...people, items: candidateRows(people.items, grants) },
        search: query.search,
        proposedCount: proposed.total,
        code:
          code === undefined ? undefined : { code: code.code, expires: momentOf(code.expiresAt) },
      },
    });
  };

  /** The grants, with each change in the audit trail as soon as it is made. */
  const notedGrants = (response: Response): Needs["grants"] => ({
    ...needs.grants,
    addOnce: async (grant) =>
      await decide(needs, response, {
        make: async () => await needs.grants.addOnce(grant),
        note: (made) =>
          made === "added"
            ? {
                action: "administrator-added",
                subject: { kind: "account", id: grant.id },
                after: { isAdministrator: true },
              }
            : undefined,
      }),
    remove: async (organisationId, accountId) =>
      await decide(needs, response, {
        make: async () => await needs.grants.remove(organisationId, accountId),
        note: (made) =>
          made === "removed"
            ? {
                action: "administrator-removed",
                subject: { kind: "account", id: accountId },
                before: { isAdministrator: true },
                after: { isAdministrator: false },
              }
            : undefined,
      }),
  });

  router.get("/people", async (request, response) => {
    await showPeople(request, response, {});
  });

  router.post("/people/code", async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const madeBy = visit.account.id;
    const code = await decide(needs, response, {
      make: async () => await needs.makeAdministratorCode({ organisationId, madeBy }),
      note: (made) => ({
        action: "administrator-code-made",
        subject: { kind: "organisation", id: organisationId },
        after: { expiresAt: made.expiresAt.toISOString() },
      }),
    });
    response.setHeader("cache-control", "no-store");
    await showPeople(request, response, { code });
  });

  router.post("/people/administrators/:accountId/add", async (request, response) => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const accountId = idIn(request.params.accountId);
    found(await needs.accounts.findById(organisationId, accountId));
    const grantedBy = visit.account.id;
    const grant = { id: accountId, organisationId, grantedBy, grantedAt: needs.now() };
    await notedGrants(response).addOnce(grant);
    goOn(response, "/people", "administrator-added");
  });

  router.post("/people/administrators/:accountId/remove", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const accountId = idIn(request.params.accountId);
    const grants = notedGrants(response);
    const outcome = await revokeAdministrator({ grants }, { organisationId, accountId });
    if (outcome === "last-one") {
      const text = "Not removed: somebody must be left who can reach this panel.";
      await showPeople(request, response, { notices: [{ kind: "warning", text }], status: 422 });
      return;
    }
    found(outcome === "revoked" ? outcome : undefined);
    goOn(response, "/people", "administrator-removed");
  });

  return router;
}
