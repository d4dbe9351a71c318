import { randomBytes, randomInt } from "node:crypto";
import { allScopes, paths } from "./addresses.js";
import type { LmsState } from "./lms-state.js";
import type { InstalledTool } from "./school.js";
import { isRecord, readRecord, readText, readTextMembers, readTexts } from "./unknown-data.js";

const configurationClaim = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const tokenLifetimeSeconds = 3600;
const identityClaims = ["name", "given_name", "family_name", "email"];

/** What an LMS opens in an iframe to let a tool register itself. */
export type RegistrationStart = {
  /** The tool's registration address with both parameters. */
  url: string;
  openidConfigurationUrl: string;
  registrationToken: string;
};

/** Opens a dynamic registration (1EdTech Dynamic Registration 1.0, section 3.2). Good for one tool. */
export function startRegistration(lms: LmsState, registrationUrl: string): RegistrationStart {
  const clientId = makeClientId(lms);
  const issuedAt = Math.floor(lms.now().getTime() / 1000);
  const registrationToken = lms.keys.sign({
    sub: clientId,
    scope: "reg",
    iat: issuedAt,
    exp: issuedAt + tokenLifetimeSeconds,
  });
  lms.registrations.add(clientId);
  const openidConfigurationUrl = lms.url + paths.openidConfiguration;
  const url = new URL(registrationUrl);
  url.searchParams.set("openid_configuration", openidConfigurationUrl);
  url.searchParams.set("registration_token", registrationToken);
  return { url: url.href, openidConfigurationUrl, registrationToken };
}

/** The client id a registration token may take, or undefined when it is no good (any more). */
export function findOpenRegistration(lms: LmsState, token: string): string | undefined {
  const claims = lms.keys.findOwnClaims(token, lms.now());
  const clientId = claims?.["scope"] === "reg" ? claims["sub"] : undefined;
  return typeof clientId === "string" && lms.registrations.has(clientId) ? clientId : undefined;
}

/**
 * Turns a registration request into a tool that waits to be activated.
 * @returns the tool, or what is wrong with the request
 */
export function readRegistration(
  lms: LmsState,
  clientId: string,
  sent: Record<string, unknown>,
): InstalledTool | string {
  const wrong = findWrongRegistration(sent);
  if (wrong !== undefined) return wrong;
  const configuration = readRecord(sent, configurationClaim);
  const redirectUrls = readTexts(sent, "redirect_uris");
  const targetLinkUri = readText(configuration, "target_link_uri") ?? redirectUrls[0] ?? "";
  const messages = listMessages(configuration);
  const deepLinking = messages.find((message) => message.type === "LtiDeepLinkingRequest");
  const administration = messages.find((message) =>
    message.placements.some((placement) => placement.endsWith("account_navigation")),
  );
  const required = (name: string): string => readText(sent, name) ?? "";
  return {
    clientId,
    deploymentIds: [makeDeploymentId(lms)],
    loginUrl: required("initiate_login_uri"),
    redirectUrls,
    jwksUrl: required("jwks_uri"),
    title: required("client_name"),
    privacy: wantsIdentity(configuration) ? "public" : "anonymous",
    targetLinkUri,
    custom: readTextMembers(configuration, "custom_parameters"),
    scopes: allScopes.filter((scope) => required("scope").split(" ").includes(scope)),
    ...(deepLinking && { deepLinkingUrl: deepLinking.targetLinkUri ?? targetLinkUri }),
    ...(administration?.targetLinkUri !== undefined && {
      administrationUrl: administration.targetLinkUri,
    }),
    isActive: false,
  };
}

/** The registration as the platform stored it (section 3.6), for the tool to read back. */
export function describeRegistration(
  lms: LmsState,
  tool: InstalledTool,
  sent: Record<string, unknown>,
): Record<string, unknown> {
  return {
    client_id: tool.clientId,
    response_types: ["id_token"],
    jwks_uri: tool.jwksUrl,
    initiate_login_uri: tool.loginUrl,
    grant_types: ["client_credentials", "implicit"],
    redirect_uris: tool.redirectUrls,
    application_type: "web",
    token_endpoint_auth_method: "private_key_jwt",
    client_name: tool.title,
    scope: (tool.scopes ?? []).join(" "),
    [configurationClaim]: {
      ...readRecord(sent, configurationClaim),
      version: "1.3.0",
      // Canvas makes the deployment later, when an administrator installs the tool.
      ...(lms.mood === "moodle" && { deployment_id: tool.deploymentIds[0] }),
    },
  };
}

function findWrongRegistration(sent: Record<string, unknown>): string | undefined {
  const configuration = readRecord(sent, configurationClaim);
  const grants = readTexts(sent, "grant_types");
  const redirectUrls = readTexts(sent, "redirect_uris");
  const isAddress = (url: string | undefined): boolean => URL.canParse(url ?? "");
  const requirements: Record<string, boolean> = {
    "application_type must be web": sent["application_type"] === "web",
    "response_types must contain id_token": readTexts(sent, "response_types").includes("id_token"),
    "grant_types must contain implicit": grants.includes("implicit"),
    "grant_types must contain client_credentials": grants.includes("client_credentials"),
    "token_endpoint_auth_method must be private_key_jwt":
      sent["token_endpoint_auth_method"] === "private_key_jwt",
    "client_name is missing": readText(sent, "client_name") !== undefined,
    "initiate_login_uri is no address": isAddress(readText(sent, "initiate_login_uri")),
    "jwks_uri is no address": isAddress(readText(sent, "jwks_uri")),
    "redirect_uris must be addresses": redirectUrls.length > 0 && redirectUrls.every(isAddress),
    "the tool configuration has no domain": readText(configuration, "domain") !== undefined,
  };
  return Object.keys(requirements).find((name) => requirements[name] === false);
}

type Message = { type: string; targetLinkUri: string | undefined; placements: string[] };

function listMessages(configuration: Record<string, unknown>): Message[] {
  const listed = configuration["messages"];
  return (Array.isArray(listed) ? (listed as unknown[]) : []).filter(isRecord).map((message) => ({
    type: readText(message, "type") ?? "",
    targetLinkUri: readText(message, "target_link_uri"),
    placements: readTexts(message, "placements"),
  }));
}

/** Moodle shares what the claims ask for; Canvas what the tool's privacy level says. */
function wantsIdentity(configuration: Record<string, unknown>): boolean {
  const level = readText(configuration, "https://canvas.instructure.com/lti/privacy_level");
  if (level !== undefined) return level === "public";
  return readTexts(configuration, "claims").some((claim) => identityClaims.includes(claim));
}

function makeClientId(lms: LmsState): string {
  if (lms.mood === "canvas") return `1000000000${String(randomInt(10_000, 99_999))}`;
  return randomBytes(24)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 15);
}

function makeDeploymentId(lms: LmsState): string {
  const number = String(lms.school.takeNumber());
  return lms.mood === "canvas" ? `${number}:${randomBytes(20).toString("hex")}` : number;
}
