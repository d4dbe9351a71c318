import { type Request, type RequestHandler, type Response, Router } from "express";
import { ToolError } from "../errors.js";
import type { Admit } from "../launch/visit.routes.js";
import { checkFormToken, visitOf } from "../launch/visit.routes.js";
import { readCookie } from "../launch/session.js";
import { hashCode, makeLinkToken } from "../people/one-time-code.js";
import type { OneTimeCodeStore } from "../people/one-time-code-store.js";
import { showPage } from "../web/page.js";
import { DEVICE_LIFETIME_MS, deviceIdOf, newDeviceSecret } from "./device.js";
import type { DeviceStore } from "./device-store.js";
import type { Holder } from "./holder.js";

export type HolderNeeds = {
  admit: Admit;
  devices: Pick<DeviceStore, "add" | "find">;
  codes: Pick<OneTimeCodeStore, "consume" | "findUsable">;
  now: () => Date;
};

/** First party and never sent from another site's page; `__Host-` keeps sibling hosts away. */
export const deviceCookie = {
  name: "__Host-rosette-backpack",
  attributes: { httpOnly: true, secure: true, sameSite: "lax", path: "/" },
} as const;

/** The holder that a door found; only behind one. */
export function holderOf(response: Response): Holder {
  const { holder } = response.locals as { holder?: Holder };
  if (holder === undefined) throw new Error("holderOf is only for routes behind a backpack's door");
  return holder;
}

/** Who looks into their own backpack from the LMS. */
const fromVisit: RequestHandler = (_request, response, next) => {
  const { launch, learnerId } = visitOf(response);
  const visitBase = `/l/${launch.id}`;
  const holder: Holder = {
    ...{ organisationId: launch.organisationId, learnerId, visitBase },
    base: `${visitBase}/backpack`,
    mayChange: !launch.isTestUser,
  };
  response.locals["holder"] = holder;
  next();
};

/** Who looks into their own backpack from a browser that they let in. */
const fromDevice =
  ({ devices, now }: HolderNeeds, readBody?: ReadBody): RequestHandler =>
  async (request, response, next) => {
    response.set("cache-control", "no-store");
    const secret = readCookie(request.headers.cookie, deviceCookie.name);
    const device = secret && (await devices.find(deviceIdOf(secret), now()));
    if (!device) throw new ToolError("backpack-closed");
    await readBody?.(request);
    checkFormToken(request, device.formToken);
    const { organisationId, learnerId } = device;
    const place = { base: "/backpack", visitBase: undefined, mayChange: true };
    response.locals["holder"] = { organisationId, learnerId, ...place } satisfies Holder;
    response.locals["csrfToken"] = device.formToken;
    next();
  };

/** Reads a body of another kind than plain forms, once it is known who sends it. */
type ReadBody = (request: Request) => Promise<void>;

/** The two ways to a backpack: where its pages live, and who is let in there. */
export const backpackDoors = (
  needs: HolderNeeds,
  readBody?: ReadBody,
): { base: string; door: RequestHandler[] }[] => [
  { base: "/l/:launchId/backpack", door: [needs.admit("learner", readBody), fromVisit] },
  { base: "/backpack", door: [fromDevice(needs, readBody)] },
];

/**
 * Lets a browser outside the LMS in. The link shows a page with a button, so that a program that
 * merely looks at links does not use it up; the button sets the cookie.
 */
export function openingRoutes(needs: HolderNeeds): Router {
  const router = Router();
  const keyOf = (token: string) => ({
    purposes: ["open-backpack" as const],
    codeHash: hashCode(token),
    now: needs.now(),
  });

  router.get("/backpack/open/:token", async (request, response) => {
    response.set("cache-control", "no-store");
    const code = await needs.codes.findUsable(keyOf(request.params.token));
    if (code === undefined) throw new ToolError("code-invalid");
    showPage(response, "backpack/open", {
      frame: { title: "Open your backpack" },
      page: { action: `/backpack/open/${request.params.token}` },
    });
  });

  router.post("/backpack/open/:token", async (request, response) => {
    const code = await needs.codes.consume(keyOf(request.params.token));
    if (code?.organisationId === undefined || code.madeBy === undefined)
      throw new ToolError("code-invalid");
    const secret = newDeviceSecret();
    const openedAt = needs.now();
    await needs.devices.add({
      id: deviceIdOf(secret),
      organisationId: code.organisationId,
      learnerId: code.madeBy,
      formToken: makeLinkToken(),
      openedAt,
      expiresAt: new Date(openedAt.getTime() + DEVICE_LIFETIME_MS),
    });
    response.cookie(deviceCookie.name, secret, {
      ...deviceCookie.attributes,
      maxAge: DEVICE_LIFETIME_MS,
    });
    response.redirect(303, "/backpack");
  });

  return router;
}
