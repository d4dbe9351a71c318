import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { ToolError } from "../errors.js";
import type { AccountStore } from "../people/account-store.js";
import type { CheckedPicture } from "../pictures/picture.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Visit } from "../launch/visit.js";
import { isId } from "../stored-record.js";
import { queryText, readForm } from "../web/forms.js";
import { limitBy, type RequestKind } from "../web/limit-requests.js";
import { filesOf, readMultipart } from "../web/multipart.js";
import { type NavigationLink, type Notice, showPage } from "../web/page.js";
import type { CountRequest } from "../web/request-count-store.js";
import {
  addForeignBadge,
  type ForeignBadgeNeeds,
  recheckForeignBadge,
} from "./add-foreign-badge.js";
import { MOST_FOREIGN_BADGES } from "./foreign-badge.js";
import { foreignBadgeView } from "./foreign-badge-page.js";
import type { ForeignBadgeStore } from "./foreign-badge-store.js";
import { backpackDoors, holderOf, type HolderNeeds } from "./holder.routes.js";

type Needs = ForeignBadgeNeeds &
  HolderNeeds & {
    accounts: Pick<AccountStore, "listIdsOfLearner">;
    backpackNavigation: (visit: Visit) => NavigationLink[];
    countRequest: CountRequest<RequestKind>;
    foreignBadges: ForeignBadgeStore;
  };

const FILE_MEGABYTES = 5;

const AddressForm = z.object({
  address: z.string().trim().max(2000, "Enter an address of at most 2,000 characters.").default(""),
});
const ShownForm = z.object({ shown: z.enum(["yes", "no"]) });

const done: Record<string, string> = {
  added: "The badge is here. What the check found stands beside it.",
  checked: "It was checked once more.",
  shown: "It stands in your portfolio, with what the check found.",
  hidden: "It does not stand in your portfolio any more.",
  removed: "The badge is gone from here. Where you earned it, it stays.",
};

/** Never more than a picture: whatever is in it runs nowhere under our address. */
export function sendPicture(response: Response, picture: CheckedPicture | undefined): void {
  if (picture === undefined) throw new ToolError("not-found");
  response.set({
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
  });
  response.type(picture.kind === "png" ? "image/png" : "image/svg+xml").send(picture.bytes);
}

/** A learner's badges from elsewhere: adding, checking again, showing, removing. */
export function foreignBadgeRoutes(needs: Needs): Router {
  const router = Router();
  const { foreignBadges } = needs;

  const ownerOf = async (response: Response) => {
    const { organisationId, learnerId } = holderOf(response);
    const learnerIds = await needs.accounts.listIdsOfLearner(organisationId, learnerId);
    return { organisationId, learnerId, learnerIds };
  };

  type Tried = { faults?: Record<string, string>; values?: object };

  async function show(request: Request, response: Response, tried: Tried = {}): Promise<void> {
    const { base, visitBase, mayChange } = holderOf(response);
    const { faults = {}, values = {} } = tried;
    const text = done[queryText(request, "done")];
    const notices: Notice[] = text === undefined ? [] : [{ kind: "done", text }];
    const badges = await foreignBadges.list(await ownerOf(response));
    showPage(response, "backpack/elsewhere", {
      frame: {
        ...{ title: "Badges from elsewhere", base, notices },
        navigation:
          visitBase === undefined
            ? [{ href: base, label: "My backpack", current: true }]
            : needs.backpackNavigation(visitOf(response)),
      },
      page: {
        ...{ faults, values, mayChange, most: MOST_FOREIGN_BADGES },
        fileMegabytes: FILE_MEGABYTES,
        badges: badges.map((one) =>
          foreignBadgeView(one, ({ id }) => `${base}/elsewhere/${id}/picture`),
        ),
      },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  const goBack = (response: Response, what: string): void => {
    response.redirect(303, `${holderOf(response).base}/elsewhere?done=${what}`);
  };

  const mayChange: RequestHandler = (_request, response, next) => {
    if (!holderOf(response).mayChange) throw new ToolError("not-allowed");
    next();
  };
  // Each check asks other places and computes: as many as anybody may ask for at /verify.
  const limit = limitBy(needs.countRequest, (_request, response) => [
    "check",
    holderOf(response).learnerId,
  ]);

  const read = readMultipart({
    ...{ files: 1, fileBytes: FILE_MEGABYTES * 1024 * 1024, fieldBytes: 4000 },
  });

  async function getOwn(request: Request, response: Response) {
    const owner = await ownerOf(response);
    const { badgeId } = request.params;
    const badge =
      typeof badgeId === "string" && isId(badgeId)
        ? await foreignBadges.find(owner, badgeId)
        : undefined;
    if (badge === undefined) throw new ToolError("not-found");
    return { owner, badge };
  }

  for (const { base, door } of backpackDoors(needs, read)) {
    const at = `${base}/elsewhere`;
    router.get(at, ...door, async (request, response) => {
      await show(request, response);
    });

    router.post(at, ...door, mayChange, limit, async (request, response) => {
      const form = readForm(request, AddressForm);
      if (form.kind === "faulty") {
        await show(request, response, form);
        return;
      }
      const { address } = form.value;
      const [file] = filesOf(request);
      const outcome = await addForeignBadge(needs, await ownerOf(response), { address, file });
      if (outcome.kind === "added") goBack(response, "added");
      else {
        const faults = { [outcome.field]: outcome.sentence };
        await show(request, response, { faults, values: { address } });
      }
    });

    router.get(`${at}/:badgeId/picture`, ...door, async (request, response) => {
      sendPicture(response, (await getOwn(request, response)).badge.picture);
    });

    router.post(`${at}/:badgeId/check`, ...door, mayChange, limit, async (request, response) => {
      const { owner, badge } = await getOwn(request, response);
      await recheckForeignBadge(needs, owner, badge);
      goBack(response, "checked");
    });

    router.post(`${at}/:badgeId/show`, ...door, mayChange, async (request, response) => {
      const { owner, badge } = await getOwn(request, response);
      const form = readForm(request, ShownForm);
      if (form.kind === "faulty") throw new ToolError("form-invalid");
      const isShown = form.value.shown === "yes";
      await foreignBadges.setShown(owner, badge.id, isShown);
      goBack(response, isShown ? "shown" : "hidden");
    });

    router.post(`${at}/:badgeId/remove`, ...door, mayChange, async (request, response) => {
      const { owner, badge } = await getOwn(request, response);
      await foreignBadges.remove(owner, badge.id);
      goBack(response, "removed");
    });
  }

  return router;
}
