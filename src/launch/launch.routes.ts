import { type CookieOptions, type Request, type Response, Router } from "express";
import { sessionCookie } from "../../config/http-policy.js";
import type { Event } from "../events/event.js";
import { errorText, ToolError } from "../errors.js";
import type { Platform } from "../platforms/platform.js";
import { queryText } from "../web/forms.js";
import { requestIdOf } from "../web/page.js";
import { setPolicySources } from "../web/security-headers.js";
import type { AcceptedLaunch } from "./accept-launch.js";
import { attemptCookieName, attemptLifetimeMs } from "./login-attempt.js";
import { readCookie } from "./session.js";
import type { LoginOutcome, LoginRequest } from "./start-login.js";
import type { PostedLaunch, RefusedLaunch, VerifiedLaunch } from "./verify-launch.js";

type Needs = {
  startLogin: (request: LoginRequest) => Promise<LoginOutcome>;
  verifyLaunch: (posted: PostedLaunch) => Promise<VerifiedLaunch | RefusedLaunch>;
  acceptLaunch: (
    verified: VerifiedLaunch,
    previousToken: string | undefined,
  ) => Promise<AcceptedLaunch | RefusedLaunch>;
  addEvent: (event: Omit<Event, "id">) => Promise<void>;
  now: () => Date;
};

const cookieAttributes: CookieOptions = sessionCookie.attributes;

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
    const outcome = await needs.startLogin({
      iss: fieldOf(request, "iss"),
      login_hint: fieldOf(request, "login_hint"),
      target_link_uri: fieldOf(request, "target_link_uri"),
      lti_message_hint: fieldOf(request, "lti_message_hint"),
      client_id: fieldOf(request, "client_id"),
      lti_deployment_id: fieldOf(request, "lti_deployment_id"),
    });
    if (outcome.kind === "refused") {
      await refuse(response, outcome);
      return;
    }
    response.cookie(attemptCookieName(sessionCookie.name, outcome.state), outcome.browserSecret, {
      ...cookieAttributes,
      maxAge: attemptLifetimeMs,
    });
    response.redirect(302, outcome.redirectUrl);
  }
  router.get("/lti/login", login);
  router.post("/lti/login", login);

  router.post("/lti/launch", async (request, response) => {
    const [idToken, state] = [fieldOf(request, "id_token"), fieldOf(request, "state")];
    if (idToken === "" && fieldOf(request, "error") !== "") {
      await refuse(response, { code: "launch-denied", platform: undefined });
    }
    const attemptCookie = attemptCookieName(sessionCookie.name, state);
    const verified = await needs.verifyLaunch({
      idToken,
      state,
      browserSecret: readCookie(request.headers.cookie, attemptCookie),
    });
    if (verified.kind === "refused") {
      await refuse(response, verified);
      return;
    }
    const previous = readCookie(request.headers.cookie, sessionCookie.name);
    const accepted = await needs.acceptLaunch(verified, previous);
    if (accepted.kind === "refused") {
      await refuse(response, accepted);
      return;
    }
    response.clearCookie(attemptCookie, cookieAttributes);
    response.cookie(sessionCookie.name, accepted.sessionToken, cookieAttributes);
    response.redirect(303, `/l/${accepted.launch.id}`);
  });

  return router;
}
