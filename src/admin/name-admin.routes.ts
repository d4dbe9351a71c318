import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { DocumentMaker } from "../documents/document-maker.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ArrivedName, ProfileStore } from "../people/profile-store.js";
import { readForm, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { proposedNameRows } from "./people-page.js";

export type NameActions = {
  /** Tells the learner. */
  tellNameDecision: (about: {
    organisationId: string;
    accountId: string;
    outcome: "approved" | "declined";
  }) => Promise<void>;
  /** What follows from a name that was let into credentials. */
  nameArrived: (arrived: ArrivedName) => Promise<void>;
};

type Needs = NameActions &
  DecisionNeeds & {
    documents: Pick<DocumentMaker, "findUnprintable">;
    profiles: Pick<ProfileStore, "find" | "listProposed" | "approveName" | "declineName">;
  };

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
    const names = list.items.map(({ proposedName }) => proposedName ?? "");
    const unprintable = await needs.documents.findUnprintable(names);
    showAdminPage(request, response, {
      view: "names",
      title: "Names waiting for approval",
      area: "people",
      notices,
      status: notices.length === 0 ? 200 : 409,
      page: {
        list: { ...list, items: proposedNameRows(list.items, unprintable) },
        search: query.search,
      },
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
    const outcome = await decide(needs, response, {
      make: async () => {
        const made =
          decision === "approve"
            ? await needs.profiles.approveName(organisationId, accountId, name)
            : await needs.profiles.declineName(organisationId, accountId, name);
        if (made !== "changed")
          await needs.tellNameDecision({ organisationId, accountId, outcome: made });
        return made;
      },
      note: (made) =>
        made === "changed"
          ? undefined
          : {
              action: `name-${made}`,
              subject: { kind: "account", id: accountId },
              before: { nameState: "proposed" },
              after: { nameState: made },
            },
    });
    if (outcome === "changed") {
      const text = "Nothing was decided: the name was changed meanwhile. Please look again.";
      await showNames(request, response, [{ kind: "warning", text }]);
      return;
    }
    if (outcome === "approved") await needs.nameArrived({ organisationId, accountId, name });
    goOn(response, "/people/names", outcome === "approved" ? "name-approved" : "name-declined");
  });

  return router;
}
