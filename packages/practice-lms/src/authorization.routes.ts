import { Router, type Request, type Response, urlencoded } from "express";
import { paths } from "./addresses.js";
import { composeLaunchClaims } from "./launch-message.js";
import type { LmsState, PendingLaunch } from "./lms-state.js";
import { sendPage, sendProblem } from "./pages.js";
import { isRecord, readText } from "./unknown-data.js";

type Verdict =
  | { kind: "refuse"; because: string }
  | { kind: "accept"; launch: PendingLaunch; redirectUri: string; nonce: string; state: string };

/** The OpenID Connect authorization endpoint (1EdTech Security Framework 1.1, section 5.1.1). */
export function authorizationRoutes(lms: LmsState): Router {
  const router = Router();
  const answer = async (request: Request, response: Response): Promise<void> => {
    const sent: unknown = request.method === "POST" ? request.body : request.query;
    const verdict = judgeAuthorization(lms, isRecord(sent) ? sent : {});
    response.set("Cache-Control", "no-store");
    if (verdict.kind === "refuse") {
      await sendProblem(response, {
        schoolName: lms.name,
        status: 400,
        title: "The launch did not work",
        because: verdict.because,
      });
      return;
    }
    const claims = composeLaunchClaims(lms, verdict.launch, verdict.nonce);
    const signed = lms.keys.sign(lms.faults.alterClaims?.(claims) ?? claims, lms.faults.signWith);
    await sendPage(response, {
      view: "post-form",
      action: verdict.redirectUri,
      fields: { id_token: signed, state: verdict.state },
      frame: { schoolName: lms.name, title: "Opening…", visitor: undefined, layout: "bare" },
    });
  };
  router.get(paths.authorization, answer);
  router.post(paths.authorization, urlencoded({ extended: false }), answer);
  return router;
}

/** Checks an authorization request and uses up the launch it continues. */
function judgeAuthorization(lms: LmsState, sent: Record<string, unknown>): Verdict {
  const refuse = (because: string): Verdict => ({ kind: "refuse", because });
  const tool = lms.school.tools.get(readText(sent, "client_id") ?? "");
  if (!tool?.isActive) return refuse("client_id names no active tool.");
  const redirectUri = readText(sent, "redirect_uri") ?? "";
  if (!tool.redirectUrls.includes(redirectUri)) {
    return refuse("redirect_uri is not one of the tool's registered addresses.");
  }
  const wrong = findWrongConstant(sent);
  if (wrong !== undefined) return refuse(wrong);
  const nonce = readText(sent, "nonce");
  if (nonce === undefined) return refuse("nonce is missing.");
  const state = readText(sent, "state");
  if (state === undefined) return refuse("state is missing.");
  const launch = takeLaunch(lms, sent);
  if (typeof launch === "string") return refuse(launch);
  return { kind: "accept", launch, redirectUri, nonce, state };
}

/** The launch the hints speak of, which is then used up; or what is wrong with them. */
function takeLaunch(lms: LmsState, sent: Record<string, unknown>): PendingLaunch | string {
  const hint = readText(sent, "lti_message_hint") ?? "";
  const launch = lms.launches.get(hint);
  if (!launch || launch.expiresAt <= lms.now()) {
    return "lti_message_hint names no open launch; each one works once.";
  }
  if (launch.clientId !== sent["client_id"]) return "The launch belongs to another tool.";
  if (launch.userId !== sent["login_hint"]) {
    return "login_hint is not the person who started the launch.";
  }
  lms.launches.delete(hint);
  return launch;
}

function findWrongConstant(sent: Record<string, unknown>): string | undefined {
  const wanted = { response_type: "id_token", response_mode: "form_post", prompt: "none" };
  for (const [name, value] of Object.entries(wanted)) {
    if (sent[name] !== value) return `${name} must be ${value}.`;
  }
  const scopes = (readText(sent, "scope") ?? "").split(" ");
  return scopes.includes("openid") ? undefined : "scope must contain openid.";
}
