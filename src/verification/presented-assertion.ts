import { z } from "zod";
import { isTooDeep } from "./presented-credential.js";

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const webAddress = z.url({ protocol: /^https?$/ });

/** An id, or a document that says its id. */
const reference = z
  .union([webAddress, z.looseObject({ id: webAddress })])
  .transform((value) => (typeof value === "string" ? value : value.id));

const dateTime = z.iso.datetime({ offset: true, local: true });

/** Open Badges 2.0 Assertion: what it must have. */
const AssertionSchema = z.looseObject({
  type: oneOrMore.refine((types) => types.includes("Assertion")),
  id: webAddress,
  recipient: z.object({
    type: z.string(),
    identity: z.string(),
    hashed: z.boolean().default(false),
    salt: z.string().optional(),
  }),
  badge: reference,
  issuedOn: dateTime,
  expires: dateTime.optional(),
  verification: z.looseObject({ type: oneOrMore }),
  revoked: z.boolean().optional(),
});

/** Open Badges 2.0 BadgeClass. */
export const BadgeClassSchema = z.looseObject({
  type: oneOrMore.refine((types) => types.includes("BadgeClass")),
  id: webAddress,
  name: z.string(),
  description: z.string(),
  issuer: reference,
});

/** Open Badges 2.0 Profile of an issuer. */
export const HostedIssuerSchema = z.looseObject({
  type: oneOrMore.refine((types) => types.some((type) => /^(Issuer|Profile)$/.test(type))),
  id: webAddress,
  name: z.string(),
  verification: z
    .looseObject({
      startsWith: oneOrMore.optional(),
      allowedOrigins: oneOrMore.optional(),
    })
    .optional(),
});

/** An assertion as someone handed it in or as it was fetched; nothing of it is proved. */
export type PresentedAssertion = z.output<typeof AssertionSchema>;

export type AssertionReading =
  | { kind: "assertion"; assertion: PresentedAssertion }
  /** Stripped down to its id, as issuers do on revoking. */
  | { kind: "revoked"; id: string }
  | { kind: "faulty"; sentence: string };

/** Reads Open Badges 2.0; undefined when the text is something else. */
export function readPresentedAssertion(text: string): AssertionReading | undefined {
  if (!text.trimStart().startsWith("{") || isTooDeep(text)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const about = z
    .looseObject({
      type: oneOrMore.optional(),
      revoked: z.unknown().optional(),
      id: z.string().optional(),
    })
    .safeParse(json);
  if (about.data?.type?.includes("Assertion") !== true) return undefined;
  if (about.data.revoked === true) return { kind: "revoked", id: about.data.id ?? "" };
  const assertion = AssertionSchema.safeParse(json);
  if (assertion.success) return { kind: "assertion", assertion: assertion.data };
  const field = assertion.error.issues[0]?.path.join(".") ?? "";
  return {
    kind: "faulty",
    sentence: `This is an Open Badges 2.0 assertion, but ${field} is missing or not as it should be.`,
  };
}
