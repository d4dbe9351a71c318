import { z } from "zod";
import type { Launch } from "./launch.js";

/** The only file that knows how LTI names things (LTI Core 1.3 §5.3, §5.4; LTI-DL 2.0 §4.4.1;
 * LTI Submission Review 1.0 §3). */
const LTI = "https://purl.imsglobal.org/spec/lti/claim";

export const claimUrls = {
  version: `${LTI}/version`,
  messageType: `${LTI}/message_type`,
  deploymentId: `${LTI}/deployment_id`,
  targetLinkUri: `${LTI}/target_link_uri`,
  resourceLink: `${LTI}/resource_link`,
  roles: `${LTI}/roles`,
  context: `${LTI}/context`,
  custom: `${LTI}/custom`,
  presentation: `${LTI}/launch_presentation`,
  toolPlatform: `${LTI}/tool_platform`,
  grading: "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
  roster: "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
  deepLinking: "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings",
  forUser: `${LTI}/for_user`,
  mentored: `${LTI}/role_scope_mentor`,
  noticeService: `${LTI}/platformnotificationservice`,
  notice: `${LTI}/notice`,
  originContexts: `${LTI}/origin_contexts`,
} as const;

const messageTypes = [
  "LtiResourceLinkRequest",
  "LtiDeepLinkingRequest",
  "LtiSubmissionReviewRequest",
] as const;

/** LTI ids are at most 255 ASCII characters; some platforms' are longer in practice. */
const id = z.string().min(1).max(1024);
const httpAddress = z.url({ protocol: /^https?$/ }).max(4096);
/** Something we can do without: unreadable counts as absent. */
const optional = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const text = (longest: number) => optional(z.string().trim().min(1).max(longest));

const Custom = z
  .record(z.string(), z.unknown())
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) =>
        typeof value === "string" || typeof value === "number"
          ? [[name, String(value).slice(0, 4096)]]
          : [],
      ),
    ),
  );

/** A name or address may come in several claims; all are free to be absent. */
const PersonClaims = z.object({
  name: text(300),
  given_name: text(150),
  family_name: text(150),
  email: optional(z.email().max(320)),
});

const LaunchClaims = z.object({
  sub: id,
  [claimUrls.deploymentId]: id,
  [claimUrls.messageType]: z.enum(messageTypes),
  [claimUrls.roles]: z.array(z.string()).max(200),
  [claimUrls.targetLinkUri]: optional(z.string()),
  [claimUrls.resourceLink]: optional(z.object({ id })),
  [claimUrls.context]: optional(
    z.object({
      id,
      label: text(300),
      title: text(300),
      type: z.array(z.string()).max(20).catch([]),
    }),
  ),
  [claimUrls.custom]: optional(Custom),
  [claimUrls.presentation]: optional(
    z.object({ locale: text(35), return_url: optional(httpAddress) }),
  ),
  [claimUrls.toolPlatform]: optional(z.object({ product_family_code: text(100) })),
  [claimUrls.grading]: optional(
    z.object({
      scope: z.array(z.string()).max(20).catch([]),
      lineitems: optional(httpAddress),
      lineitem: optional(httpAddress),
    }),
  ),
  [claimUrls.roster]: optional(z.object({ context_memberships_url: httpAddress })),
  [claimUrls.deepLinking]: optional(
    z.object({
      deep_link_return_url: httpAddress,
      accept_types: z.array(z.string()).max(20),
      accept_multiple: z.boolean().catch(false),
      accept_lineitem: optional(z.boolean()),
      data: optional(z.string().max(16_384)),
    }),
  ),
  [claimUrls.forUser]: optional(z.object({ user_id: id })),
  [claimUrls.mentored]: optional(z.array(id).max(1000)),
  [claimUrls.noticeService]: optional(
    z.object({
      platform_notification_service_url: httpAddress,
      notice_types_supported: z.array(z.string()).max(50).catch([]),
    }),
  ),
});

/** What a sign-in says, under our own names. */
export type ReadClaims = Pick<
  Launch,
  | "context"
  | "resourceLinkId"
  | "custom"
  | "grading"
  | "roster"
  | "deepLinking"
  | "forUserSub"
  | "mentoredSubs"
  | "noticeService"
  | "locale"
  | "returnUrl"
> & {
  sub: string;
  deploymentId: string;
  messageType: (typeof messageTypes)[number];
  roles: string[];
  targetLinkUri: string | undefined;
  productFamilyCode: string | undefined;
  person: { name: string | undefined; email: string | undefined };
};

/** A variable that the platform does not know arrives as it was written: `$Canvas.user.id`. */
const isUnresolved = (value: string): boolean => /^\$[A-Za-z][\w.]*$/.test(value);

const readCustom = (custom: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(custom ?? {}).filter(([, value]) => !isUnresolved(value) && value !== ""),
  );

function readPerson(payload: unknown): ReadClaims["person"] {
  const person = PersonClaims.parse(payload);
  const parts = [person.given_name, person.family_name].filter((part) => part !== undefined);
  return {
    name: person.name ?? (parts.length === 0 ? undefined : parts.join(" ")),
    email: person.email,
  };
}

function readGrading(claims: z.output<typeof LaunchClaims>): ReadClaims["grading"] {
  const grading = claims[claimUrls.grading];
  return grading === undefined
    ? undefined
    : { scopes: grading.scope, lineItemsUrl: grading.lineitems, lineItemUrl: grading.lineitem };
}

function readDeepLinking(claims: z.output<typeof LaunchClaims>): ReadClaims["deepLinking"] {
  const settings = claims[claimUrls.deepLinking];
  return settings === undefined
    ? undefined
    : {
        returnUrl: settings.deep_link_return_url,
        acceptTypes: settings.accept_types,
        acceptMultiple: settings.accept_multiple,
        acceptLineItem: settings.accept_lineitem,
        data: settings.data,
      };
}

export type ClaimsReading =
  | { kind: "read"; claims: ReadClaims }
  /** A required claim is missing or unreadable; its short name. */
  | { kind: "missing"; claim: string }
  /** A message type that we do not take. */
  | { kind: "unsupported" };

function unreadable(payload: unknown, claim: string): ClaimsReading {
  const value = (payload as Record<string, unknown> | null)?.[claim];
  return claim === claimUrls.messageType && typeof value === "string"
    ? { kind: "unsupported" }
    : { kind: "missing", claim: claim.split("/").at(-1) ?? "" };
}

/** An account (Canvas) or the front page (Moodle: Group) is a context, but no course. */
function readContext(claims: z.output<typeof LaunchClaims>): ReadClaims["context"] {
  const context = claims[claimUrls.context];
  if (context === undefined) return undefined;
  const { id: contextId, label, title, type } = context;
  const isCourse = type.length === 0 || type.some((name) => name.includes("Course"));
  return isCourse ? { id: contextId, label, title } : undefined;
}

/**
 * Reads the payload of a sign-in. Unknown claims are ignored, and optional ones that cannot be
 * read count as absent.
 */
export function readClaims(payload: unknown): ClaimsReading {
  const parsed = LaunchClaims.safeParse(payload);
  if (!parsed.success) {
    return unreadable(payload, String(parsed.error.issues[0]?.path[0] ?? ""));
  }
  const claims = parsed.data;
  const roster = claims[claimUrls.roster];
  const noticeService = claims[claimUrls.noticeService];
  return {
    kind: "read",
    claims: {
      sub: claims.sub,
      deploymentId: claims[claimUrls.deploymentId],
      messageType: claims[claimUrls.messageType],
      roles: claims[claimUrls.roles],
      targetLinkUri: claims[claimUrls.targetLinkUri],
      resourceLinkId: claims[claimUrls.resourceLink]?.id,
      context: readContext(claims),
      custom: readCustom(claims[claimUrls.custom]),
      locale: claims[claimUrls.presentation]?.locale,
      returnUrl: claims[claimUrls.presentation]?.return_url,
      productFamilyCode: claims[claimUrls.toolPlatform]?.product_family_code,
      grading: readGrading(claims),
      roster: roster && { membershipsUrl: roster.context_memberships_url },
      deepLinking: readDeepLinking(claims),
      forUserSub: claims[claimUrls.forUser]?.user_id,
      mentoredSubs: claims[claimUrls.mentored],
      noticeService: noticeService && {
        url: noticeService.platform_notification_service_url,
        types: noticeService.notice_types_supported,
      },
      person: readPerson(payload),
    },
  };
}

const NoticeClaims = z.object({
  [claimUrls.deploymentId]: id,
  [claimUrls.notice]: z.object({ id, type: z.string().min(1).max(100) }),
  [claimUrls.context]: optional(z.object({ id, label: text(300), title: text(300) })),
  [claimUrls.originContexts]: optional(z.array(id).max(1000)),
});

/** What a platform tells outside of any launch (LTI Platform Notification Service 1.0). */
export type ReadNotice = {
  id: string;
  type: string;
  deploymentId: string;
  context: { id: string; label: string | undefined; title: string | undefined } | undefined;
  /** Of a copied course: the courses that its content comes from. */
  originContextIds: string[];
};

/** Reads the payload of a notice; undefined when a claim that all of them have is missing. */
export function readNotice(payload: unknown): ReadNotice | undefined {
  const parsed = NoticeClaims.safeParse(payload);
  if (!parsed.success) return undefined;
  const { [claimUrls.notice]: notice, [claimUrls.context]: context } = parsed.data;
  return {
    ...notice,
    deploymentId: parsed.data[claimUrls.deploymentId],
    context: context && { id: context.id, label: context.label, title: context.title },
    originContextIds: parsed.data[claimUrls.originContexts] ?? [],
  };
}
