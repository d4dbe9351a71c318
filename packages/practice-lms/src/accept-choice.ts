import { placeLink } from "./course-content.js";
import { useOnce, type LmsState, type PendingChoice } from "./lms-state.js";
import type { NewPracticeLink, PracticeLink, SubmissionReview } from "./model.js";
import { getTool, type InstalledTool } from "./school.js";
import { peekAtClaims, ToolTokenRefused } from "./tool-keys-client.js";
import { isRecord, readRecord, readText, readTextMembers } from "./unknown-data.js";

export type ChoiceOutcome =
  | { kind: "refused"; because: string }
  | {
      kind: "added";
      choice: PendingChoice;
      links: PracticeLink[];
      /** Types of content this LMS cannot place. */
      skippedTypes: string[];
      message: string | undefined;
    };

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const deepLinking = (name: string): string =>
  `https://purl.imsglobal.org/spec/lti-dl/claim/${name}`;

/** Checks a Deep Linking response (LTI DL 2.0, section 4.5) and places what it brings. */
export async function acceptChoice(
  lms: LmsState,
  sent: { ticket: string; token: string },
): Promise<ChoiceOutcome> {
  const refuse = (because: string): ChoiceOutcome => ({ kind: "refused", because });
  const choice = lms.choices.get(sent.ticket);
  if (!choice) return refuse("This choice is closed: the ticket is unknown or was used.");
  const tool = getTool(lms.school, choice.clientId);
  const claims = await readAnswer(lms, tool, sent.token);
  if (typeof claims === "string") return refuse(claims);
  const wrong = findWrongClaim(claims, choice);
  if (wrong !== undefined) return refuse(wrong);
  const nonce = readText(claims, "nonce");
  if (nonce === undefined) return refuse("nonce is missing.");
  if (!useOnce(lms, tool.clientId, `nonce ${nonce}`)) return refuse("nonce was used before.");
  const items = readItems(claims);
  if (typeof items === "string") return refuse(items);
  if (!lms.choices.delete(sent.ticket)) return refuse("This choice is closed.");
  const links = items.links.map((link) =>
    placeLink(lms, choice.courseId, {
      ...link,
      clientId: tool.clientId,
      targetLinkUri: link.targetLinkUri || (tool.targetLinkUri ?? tool.redirectUrls[0] ?? ""),
    }),
  );
  const message = readText(claims, deepLinking("msg")) ?? readText(claims, deepLinking("errormsg"));
  return { kind: "added", choice, links, skippedTypes: items.skippedTypes, message };
}

async function readAnswer(
  lms: LmsState,
  tool: InstalledTool,
  token: string,
): Promise<Record<string, unknown> | string> {
  if (peekAtClaims(token)["iss"] !== tool.clientId) {
    return "The answer's iss is not the client id of the tool that was asked.";
  }
  try {
    return await lms.toolTokens.readToolToken(token, { tool, audiences: [lms.issuer] });
  } catch (cause) {
    if (cause instanceof ToolTokenRefused) return `The answer's JWT is refused: ${cause.message}.`;
    throw cause;
  }
}

function findWrongClaim(
  claims: Record<string, unknown>,
  choice: PendingChoice,
): string | undefined {
  const wanted: Record<string, unknown> = {
    [lti("message_type")]: "LtiDeepLinkingResponse",
    [lti("version")]: "1.3.0",
    [lti("deployment_id")]: choice.deploymentId,
    // Whatever the request carried must come back unchanged.
    [deepLinking("data")]: choice.data,
  };
  const wrong = Object.keys(wanted).find((name) => claims[name] !== wanted[name]);
  return wrong === undefined ? undefined : `The claim ${wrong} is wrong or missing.`;
}

function readItems(
  claims: Record<string, unknown>,
): { links: NewPracticeLink[]; skippedTypes: string[] } | string {
  const listed = claims[deepLinking("content_items")] ?? [];
  if (!Array.isArray(listed)) return "content_items is no list.";
  const items = (listed as unknown[]).filter(isRecord);
  const links: NewPracticeLink[] = [];
  for (const item of items) {
    if (item["type"] !== "ltiResourceLink") continue;
    const link = readLink(item);
    if (typeof link === "string") return link;
    links.push(link);
  }
  const skippedTypes = items
    .filter((item) => item["type"] !== "ltiResourceLink")
    .map((item) => readText(item, "type") ?? "without a type");
  return { links, skippedTypes };
}

function readLink(item: Record<string, unknown>): NewPracticeLink | string {
  const title = readText(item, "title") ?? "Untitled activity";
  const link = {
    title,
    targetLinkUri: readText(item, "url") ?? "",
    custom: readTextMembers(item, "custom"),
  };
  if (item["lineItem"] === undefined) return link;
  const sent = readRecord(item, "lineItem");
  const scoreMaximum = sent["scoreMaximum"];
  if (typeof scoreMaximum !== "number" || !(scoreMaximum > 0)) {
    return "A line item's scoreMaximum must be a number above 0.";
  }
  const resourceId = readText(sent, "resourceId");
  const tag = readText(sent, "tag");
  const submissionReview = readReview(sent["submissionReview"]);
  return {
    ...link,
    lineItem: {
      label: readText(sent, "label") ?? title,
      scoreMaximum,
      ...(resourceId !== undefined && { resourceId }),
      ...(tag !== undefined && { tag }),
      ...(submissionReview && { submissionReview }),
    },
  };
}

function readReview(sent: unknown): SubmissionReview | undefined {
  if (!isRecord(sent)) return undefined;
  const url = readText(sent, "url");
  return { ...(url !== undefined && { url }), custom: readTextMembers(sent, "custom") };
}
