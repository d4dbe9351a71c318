import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { credentialDocument } from "../credentials/credential.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { holderIdIn } from "../credentials/open-badge.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Visit } from "../launch/visit.js";
import type { AccountStore } from "../people/account-store.js";
import { readHolderId } from "../people/holder-id.js";
import type { ProfileStore } from "../people/profile-store.js";
import { queryText, readForm } from "../web/forms.js";
import { type NavigationLink, showPage } from "../web/page.js";
import { backpackDoors, holderOf, type HolderNeeds } from "./holder.routes.js";

type OfLearner = { organisationId: string; learnerId: string };

type Needs = HolderNeeds & {
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  backpackNavigation: (visit: Visit) => NavigationLink[];
  credentials: Pick<CredentialStore, "listOfLearner">;
  findHolderId: (about: OfLearner) => Promise<string | undefined>;
  profiles: Pick<ProfileStore, "setHolderId">;
  /** Has the credentials that a learner has already issued anew. */
  wakeHolderId: (about: OfLearner) => Promise<void>;
};

const doneTexts: Record<string, string> = {
  saved: "Saved. Credentials that are issued from now on carry it.",
  removed: "Removed. Credentials that are issued from now on carry no address of yours.",
  following: "Your credentials are being issued anew. This takes a moment.",
};

const OwnAddressForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("follow") }),
  z.object({ do: z.literal("remove") }),
  z.object({
    do: z.literal("save"),
    holderId: z.string().transform((typed, context) => {
      const reading = readHolderId(typed);
      if (reading.kind === "ok") return reading.holderId;
      context.addIssue({ code: "custom", message: reading.sentence });
      return z.NEVER;
    }),
  }),
]);

/** A learner's own DID or web address in their credentials: given, changed, removed. */
export function holderIdRoutes(needs: Needs): Router {
  const router = Router();

  async function readOwn(response: Response) {
    const { organisationId, learnerId } = holderOf(response);
    const holderId = await needs.findHolderId({ organisationId, learnerId });
    const accountIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
    const held = await needs.credentials.listOfLearner(organisationId, accountIds);
    const others = held.filter((one) => holderIdIn(credentialDocument(one)) !== holderId);
    return { organisationId, learnerId, accountIds, holderId, held, others };
  }

  async function show(
    request: Request,
    response: Response,
    { faults = {}, typed }: { faults?: Record<string, string>; typed?: string } = {},
  ): Promise<void> {
    const { base, visitBase, mayChange } = holderOf(response);
    const { holderId, held, others } = await readOwn(response);
    const done = doneTexts[queryText(request, "done")];
    showPage(response, "backpack/own-address", {
      frame: {
        ...{ title: "My DID or web address", base },
        navigation:
          visitBase === undefined
            ? [{ href: base, label: "My backpack", current: true }]
            : needs.backpackNavigation(visitOf(response)),
        notices: done === undefined ? [] : [{ kind: "done", text: done }],
      },
      page: {
        ...{ faults, holderId, mayChange, values: { holderId: typed ?? holderId ?? "" } },
        ...{ heldCount: held.length, otherCount: others.length },
      },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  for (const { base, door } of backpackDoors(needs)) {
    const path = `${base}/own-address`;

    router.get(path, ...door, async (request, response) => {
      await show(request, response);
    });

    router.post(path, ...door, async (request, response) => {
      if (!holderOf(response).mayChange) throw new ToolError("not-allowed");
      const form = readForm(request, OwnAddressForm);
      if (form.kind === "faulty") {
        const { faults, values } = form;
        await show(request, response, { faults, typed: String(values["holderId"] ?? "") });
        return;
      }
      const wanted = form.value;
      const { organisationId, learnerId, accountIds } = await readOwn(response);
      const goOn = (done: keyof typeof doneTexts) => {
        response.redirect(303, `${holderOf(response).base}/own-address?done=${done}`);
      };
      if (wanted.do === "follow") {
        await needs.wakeHolderId({ organisationId, learnerId });
        goOn("following");
        return;
      }
      const holderId = wanted.do === "save" ? wanted.holderId : undefined;
      await needs.profiles.setHolderId({ organisationId, learnerId, accountIds, holderId });
      goOn(wanted.do === "save" ? "saved" : "removed");
    });
  }

  return router;
}
