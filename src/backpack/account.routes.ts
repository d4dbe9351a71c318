import { type Response, Router } from "express";
import { z } from "zod";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Visit } from "../launch/visit.js";
import { type CredentialWish, credentialWishes } from "../people/erasure.js";
import { readForm } from "../web/forms.js";
import { type NavigationLink, showPage } from "../web/page.js";
import { backpackDoors, deviceCookie, holderOf, type HolderNeeds } from "./holder.routes.js";

type Needs = HolderNeeds & {
  backpackNavigation: (visit: Visit) => NavigationLink[];
  /** Begins what nothing stops any more. */
  deleteAccount: (wanted: {
    organisationId: string;
    learnerId: string;
    credentials: CredentialWish;
  }) => Promise<"begun" | "administers">;
};

const DeletionForm = z.object({
  credentials: z.enum(credentialWishes, "Choose what is to become of your credentials."),
  sure: z.literal("yes", "Tick this, so that nothing is deleted by mistake."),
});

type Tried = { faults?: Record<string, string>; chosen?: string };

/** A learner deletes their account, from the LMS or from a browser that they let in. */
export function accountRoutes(needs: Needs): Router {
  const router = Router();

  function showForm(response: Response, { faults = {}, chosen = "" }: Tried): void {
    const { base, visitBase } = holderOf(response);
    showPage(response, "backpack/account", {
      frame: {
        ...{ title: "Delete my account", base },
        navigation:
          visitBase === undefined
            ? [{ href: base, label: "My backpack", current: true }]
            : needs.backpackNavigation(visitOf(response)),
      },
      page: { faults, chosen },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  for (const { base, door } of backpackDoors(needs)) {
    router.get(`${base}/account`, ...door, (_request, response) => {
      showForm(response, {});
    });

    router.post(`${base}/account/delete`, ...door, async (request, response) => {
      const { organisationId, learnerId, mayChange } = holderOf(response);
      if (!mayChange) throw new ToolError("not-allowed");
      const form = readForm(request, DeletionForm);
      if (form.kind === "faulty") {
        const { faults, values } = form;
        showForm(response, { faults, chosen: String(values["credentials"]) });
        return;
      }
      const { credentials } = form.value;
      const outcome = await needs.deleteAccount({ organisationId, learnerId, credentials });
      if (outcome === "administers") {
        const sentence =
          "You administer Rosette here. Have another administrator take that away under People first; then come back.";
        showForm(response, { faults: { "": sentence }, chosen: credentials });
        return;
      }
      response.clearCookie(deviceCookie.name, deviceCookie.attributes);
      showPage(response, "backpack/account-deleted", {
        frame: { title: "Your account is being deleted" },
        page: { isKept: credentials === "keep" },
      });
    });
  }

  return router;
}
