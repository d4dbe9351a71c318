import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import {
  credentialDocument,
  credentialVisibilities,
  type Credential,
} from "../credentials/credential.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { decideVisibility } from "../credentials/decide-visibility.js";
import { isCertificate } from "../credentials/open-badge.js";
import { isUsual, usualParts } from "../credentials/shown-parts.js";
import { ToolError } from "../errors.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import { visitOf } from "../launch/visit.routes.js";
import type { Visit } from "../launch/visit.js";
import { makeLink } from "../people/make-code.js";
import type { OneTimeCodeStore } from "../people/one-time-code-store.js";
import { newId } from "../stored-record.js";
import { queryText, readForm } from "../web/forms.js";
import { type NavigationLink, type Notice, showPage } from "../web/page.js";
import type { BackpackChange, Grouping } from "./backpack.js";
import { backpackItem, backpackPage, isGrouping } from "./backpack-page.js";
import { changeOwnBackpack, type OwnBackpackNeeds, readBackpack } from "./change-own-backpack.js";
import type { DeviceStore } from "./device-store.js";
import { foreignBadgeView } from "./foreign-badge-page.js";
import type { ForeignBadgeStore } from "./foreign-badge-store.js";
import { backpackDoors, holderOf, type HolderNeeds } from "./holder.routes.js";
import { linkedInAddress, snippetsOf } from "./sharing.js";

export type BackpackNeeds = OwnBackpackNeeds &
  HolderNeeds & {
    addresses: Pick<PublicAddresses, "publicUrl">;
    credentials: Pick<CredentialStore, "listOfLearner" | "setVisibility" | "setShows">;
    devices: Pick<DeviceStore, "list" | "removeAll">;
    foreignBadges: Pick<ForeignBadgeStore, "list">;
    codes: Pick<OneTimeCodeStore, "add">;
    backpackNavigation: (visit: Visit) => NavigationLink[];
    /** Has a certificate's learner record signed, for its holder to find ready. */
    prepareLearnerRecord: (credential: Credential) => Promise<void>;
    /** Has the edition signed that shows what its learner has just decided. */
    wakeSigning: (credential: Pick<Credential, "id" | "organisationId">) => Promise<void>;
  };

const doneTexts: Record<string, string> = {
  collection: "The collection is there. Choose it beside the credentials that belong in it.",
  removed: "The collection is gone. The credentials that were in it are still yours.",
  private: "Nobody but you sees this credential any more.",
  link: "Whoever has the link sees this credential and can check it.",
  public: "Everyone may see this credential, and it stands in your portfolio.",
  shown: "Saved. Others see what you chose in a moment.",
  "portfolio-on": "Your portfolio is public. It shows the credentials that are public.",
  "portfolio-off": "Your portfolio is closed. Its address shows nothing any more.",
  "shut-out": "Every browser outside the LMS is shut out.",
};

const noticesOf = (request: Request): Notice[] => {
  const text = doneTexts[queryText(request, "done")];
  return text === undefined ? [] : [{ kind: "done", text }];
};

const groupingOf = (text: string): Grouping => (isGrouping(text) ? text : "organisation");

const id = z.uuid();
const ChangeForm = z.discriminatedUnion("do", [
  z.object({ do: z.literal("up"), credentialId: id, by: z.string().default("") }),
  z.object({ do: z.literal("down"), credentialId: id, by: z.string().default("") }),
  z.object({ do: z.literal("place"), credentialId: id, collectionId: id.or(z.literal("")) }),
  z.object({
    do: z.literal("add-collection"),
    name: z.string().trim().min(1, "Give it a name.").max(60, "Use at most 60 characters."),
  }),
  z.object({ do: z.literal("remove-collection"), collectionId: id }),
  z.object({ do: z.literal("show-portfolio") }),
  z.object({ do: z.literal("close-portfolio") }),
]);
const VisibilityForm = z.object({ visibility: z.enum(credentialVisibilities) });
const checked = z
  .literal("yes")
  .optional()
  .transform((value) => value === "yes");
const ShowsForm = z.object({ evidence: checked, hours: checked, scores: checked });

type Wanted = z.output<typeof ChangeForm>;

/** What is done, where the page goes on, and what it says then. */
function changeOf(
  wanted: Wanted,
  shown: readonly string[],
): { change: BackpackChange; done?: string; by?: string } {
  switch (wanted.do) {
    case "up":
    case "down": {
      const by = wanted.do === "up" ? -1 : 1;
      const { credentialId } = wanted;
      return { change: { kind: "move", credentialId, by, shown }, by: wanted.by };
    }
    case "place": {
      const { credentialId, collectionId } = wanted;
      return {
        change: { kind: "place", credentialId, collectionId: collectionId || undefined },
        by: "collection",
      };
    }
    case "add-collection": {
      const collection = { id: newId(), name: wanted.name };
      return {
        change: { kind: "add-collection", collection },
        done: "collection",
        by: "collection",
      };
    }
    case "remove-collection":
      return { change: { ...wanted, kind: "remove-collection" }, done: "removed" };
    case "show-portfolio":
      return { change: { kind: "show-portfolio", isPublic: true }, done: "portfolio-on" };
    case "close-portfolio":
      return { change: { kind: "show-portfolio", isPublic: false }, done: "portfolio-off" };
  }
}

/** The ids that stand in the same group as a credential, in order. */
function shownWith(page: ReturnType<typeof backpackPage>, credentialId: string): string[] {
  const group = page.groups.find(({ items }) => items.some((item) => item.id === credentialId));
  return group?.items.map((item) => item.id) ?? [];
}

/** A learner's own backpack: the same pages in the LMS and in a browser that was let in. */
export function backpackRoutes(needs: BackpackNeeds): Router {
  const router = Router();

  const frameOf = (response: Response, title: string, notices: Notice[] = []) => {
    const { base, visitBase } = holderOf(response);
    const navigation =
      visitBase === undefined
        ? [{ href: base, label: "My backpack", current: true }]
        : needs.backpackNavigation(visitOf(response));
    return { title, base, navigation, notices };
  };

  type Extra = { faults?: Record<string, string>; values?: object; madeLink?: object };

  async function showBackpack(request: Request, response: Response, extra: Extra = {}) {
    const holder = holderOf(response);
    const { backpack, credentials, learnerIds } = await readBackpack(needs, holder);
    const by = groupingOf(queryText(request, "by"));
    const { organisationId, learnerId } = holder;
    const elsewhere = await needs.foreignBadges.list({ organisationId, learnerIds });
    const picturePath = ({ id }: { id: string }) => `${holder.base}/elsewhere/${id}/picture`;
    const devices = await needs.devices.list(organisationId, learnerId);
    const { faults = {}, values = {}, madeLink } = extra;
    const shown = { ...backpackPage(backpack, credentials, by), deviceCount: devices.length };
    showPage(response, "backpack/backpack", {
      frame: frameOf(response, "My backpack", noticesOf(request)),
      page: {
        ...shown,
        elsewhere: elsewhere.map((one) => foreignBadgeView(one, picturePath)),
        ...{ faults, values, madeLink, isInLms: holder.visitBase !== undefined },
        ...{ publicUrl: needs.addresses.publicUrl, mayChange: holder.mayChange },
      },
      status: Object.keys(faults).length === 0 ? 200 : 422,
    });
  }

  const goOn = (response: Response, path: string, query: Record<string, string | undefined>) => {
    const said = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value) said.set(name, value);
    response.redirect(303, `${holderOf(response).base}${path}?${said.toString()}`);
  };

  /** Student View looks like a learner, but nothing of it may last. */
  const mayChange: RequestHandler = (_request, response, next) => {
    if (!holderOf(response).mayChange) throw new ToolError("not-allowed");
    next();
  };

  async function getOwn(request: Request, response: Response) {
    const read = await readBackpack(needs, holderOf(response));
    const credential = read.credentials.find(({ id }) => id === request.params["credentialId"]);
    if (credential === undefined) throw new ToolError("not-found");
    return { ...read, credential };
  }

  for (const { base, door } of backpackDoors(needs)) {
    router.get(base, ...door, async (request, response) => {
      await showBackpack(request, response);
    });

    router.post(base, ...door, mayChange, async (request, response) => {
      const form = readForm(request, ChangeForm);
      if (form.kind === "faulty") {
        await showBackpack(request, response, form);
        return;
      }
      const wanted = form.value;
      const holder = holderOf(response);
      const { backpack, credentials } = await readBackpack(needs, holder);
      const by = groupingOf("by" in wanted ? wanted.by : "");
      const page = backpackPage(backpack, credentials, by);
      const shown = "credentialId" in wanted ? shownWith(page, wanted.credentialId) : [];
      const next = changeOf(wanted, shown);
      await changeOwnBackpack(needs, holder, next.change);
      goOn(response, "", { by: next.by, done: next.done });
    });

    router.post(`${base}/browsers`, ...door, mayChange, async (_request, response) => {
      const { organisationId, learnerId } = holderOf(response);
      await needs.devices.removeAll(organisationId, learnerId);
      if (holderOf(response).visitBase === undefined) response.redirect(303, "/");
      else goOn(response, "", { done: "shut-out" });
    });

    router.get(`${base}/credentials/:credentialId`, ...door, async (request, response) => {
      const { credential } = await getOwn(request, response);
      const document = credentialDocument(credential);
      if (isCertificate(document)) await needs.prepareLearnerRecord(credential);
      showPage(response, "backpack/credential", {
        frame: frameOf(response, document.name, noticesOf(request)),
        page: {
          ...backpackItem(credential),
          shows: credential.shows ?? usualParts,
          snippets: snippetsOf(document),
          linkedInUrl: linkedInAddress(document),
          path: new URL(document.id).pathname,
          isCertificate: isCertificate(document),
          mayChange: holderOf(response).mayChange,
        },
      });
    });

    router.post(
      `${base}/credentials/:credentialId/visibility`,
      ...door,
      mayChange,
      async (request, response) => {
        const form = readForm(request, VisibilityForm);
        if (form.kind === "faulty") throw new ToolError("form-invalid");
        const { credential, learnerIds } = await getOwn(request, response);
        const { organisationId, id: credentialId } = credential;
        const { visibility } = form.value;
        const decision = { organisationId, learnerIds, credentialId, visibility };
        await decideVisibility(needs, decision);
        goOn(response, `/credentials/${credentialId}`, { done: visibility });
      },
    );

    router.post(
      `${base}/credentials/:credentialId/parts`,
      ...door,
      mayChange,
      async (request, response) => {
        const form = readForm(request, ShowsForm);
        if (form.kind === "faulty") throw new ToolError("form-invalid");
        const { credential, learnerIds } = await getOwn(request, response);
        const { organisationId, id: credentialId } = credential;
        const shows = isUsual(form.value) ? undefined : form.value;
        await needs.credentials.setShows({ organisationId, learnerIds, credentialId, shows });
        if (shows !== undefined) await needs.wakeSigning(credential);
        goOn(response, `/credentials/${credentialId}`, { done: "shown" });
      },
    );
  }

  // A way out of the LMS is made inside it alone: who holds a browser cannot let others in.
  const [lms] = backpackDoors(needs);
  if (lms !== undefined) {
    router.post(`${lms.base}/link`, ...lms.door, mayChange, async (request, response) => {
      const { organisationId, learnerId } = holderOf(response);
      const about = { purpose: "open-backpack" as const, organisationId, madeBy: learnerId };
      const { token, expiresAt } = await makeLink(needs, about);
      const minutes = Math.round((expiresAt.getTime() - needs.now().getTime()) / 60_000);
      const url = `${needs.addresses.publicUrl}/backpack/open/${token}`;
      await showBackpack(request, response, { madeLink: { url, minutes } });
    });
  }

  return router;
}
