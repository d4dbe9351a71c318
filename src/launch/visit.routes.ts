import { timingSafeEqual } from "node:crypto";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { sessionCookie, sessionIdleMs } from "../../config/http-policy.js";
import { ToolError } from "../errors.js";
import { type Account, learnerIdOf } from "../people/account.js";
import { readForm } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { setPolicySources } from "../web/security-headers.js";
import { mayBecomeAdministrator } from "./landing.js";
import type { KeptLaunch } from "./launch.js";
import { readCookie, type Session, sessionIdOf, TOUCH_AFTER_MS } from "./session.js";
import { type Door, mayPass, type Visit } from "./visit.js";

type FoundVisit = {
  session: Session;
  kept: KeptLaunch;
  account: Account;
  isGranted: boolean;
  mayBeJoined: boolean;
};

type DoorNeeds = {
  launches: {
    findVisit(
      asked: { sessionId: string; launchId: string },
      now: Date,
    ): Promise<FoundVisit | undefined>;
    touchSession(session: Session, lastSeenAt: Date, expiresAt: Date): Promise<void>;
  };
  now: () => Date;
};

/**
 * Lets requests below `/l/:launchId` in, or refuses them.
 * @param readBody reads a body that nobody has read yet, such as one with files; only when it is
 * known that who sends it may
 */
export type Admit = (door: Door, readBody?: ReadBody) => RequestHandler;

type ReadBody = (
  request: Request,
  admitted: {
    visit: Visit;
    /** For a body of which a part is kept before it is read whole. @throws ToolError form-expired */
    checkToken: (fields: Readonly<Record<string, unknown>>) => void;
  },
) => Promise<void>;

/** The visit that `admit` found; only behind `admit`. */
export function visitOf(response: Response): Visit {
  const { visit } = response.locals as { visit?: Visit };
  if (visit === undefined) throw new Error("visitOf is only for routes behind admit()");
  return visit;
}

const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};

function checkToken(
  fields: Readonly<Record<string, unknown>> | undefined,
  csrfToken: string,
): void {
  const given = fields?.["_csrf"];
  if (typeof given !== "string" || !isSame(given, csrfToken)) throw new ToolError("form-expired");
}

/** Everything but reading carries the form token of its launch. */
export function checkFormToken(request: Request, csrfToken: string): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  checkToken(request.body as Record<string, unknown> | undefined, csrfToken);
}

async function findVisit(
  needs: DoorNeeds,
  request: Request,
  launchId: string,
): Promise<{ visit: Visit; kept: KeptLaunch }> {
  const token = readCookie(request.headers.cookie, sessionCookie.name);
  if (token === undefined) throw new ToolError("cookies-blocked");
  const now = needs.now();
  const found = await needs.launches.findVisit({ sessionId: sessionIdOf(token), launchId }, now);
  // A launch of somebody else, or one that is over, looks just like one that never was.
  if (found === undefined) throw new ToolError("session-missing");
  const { session, kept, account, isGranted, mayBeJoined } = found;
  if (now.getTime() - session.lastSeenAt.getTime() >= TOUCH_AFTER_MS) {
    const expiresAt = new Date(now.getTime() + sessionIdleMs);
    await needs.launches.touchSession(session, now, expiresAt);
  }
  const { launch } = kept;
  const isAdministrator = isGranted && launch.claimsAdministrator;
  const visit = { launch, account, learnerId: learnerIdOf(account) };
  return { kept, visit: { ...visit, isAdministrator, mayBeJoined } };
}

/**
 * Makes the doors: each finds the visit by the session cookie (who) and `:launchId` in the
 * address (which launch, and only their own), names the LMS' origins as the only ones that may
 * frame the page, gives the page its form token and checks it on everything but reading.
 * Afterwards `visitOf(response)` has the visit. The route's path must hold `:launchId`.
 */
export function createDoor(needs: DoorNeeds): Admit {
  return (door, readBody) => async (request, response, next) => {
    // Until the visit is known there is only a refusal to show, which holds nothing to press.
    setPolicySources(response, "frame-ancestors", ["*"]);
    response.set("cache-control", "no-store");
    const launchId = request.params["launchId"];
    if (typeof launchId !== "string" || !/^[0-9a-f-]{36}$/.test(launchId)) {
      throw new ToolError("not-found");
    }
    const { visit, kept } = await findVisit(needs, request, launchId);
    setPolicySources(response, "frame-ancestors", kept.frameOrigins);
    if (!mayPass(visit, door)) throw new ToolError("not-allowed");
    await readBody?.(request, {
      visit,
      checkToken: (fields) => {
        checkToken(fields, kept.csrfToken);
      },
    });
    checkFormToken(request, kept.csrfToken);
    Object.assign(response.locals, { visit, csrfToken: kept.csrfToken });
    next();
  };
}

type Needs = {
  admit: Admit;
  /** The page below `/l/:launchId` that a visit begins with, e.g. `/progress`. */
  whereTo: (visit: Visit) => string;
  hasAdministrators: (organisationId: string) => Promise<boolean>;
  claimAdministrator: (account: Account, typedCode: string) => Promise<"granted" | "code-invalid">;
};

const ClaimForm = z.object({
  code: z.string().trim().min(1, "Enter the code").max(100, "A code is shorter than that"),
});

const showClaim = (
  response: Response,
  form: { values: object; faults: Record<string, string> },
): void => {
  const { launch } = visitOf(response);
  showPage(response, "launch/claim", {
    frame: { title: "Become an administrator of Rosette", base: `/l/${launch.id}` },
    page: { ...form, isInCourse: launch.courseRoles.length > 0 },
    status: Object.keys(form.faults).length > 0 ? 422 : 200,
  });
};

/** Where a launch lands, and the page for the one-time administrator code. */
export function visitRoutes(needs: Needs): Router {
  const router = Router();

  router.get("/l/:launchId", needs.admit("anyone"), async (_request, response) => {
    const visit = visitOf(response);
    const { launch } = visit;
    const mayClaim =
      mayBecomeAdministrator(visit, true) ||
      (mayBecomeAdministrator(visit, false) &&
        !(await needs.hasAdministrators(launch.organisationId)));
    response.redirect(303, `/l/${launch.id}${mayClaim ? "/claim" : needs.whereTo(visit)}`);
  });

  router.get("/l/:launchId/claim", needs.admit("anyone"), (_request, response) => {
    const visit = visitOf(response);
    if (visit.isAdministrator) response.redirect(303, `/l/${visit.launch.id}/admin`);
    else showClaim(response, { values: {}, faults: {} });
  });

  router.post("/l/:launchId/claim", needs.admit("anyone"), async (request, response) => {
    const { launch, account } = visitOf(response);
    // A code alone would make nobody an administrator, and would be used up.
    if (launch.isTestUser || !launch.claimsAdministrator) throw new ToolError("not-allowed");
    const form = readForm(request, ClaimForm);
    if (form.kind === "faulty") {
      showClaim(response, form);
      return;
    }
    if ((await needs.claimAdministrator(account, form.value.code)) === "code-invalid") {
      const code = "This code has been used, has run out, or is not right. Ask for a new one.";
      showClaim(response, { values: form.value, faults: { code } });
      return;
    }
    response.redirect(303, `/l/${launch.id}/admin`);
  });

  return router;
}
