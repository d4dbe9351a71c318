import { type Request, type Response, Router } from "express";
import { visitOf } from "../launch/visit.routes.js";
import type { AddressChange, testAddresses } from "../platforms/change-addresses.js";
import { type ConnectionLine, describeConnection } from "../platforms/connection-sentences.js";
import type { Platform } from "../platforms/platform.js";
import { AddressForm } from "../platforms/platform-form.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { ToolError } from "../errors.js";
import { type FormValues, readForm } from "../web/forms.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { adminPath } from "./admin-frame.js";
import { addressState } from "./platform-page.js";

/** The platforms chapter's actions about one registration, for one organisation. */
export type AddressActions = {
  changeAddresses: (change: {
    organisationId: string;
    platformId: string;
    form: AddressForm;
  }) => Promise<AddressChange>;
  testAddresses: (wanted: Platform) => ReturnType<typeof testAddresses>;
};

export type FindsPlatform = { platforms: Pick<PlatformStore, "findOwn"> };
type Needs = AddressActions & DecisionNeeds & FindsPlatform;

type Shown = {
  values: FormValues;
  faults?: Record<string, string>;
  connection?: ConnectionLine[];
};

export type PlatformRequest = Request<{ platformId: string }>;

const clientElsewhere = {
  tokenUrl:
    "Another LMS is registered with this client id, at another address. What Rosette signs for it must not go here.",
};

/**
 * The organisation's registration that an address names.
 * @throws ToolError not-found
 */
export async function platformIn(
  needs: FindsPlatform,
  request: PlatformRequest,
  response: Response,
): Promise<Platform> {
  const { organisationId } = visitOf(response).launch;
  return found(await needs.platforms.findOwn(organisationId, idIn(request.params.platformId)));
}

/** Where an LMS is reached: tried out before it is saved, by who wants to. */
export function platformAddressRoutes(needs: Needs): Router {
  const router = Router();

  const showForm = (
    request: PlatformRequest,
    response: Response,
    { platform, values, faults = {}, connection = [] }: Shown & { platform: Platform },
  ): void => {
    const back = adminPath(visitOf(response), `/platforms/${platform.id}`);
    showAdminPage(request, response, {
      view: "platform-form",
      title: `Addresses of ${platform.name}`,
      area: "platforms",
      page: { action: `${back}/addresses`, back, values, faults, connection },
      status: Object.keys(faults).length > 0 ? 422 : 200,
    });
  };

  router.get("/platforms/:platformId/addresses", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    const { name, authorizationUrl, tokenUrl, jwksUrl, tokenAudience = "" } = platform;
    const values = { name, authorizationUrl, tokenUrl, jwksUrl, tokenAudience };
    showForm(request, response, { platform, values });
  });

  router.post("/platforms/:platformId/addresses/test", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    const form = readForm(request, AddressForm);
    if (form.kind === "faulty") {
      showForm(request, response, { platform, ...form });
      return;
    }
    const outcome = await needs.testAddresses({ ...platform, ...form.value });
    const values = request.body as FormValues;
    const outcomeShown =
      outcome.kind === "tested"
        ? { connection: describeConnection(outcome.test) }
        : { faults: clientElsewhere };
    showForm(request, response, { platform, values, ...outcomeShown });
  });

  router.post("/platforms/:platformId/addresses", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    const form = readForm(request, AddressForm);
    if (form.kind === "faulty") {
      showForm(request, response, { platform, ...form });
      return;
    }
    const { id, organisationId } = platform;
    const about = { organisationId, platformId: id, form: form.value };
    const change = await decide(needs, response, {
      make: async () => await needs.changeAddresses(about),
      note: (made) =>
        made.kind === "changed"
          ? {
              action: "platform-addresses-changed",
              subject: { kind: "platform", id },
              before: addressState(made.before),
              after: addressState(made.after),
            }
          : undefined,
    });
    if (change.kind === "not-there") throw new ToolError("not-found");
    if (change.kind === "client-elsewhere") {
      const values = request.body as FormValues;
      showForm(request, response, { platform, values, faults: clientElsewhere });
      return;
    }
    goOn(response, `/platforms/${id}`, "addresses-saved");
  });

  return router;
}
