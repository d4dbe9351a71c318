import type { PlatformFamily } from "./platform.js";

const CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const CANVAS = "https://canvas.instructure.com/lti";

/** The parts that Rosette cannot do without (LTI-AGS 2.0 §3.7, LTI-NRPS 2.0 §3.6.1.2). */
export const neededScopes = [
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
  "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
  "https://purl.imsglobal.org/spec/lti-ags/scope/score",
  "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
] as const;

export type NeededScope = (typeof neededScopes)[number];

/** The parts that Rosette asks for when it is registered. */
export const serviceScopes = [
  ...neededScopes,
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
] as const;

/** What Canvas tells outside of launches (LTI Platform Notification Service 1.0). */
const canvasScopes = [
  ...serviceScopes,
  "https://purl.imsglobal.org/spec/lti/scope/noticehandlers",
] as const;

/** Sent with every launch. A context that was copied is recognised by its history. */
const customParameters = { context_id_history: "$Context.id.history" };

const description = "Micro-credentials from the exams of your courses.";

/** Every value of ours that somebody who sets up an LMS by hand has to copy. */
export const toolAddresses = (publicUrl: string) => ({
  loginUrl: `${publicUrl}/lti/login`,
  launchUrl: `${publicUrl}/lti/launch`,
  jwksUrl: `${publicUrl}/lti/jwks`,
  registrationUrl: `${publicUrl}/lti/register`,
  canvasConfigurationUrl: `${publicUrl}/lti/canvas.json`,
});

type Placement = {
  name: string;
  message: "LtiResourceLinkRequest" | "LtiDeepLinkingRequest";
  /** Canvas: who sees a navigation entry. */
  visibility?: "members" | "admins";
};

/** Where Canvas shows Rosette. */
const canvasPlacements: readonly Placement[] = [
  { name: "course_navigation", message: "LtiResourceLinkRequest", visibility: "members" },
  { name: "account_navigation", message: "LtiResourceLinkRequest", visibility: "admins" },
  { name: "assignment_selection", message: "LtiDeepLinkingRequest" },
  { name: "link_selection", message: "LtiDeepLinkingRequest" },
  { name: "editor_button", message: "LtiDeepLinkingRequest" },
];

const labelOf = ({ message }: Pick<Placement, "message">): string =>
  message === "LtiResourceLinkRequest" ? "Rosette" : "Rosette exam or progress page";

const iconOf = (publicUrl: string): string => `${publicUrl}/assets/rosette.svg`;

/** One message for each place: a place's visibility is told of its message. */
function canvasMessage(placement: Placement, publicUrl: string): object {
  const { name, message, visibility } = placement;
  return {
    type: message,
    target_link_uri: toolAddresses(publicUrl).launchUrl,
    label: labelOf(placement),
    icon_uri: iconOf(publicUrl),
    placements: [`${CANVAS}/${name}`],
    ...(visibility === undefined ? {} : { [`${CANVAS}/visibility`]: visibility }),
    ...(name === "course_navigation"
      ? { [`${CANVAS}/course_navigation/default_enabled`]: true }
      : {}),
  };
}

function messagesFor(family: PlatformFamily, publicUrl: string): object[] {
  if (family === "canvas") {
    return canvasPlacements.map((placement) => canvasMessage(placement, publicUrl));
  }
  return (["LtiResourceLinkRequest", "LtiDeepLinkingRequest"] as const).map((message) => ({
    type: message,
    target_link_uri: toolAddresses(publicUrl).launchUrl,
    label: labelOf({ message }),
  }));
}

/**
 * The configuration that Canvas takes by URL or pasted (Admin > Developer Keys > LTI key), in the
 * form that Canvas documents for LTI 1.3 JSON configurations.
 */
export function describeToolForCanvas(publicUrl: string): object {
  const { loginUrl, launchUrl, jwksUrl } = toolAddresses(publicUrl);
  const placements = canvasPlacements.map((placement) => ({
    placement: placement.name,
    message_type: placement.message,
    target_link_uri: launchUrl,
    text: labelOf(placement),
    icon_url: iconOf(publicUrl),
    enabled: true,
    ...(placement.visibility === undefined ? {} : { visibility: placement.visibility }),
    ...(placement.name === "course_navigation" ? { default: "enabled" } : {}),
  }));
  return {
    title: "Rosette",
    description,
    oidc_initiation_url: loginUrl,
    target_link_uri: launchUrl,
    public_jwk_url: jwksUrl,
    scopes: canvasScopes,
    custom_fields: customParameters,
    extensions: [
      {
        platform: "canvas.instructure.com",
        domain: new URL(publicUrl).host,
        tool_id: "rosette",
        privacy_level: "public",
        settings: { text: "Rosette", icon_url: iconOf(publicUrl), placements },
      },
    ],
  };
}

/**
 * How Rosette registers itself (1EdTech Dynamic Registration 1.0 §3.4). Moodle gives names when
 * the claims ask for them, Canvas when the privacy level does.
 */
export function describeTool(publicUrl: string, family: PlatformFamily): object {
  const { loginUrl, launchUrl, jwksUrl } = toolAddresses(publicUrl);
  return {
    application_type: "web",
    response_types: ["id_token"],
    grant_types: ["implicit", "client_credentials"],
    initiate_login_uri: loginUrl,
    redirect_uris: [launchUrl],
    client_name: "Rosette",
    logo_uri: iconOf(publicUrl),
    jwks_uri: jwksUrl,
    token_endpoint_auth_method: "private_key_jwt",
    scope: (family === "canvas" ? canvasScopes : serviceScopes).join(" "),
    [CONFIGURATION]: {
      domain: new URL(publicUrl).host,
      description,
      target_link_uri: launchUrl,
      claims: ["iss", "sub", "name", "given_name", "family_name", "email"],
      custom_parameters: customParameters,
      messages: messagesFor(family, publicUrl),
      ...(family === "canvas"
        ? { [`${CANVAS}/privacy_level`]: "public", [`${CANVAS}/tool_id`]: "rosette" }
        : {}),
    },
  };
}
