import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { type Request, type Response, Router } from "express";
import type { AuditStore } from "../audit/audit-store.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import { queryText, readListQuery } from "../web/forms.js";
import { showAdminPage } from "./admin-page.routes.js";
import {
  actionChoices,
  type AuditAsked,
  auditFilterOf,
  auditLine,
  auditRows,
} from "./audit-page.js";

type Needs = {
  audit: Pick<AuditStore, "list" | "readAll">;
  profiles: Pick<ProfileStore, "listByIds">;
};

const askedIn = (request: Request): AuditAsked => ({
  search: readListQuery(request).search,
  action: queryText(request, "action").slice(0, 100),
  from: queryText(request, "from").slice(0, 10),
  to: queryText(request, "to").slice(0, 10),
});

const EXPORT_COLUMNS = [
  ...["at", "actorId", "action", "subjectKind", "subjectId", "reason", "before", "after", "id"],
];

const nameFile = (response: Response, name: string, type: string): void => {
  response.setHeader("content-type", type);
  response.setHeader("content-disposition", `attachment; filename="${name}"`);
  response.setHeader("cache-control", "no-store");
};

/** Who decided what, when and why: to look through and to take along. */
export function auditAdminRoutes(needs: Needs): Router {
  const router = Router();

  router.get("/audit", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const asked = askedIn(request);
    const query = { ...readListQuery(request), ...auditFilterOf(asked), search: asked.search };
    const list = await needs.audit.list(organisationId, query);
    const actors = [...new Set(list.items.map(({ actorId }) => actorId))];
    const profiles = await needs.profiles.listByIds(organisationId, actors);
    const { search, ...rest } = asked;
    const keep = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
    showAdminPage(request, response, {
      view: "audit",
      title: "Audit trail",
      area: "audit",
      page: {
        list: { ...list, items: auditRows(list.items, profiles) },
        ...{ search, keep, asked, actions: actionChoices(asked.action) },
        isFiltered: search !== "" || Object.keys(keep).length > 0,
        query: new URLSearchParams({ ...(search === "" ? {} : { search }), ...keep }).toString(),
      },
    });
  });

  // Written as it is read, so that a trail of any length passes through a little memory. Cells that
  // a spreadsheet would take for a formula are made harmless.
  router.get("/audit.csv", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    nameFile(response, "audit-trail.csv", "text/csv; charset=utf-8");
    const entries = needs.audit.readAll(organisationId, auditFilterOf(askedIn(request)));
    const columns = EXPORT_COLUMNS;
    const lines = stringify({ header: true, bom: true, columns, escape_formulas: true });
    await pipeline(Readable.from(entries).map(auditLine), lines, response);
  });

  router.get("/audit.jsonl", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    nameFile(response, "audit-trail.jsonl", "application/x-ndjson; charset=utf-8");
    const entries = needs.audit.readAll(organisationId, auditFilterOf(askedIn(request)));
    const lines = Readable.from(entries).map((entry) => `${JSON.stringify(entry)}\n`);
    await pipeline(lines, response);
  });

  return router;
}
