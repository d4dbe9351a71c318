import { Router } from "express";
import { ToolError } from "../errors.js";
import type { EventStore } from "../events/event-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { readListQuery } from "../web/forms.js";
import type { WorkQueue } from "../work/work-queue.js";
import { decide, type DecisionNeeds, goOn, showAdminPage } from "./admin-page.routes.js";
import { eventRows, failedWorkRows } from "./event-page.js";

type Needs = DecisionNeeds & {
  events: Pick<EventStore, "list">;
  work: Pick<WorkQueue, "listFailed" | "retry">;
};

/** Job ids are the queue's own (MongoDB ObjectId). */
const isJobId = (text: string): boolean => /^[0-9a-f]{24}$/.test(text);

/** What happened lately, and background work that failed. */
export function eventAdminRoutes(needs: Needs): Router {
  const router = Router();

  router.get("/events", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const list = await needs.events.list(organisationId, query);
    const failed = await needs.work.listFailed({
      organisationId,
      search: "",
      page: 1,
      pageSize: 1,
    });
    showAdminPage(request, response, {
      view: "events",
      title: "Events",
      area: "events",
      page: {
        list: { ...list, items: eventRows(list.items) },
        search: query.search,
        failedCount: failed.total,
      },
    });
  });

  router.get("/failed-work", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const list = await needs.work.listFailed({ organisationId, ...query, search: "" });
    showAdminPage(request, response, {
      view: "failed-work",
      title: "Failed work",
      area: "events",
      page: { list: { ...list, items: failedWorkRows(list.items) } },
    });
  });

  router.post("/failed-work/:workId/retry", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = request.params.workId;
    if (!isJobId(id)) throw new ToolError("not-found");
    await decide(needs, response, {
      make: async () => {
        await needs.work.retry({ organisationId, id });
      },
      note: () => ({ action: "work-retried", subject: { kind: "work", id } }),
    });
    goOn(response, "/failed-work", "work-retried");
  });

  return router;
}
