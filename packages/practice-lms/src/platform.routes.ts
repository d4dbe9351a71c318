import { Router } from "express";
import { allScopes, paths } from "./addresses.js";
import type { LmsState } from "./lms-state.js";

const variables = [
  "User.id",
  "User.username",
  "Person.name.full",
  "Person.email.primary",
  "Person.sourcedId",
  "Context.id",
  "Context.title",
  "Context.label",
  "Context.id.history",
  "CourseSection.sourcedId",
  "ResourceLink.id",
  "ResourceLink.title",
  "Membership.role",
];

/** What a tool must know about the platform: its OpenID configuration and its public keys. */
export function platformRoutes(lms: LmsState): Router {
  const router = Router();
  router.get(paths.jwks, (_request, response) => {
    if (lms.faults.jwksDown) {
      response.status(503).json({ error: "temporarily_unavailable" });
      return;
    }
    response.json({ keys: lms.keys.publishedKeys() });
  });
  router.get(paths.openidConfiguration, (_request, response) => {
    response.json(describePlatform(lms));
  });
  return router;
}

/** 1EdTech Dynamic Registration 1.0, section 3.4. */
function describePlatform(lms: LmsState) {
  const isMoodle = lms.mood === "moodle";
  return {
    issuer: lms.issuer,
    authorization_endpoint: lms.url + paths.authorization,
    token_endpoint: lms.url + paths.token,
    jwks_uri: lms.url + paths.jwks,
    registration_endpoint: lms.url + paths.registration,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: ["RS256"],
    scopes_supported: [...allScopes, "openid"],
    response_types_supported: ["id_token"],
    subject_types_supported: ["public", "pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["sub", "iss", "name", "given_name", "family_name", "email"],
    "https://purl.imsglobal.org/spec/lti-platform-configuration": {
      product_family_code: isMoodle ? "moodle" : "canvas",
      version: isMoodle ? "4.5.6 (Build: 20250811)" : "cloud",
      messages_supported: [
        {
          type: "LtiResourceLinkRequest",
          ...(!isMoodle && {
            placements: [
              "https://canvas.instructure.com/lti/course_navigation",
              "https://canvas.instructure.com/lti/account_navigation",
            ],
          }),
        },
        { type: "LtiDeepLinkingRequest", placements: ["ContentArea"] },
      ],
      variables,
    },
  };
}
