import type { ContentItem } from "./content-item.js";

const LTI = "https://purl.imsglobal.org/spec/lti/claim/";
const DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/";
const LIFETIME_SECONDS = 300;

/**
 * The claims of our answer to a Deep Linking request (LTI-DL 2.0 §4.5). `data` goes back as it
 * came; without it the LMS cannot tell which request this answers.
 */
export function deepLinkingResponse(about: {
  clientId: string;
  issuer: string;
  deploymentId: string;
  data: string | undefined;
  items: ContentItem[];
  nonce: string;
  now: Date;
}): Record<string, unknown> {
  const issuedAt = Math.floor(about.now.getTime() / 1000);
  const count = about.items.length;
  return {
    iss: about.clientId,
    aud: about.issuer,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
    nonce: about.nonce,
    [`${LTI}message_type`]: "LtiDeepLinkingResponse",
    [`${LTI}version`]: "1.3.0",
    [`${LTI}deployment_id`]: about.deploymentId,
    [`${DEEP_LINKING}content_items`]: about.items,
    [`${DEEP_LINKING}msg`]: count === 1 ? "One link was added." : `${count} links were added.`,
    ...(about.data === undefined ? {} : { [`${DEEP_LINKING}data`]: about.data }),
  };
}
