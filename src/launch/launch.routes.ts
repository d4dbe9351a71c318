import { type CookieOptions, type Request, type Response, Router } from "express";
import { sessionCookie } from "../../config/http-policy.js";
import type { Event } from "../events/event.js";
import { errorText, ToolError } from "../errors.js";
import type { Platform } from "../platforms/platform.js";
import { queryText } from "../web/forms.js";
import { setPolicySources } from "../web/security-headers.js";
import { requestIdOf, showPage } from "../web/page.js";
import type { AcceptedLaunch, LaunchingBrowser } from "./accept-launch.js";
import { attemptCookieName, attemptLifetimeMs } from "./login-attempt.js";
import { readCookie } from "./session.js";
import type { LoginOutcome, LoginRequest } from "./start-login.js";
import type { PostedLaunch, RefusedLaunch } from "./verify-launch.js";

type Needs = {
  startLogin: (request: LoginRequest) => Promise<LoginOutcome>;
  letIn: (
    posted: PostedLaunch,
    browser: LaunchingBrowser,
  ) => Promise<AcceptedLaunch | RefusedLaunch>;
  useTicket: (
    ticket: string,
    previousToken: string | undefined,
  ) => Promise<{ launchId: string; sessionToken: string } | undefined>;
  publicUrl: string;
  addEvent: (event: Omit<Event, "id">) => Promise<void>;
  now: () => Date;
};

const cookieAttributes: CookieOptions = sessionCookie.attributes;
/** Says to our scripts, and to the next login, that this browser keeps our cookies here. */
const keptCookie = { name: `${sessionCookie.name}-kept`, maxAgeMs: 30 * 24 * 60 * 60 * 1000 };

/**
 * Whether the browser may lose our cookies: it shows us in a frame and has none of them yet. A
 * browser that has kept one, or shows us as a page of its own, is never held up.
 */
const mayLoseCookies = ({ headers }: Request): boolean =>
  headers["sec-fetch-dest"] === "iframe" && headers.cookie?.includes(sessionCookie.name) !== true;

/** Shows a page whose forms tell us where they come from: `Origin` is left out without this. */
function showWithOrigin(response: Response, ...[view, content]: [string, PageContent]): void {
  response.set("referrer-policy", "same-origin");
  showPage(response, view, content);
}

type PageContent = { frame: { title: string }; page: object };

/** A field of the query or of the posted form, as text; empty when missing or repeated. */
function fieldOf(request: Request, name: string): string {
  if (request.method === "GET") return queryText(request, name);
  const body = request.body as Record<string, unknown> | undefined;
  const value = body?.[name];
  return typeof value === "string" ? value : "";
}

/** The way in: the login that an LMS begins and the launch it comes back with. */
export function launchRoutes(needs: Needs): Router {
  const router = Router();
  const isFromUs = (request: Request): boolean => request.headers.origin === needs.publicUrl;

  async function refuse(
    response: Response,
    refusal: { code: RefusedLaunch["code"]; platform: Platform | undefined; detail?: string },
  ): Promise<never> {
    await needs.addEvent({
      organisationId: refusal.platform?.organisationId,
      code: refusal.code,
      level: "warning",
      summary: `A sign-in was refused: ${errorText(refusal.code).title}.`,
      about: {
        correlationId: requestIdOf(response),
        ...(refusal.platform === undefined ? {} : { platformId: refusal.platform.id }),
        ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
      },
      at: needs.now(),
    });
    throw new ToolError(
      refusal.code,
      refusal.detail === undefined ? {} : { detail: refusal.detail },
    );
  }

  router.use("/lti", (_request, response, next) => {
    // These addresses answer with a redirect or with the reason of a refusal: nothing to press,
    // nothing secret. The reason has to be readable in the frame of an LMS we may not know.
    setPolicySources(response, "frame-ancestors", ["*"]);
    response.set("cache-control", "no-store");
    next();
  });

  async function login(request: Request, response: Response): Promise<void> {
    const asked = {
      iss: fieldOf(request, "iss"),
      login_hint: fieldOf(request, "login_hint"),
      target_link_uri: fieldOf(request, "target_link_uri"),
      lti_message_hint: fieldOf(request, "lti_message_hint"),
      client_id: fieldOf(request, "client_id"),
      lti_deployment_id: fieldOf(request, "lti_deployment_id"),
      lti_storage_target: fieldOf(request, "lti_storage_target"),
    };
    const outcome = await needs.startLogin(asked);
    if (outcome.kind === "refused") {
      await refuse(response, outcome);
      return;
    }
    const { redirectUrl, browserSecret, storage } = outcome;
    response.cookie(attemptCookieName(sessionCookie.name, outcome.state), browserSecret, {
      ...cookieAttributes,
      maxAge: attemptLifetimeMs,
    });
    if (!mayLoseCookies(request)) {
      response.redirect(302, redirectUrl);
      return;
    }
    const maxAge = keptCookie.maxAgeMs;
    response.cookie(keptCookie.name, "1", { ...cookieAttributes, httpOnly: false, maxAge });
    // The new window's form is answered with a redirect to the LMS.
    setPolicySources(response, "form-action", ["'self'", new URL(redirectUrl).origin]);
    const page = { asked, redirectUrl, keptCookie: keptCookie.name, storage, browserSecret };
    showWithOrigin(response, "launch/login", { frame: { title: "Opening Rosette" }, page });
  }
  router.get("/lti/login", login);
  router.post("/lti/login", login);

  router.post("/lti/launch", async (request, response) => {
    const [idToken, state] = [fieldOf(request, "id_token"), fieldOf(request, "state")];
    if (idToken === "" && fieldOf(request, "error") !== "") {
      await refuse(response, { code: "launch-denied", platform: undefined });
    }
    const attemptCookie = attemptCookieName(sessionCookie.name, state);
    const cookie = readCookie(request.headers.cookie, attemptCookie);
    const stored = isFromUs(request) ? fieldOf(request, "browser_secret") : "";
    const browserSecret = cookie ?? (stored === "" ? undefined : stored);
    const previousToken = readCookie(request.headers.cookie, sessionCookie.name);
    const accepted = await needs.letIn(
      { idToken, state, browserSecret },
      cookie === undefined ? { keepsCookies: false } : { keepsCookies: true, previousToken },
    );
    if (accepted.kind === "refused") {
      if (accepted.storage !== undefined && !isFromUs(request)) {
        const page = { idToken, state, storage: accepted.storage };
        showWithOrigin(response, "launch/storage", { frame: { title: "Opening Rosette" }, page });
        return;
      }
      await refuse(response, accepted);
      return;
    }
    if (accepted.kind === "accepted-without-cookies") {
      const { ticket } = accepted;
      const frame = { title: "Rosette goes on in a new window" };
      showWithOrigin(response, "launch/new-window", { frame, page: { ticket } });
      return;
    }
    response.clearCookie(attemptCookie, cookieAttributes);
    response.cookie(sessionCookie.name, accepted.sessionToken, cookieAttributes);
    response.redirect(303, `/l/${accepted.launch.id}${accepted.landing}`);
  });

  router.post("/lti/continue", async (request, response) => {
    // Only a page of ours hands out tickets: nobody is signed in by the form of another site.
    if (!isFromUs(request)) throw new ToolError("launch-browser-wrong");
    const previousToken = readCookie(request.headers.cookie, sessionCookie.name);
    const opened = await needs.useTicket(fieldOf(request, "ticket"), previousToken);
    if (opened === undefined) throw new ToolError("launch-ticket-invalid");
    response.cookie(sessionCookie.name, opened.sessionToken, cookieAttributes);
    response.redirect(303, `/l/${opened.launchId}`);
  });

  return router;
}
