import { z } from "zod";
import { type CompactJws, parseCompactJws } from "../signing/compact-jws.js";

/** Longest credential that is looked at, in characters. */
export const CREDENTIAL_MAX_CHARACTERS = 100_000;

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item)]).transform((value) => (Array.isArray(value) ? value : [value]));

const dateTime = z.iso.datetime({ offset: true });

const IdentitySchema = z.object({
  identityType: z.string(),
  hashed: z.boolean(),
  identityHash: z.string(),
  salt: z.string().optional(),
});

const SubjectSchema = z
  .looseObject({
    id: z.string().optional(),
    type: oneOrMore(z.string()).refine((types) => types.includes("AchievementSubject")),
    identifier: oneOrMore(IdentitySchema).optional(),
    achievement: z.looseObject({
      id: z.string(),
      type: oneOrMore(z.string()).refine((types) => types.includes("Achievement")),
      name: z.string(),
      description: z.string(),
      criteria: z
        .looseObject({ id: z.string().optional(), narrative: z.string().optional() })
        .refine((criteria) => criteria.id !== undefined || criteria.narrative !== undefined),
    }),
  })
  .refine((subject) => subject.id !== undefined || (subject.identifier?.length ?? 0) > 0);

const issuer = z.union([
  z.string().transform((id) => ({ id, name: undefined })),
  z.looseObject({ id: z.string(), name: z.string().optional() }),
]);

/** What an OpenBadgeCredential must have (OB 3.0 §B.1.2), and nothing about what it may have. */
const CredentialSchema = z.looseObject({
  "@context": z
    .array(z.unknown())
    .refine(
      ([first, second]) =>
        first === "https://www.w3.org/ns/credentials/v2" &&
        typeof second === "string" &&
        second.startsWith("https://purl.imsglobal.org/spec/ob/v3p0/context"),
    ),
  id: z.string(),
  type: z
    .array(z.string())
    .refine(
      (types) =>
        types.includes("VerifiableCredential") &&
        (types.includes("OpenBadgeCredential") || types.includes("AchievementCredential")),
    ),
  issuer,
  validFrom: dateTime,
  validUntil: dateTime.optional(),
  credentialSubject: SubjectSchema,
  credentialStatus: z.unknown().optional(),
});

const ClaimsSchema = z.looseObject({
  iss: z.string(),
  jti: z.string(),
  nbf: z.number(),
  sub: z.string().optional(),
  exp: z.number().optional(),
});

/** A credential as someone handed it in: of the right shape, and otherwise unproved. */
export type PresentedCredential = z.output<typeof CredentialSchema> & { jws: CompactJws };

export type CredentialReading =
  { kind: "readable"; credential: PresentedCredential } | { kind: "unreadable"; sentence: string };

const unreadable = (sentence: string): CredentialReading => ({ kind: "unreadable", sentence });

const sameMoment = (dateTimeText: string, seconds: number): boolean =>
  Math.floor(Date.parse(dateTimeText) / 1000) === Math.floor(seconds);

/** The claims of the envelope that must repeat the credential (OB 3.0 §8.2.6.1). */
function disagreement(
  credential: z.output<typeof CredentialSchema>,
  claims: z.output<typeof ClaimsSchema>,
): "iss" | "jti" | "sub" | "nbf" | "exp" | undefined {
  const { validUntil } = credential;
  if (claims.iss !== credential.issuer.id) return "iss";
  if (claims.jti !== credential.id) return "jti";
  if (claims.sub !== credential.credentialSubject.id) return "sub";
  if (!sameMoment(credential.validFrom, claims.nbf)) return "nbf";
  const sameEnd =
    validUntil === undefined || claims.exp === undefined
      ? validUntil === undefined && claims.exp === undefined
      : sameMoment(validUntil, claims.exp);
  return sameEnd ? undefined : "exp";
}

/** Reads a VC-JWT, once, into a shape that the checks can rely on. */
export function readPresentedCredential(text: string): CredentialReading {
  if (text.length > CREDENTIAL_MAX_CHARACTERS)
    return unreadable("This is longer than a credential may be.");
  const jws = parseCompactJws(text);
  if (jws === undefined) {
    return unreadable(
      "This is no credential: it is not three parts joined by dots, as a VC-JWT is.",
    );
  }
  const credential = CredentialSchema.safeParse(jws.payload);
  if (!credential.success) {
    const field = credential.error.issues[0]?.path.join(".") ?? "";
    return unreadable(
      `This is signed text, but no Open Badge: ${field} is missing or not as it should be.`,
    );
  }
  const claims = ClaimsSchema.safeParse(jws.payload);
  const differs = claims.success
    ? disagreement(credential.data, claims.data)
    : claims.error.issues[0]?.path.join(".");
  if (differs !== undefined) {
    return unreadable(`The envelope and the credential in it do not agree about ${differs}.`);
  }
  return { kind: "readable", credential: { ...credential.data, jws } };
}
