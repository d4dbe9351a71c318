import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import { readForm, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import {
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  noteDecision,
  showAdminPage,
} from "./admin-page.routes.js";
import { proposedNameRows } from "./people-page.js";

type Decision = { organisationId: string; accountId: string; name: string };

/** Decides about just the name that was seen: 'changed' when it is another by now. */
export type NameActions = {
  approveName: (decision: Decision) => Promise<"approved" | "changed">;
  declineName: (decision: Decision) => Promise<"declined" | "changed">;
};

type Needs = NameActions &
  DecisionNeeds & { profiles: Pick<ProfileStore, "find" | "listProposed"> };

const DecisionSchema = z.object({
  decision: z.enum(["approve", "decline"]),
  name: z.string().min(1).max(300),
});

/** Names that learners entered and that wait for approval. */
export function nameAdminRoutes(needs: Needs): Router {
  const router = Router();

  const showNames = async (
    request: Request,
    response: Response,
    notices: Notice[],
  ): Promise<void> => {
    const query = readListQuery(request);
    const list = await needs.profiles.listProposed(visitOf(response).launch.organisationId, query);
    showAdminPage(request, response, {
      view: "names",
      title: "Names waiting for approval",
      area: "people",
      notices,
      status: notices.length === 0 ? 200 : 409,
      page: { list: { ...list, items: proposedNameRows(list.items) }, search: query.search },
    });
  };

  router.get("/people/names", async (request, response) => {
    await showNames(request, response, []);
  });

  router.post("/people/names/:accountId", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const accountId = idIn(request.params.accountId);
    found(await needs.profiles.find(organisationId, accountId));
    const form = readForm(request, DecisionSchema);
    if (form.kind === "faulty") throw new ToolError("form-invalid");
    const { decision, name } = form.value;
    const outcome =
      decision === "approve"
        ? await needs.approveName({ organisationId, accountId, name })
        : await needs.declineName({ organisationId, accountId, name });
    if (outcome === "changed") {
      const text = "Nothing was decided: the name was changed meanwhile. Please look again.";
      await showNames(request, response, [{ kind: "warning", text }]);
      return;
    }
    await noteDecision(needs, response, {
      action: `name-${outcome}`,
      subject: { kind: "account", id: accountId },
      before: { nameState: "proposed" },
      after: { nameState: outcome },
    });
    goOn(response, "/people/names", outcome === "approved" ? "name-approved" : "name-declined");
  });

  return router;
}
