import type { PlatformFamily } from "./platform.js";

const CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const CANVAS = "https://canvas.instructure.com/lti";

/** The services that Rosette asks for (LTI-AGS 2.0 §3.7, LTI-NRPS 2.0 §3.6.1.2). */
export const serviceScopes = [
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
  "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
  "https://purl.imsglobal.org/spec/lti-ags/scope/score",
  "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
] as const;

/** Sent with every launch. A context that was copied is recognised by its history. */
const customParameters = { context_id_history: "$Context.id.history" };

/** Every value of ours that somebody who sets up an LMS by hand has to copy. */
export const toolAddresses = (publicUrl: string) => ({
  loginUrl: `${publicUrl}/lti/login`,
  launchUrl: `${publicUrl}/lti/launch`,
  jwksUrl: `${publicUrl}/lti/jwks`,
  registrationUrl: `${publicUrl}/lti/register`,
});

function messagesFor(family: PlatformFamily, launchUrl: string): object[] {
  const link = { type: "LtiResourceLinkRequest", target_link_uri: launchUrl, label: "Rosette" };
  const choose = {
    type: "LtiDeepLinkingRequest",
    target_link_uri: launchUrl,
    label: "Rosette exam or progress page",
  };
  if (family !== "canvas") return [link, choose];
  const placed = (message: object, names: string[]) => ({
    ...message,
    placements: names.map((name) => `${CANVAS}/${name}`),
  });
  return [
    placed(link, ["course_navigation"]),
    placed(link, ["account_navigation"]),
    placed(choose, ["assignment_selection", "link_selection", "editor_button"]),
  ];
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
    logo_uri: `${publicUrl}/assets/rosette.svg`,
    jwks_uri: jwksUrl,
    token_endpoint_auth_method: "private_key_jwt",
    scope: serviceScopes.join(" "),
    [CONFIGURATION]: {
      domain: new URL(publicUrl).host,
      description: "Micro-credentials from the exams of your courses.",
      target_link_uri: launchUrl,
      claims: ["iss", "sub", "name", "given_name", "family_name", "email"],
      custom_parameters: customParameters,
      messages: messagesFor(family, launchUrl),
      ...(family === "canvas" ? { [`${CANVAS}/privacy_level`]: "public" } : {}),
    },
  };
}
