import { z } from "zod";
import { type CompactJws, parseCompactJws } from "../signing/compact-jws.js";

/** Longest credential that is looked at, in characters. */
export const CREDENTIAL_MAX_CHARACTERS = 200_000;

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item)]).transform((value) => (Array.isArray(value) ? value : [value]));

const dateTime = z.iso.datetime({ offset: true });

const IdentitySchema = z.object({
  identityType: z.string(),
  hashed: z.boolean(),
  identityHash: z.string(),
  salt: z.string().optional(),
});

const AchievementSubjectSchema = z
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

/** A record's subject (CLR 2.0 §B.1.4): who, and the credentials in it. */
const ClrSubjectSchema = z
  .looseObject({
    id: z.string().optional(),
    type: oneOrMore(z.string()).refine((types) => types.includes("ClrSubject")),
    identifier: oneOrMore(IdentitySchema).optional(),
    verifiableCredential: z.array(z.unknown()).min(1),
  })
  .refine((subject) => subject.id !== undefined || (subject.identifier?.length ?? 0) > 0);

const badgeTypes = ["OpenBadgeCredential", "AchievementCredential"];

/**
 * What an OpenBadgeCredential (OB 3.0 §B.1.2) or ClrCredential (CLR 2.0 §B.1.1) must have, and
 * nothing about what it may have.
 */
const CredentialSchema = z.looseObject({
  "@context": z
    .array(z.unknown())
    .refine(
      ([first, ...more]) =>
        first === "https://www.w3.org/ns/credentials/v2" &&
        more.some(
          (context) =>
            typeof context === "string" &&
            context.startsWith("https://purl.imsglobal.org/spec/ob/v3p0/context"),
        ),
    ),
  id: z.string(),
  name: z.string().optional(),
  type: z
    .array(z.string())
    .refine(
      (types) =>
        types.includes("VerifiableCredential") &&
        types.some((type) => type === "ClrCredential" || badgeTypes.includes(type)),
    ),
  issuer,
  validFrom: dateTime,
  validUntil: dateTime.optional(),
  credentialSubject: z.union([AchievementSubjectSchema, ClrSubjectSchema]),
  credentialStatus: z.unknown().optional(),
});

const ClaimsSchema = z.looseObject({
  iss: z.string(),
  jti: z.string(),
  nbf: z.number(),
  sub: z.string().optional(),
  exp: z.number().optional(),
});

/** What is to be proved, and the proof that came with it. */
export type Secured =
  | { kind: "jwt"; jws: CompactJws }
  | {
      kind: "data-integrity";
      document: Record<string, unknown>;
      proof: Record<string, unknown>;
    };

/** A credential as someone handed it in: of the right shape, and otherwise unproved. */
export type PresentedCredential = z.output<typeof CredentialSchema> & { secured: Secured };

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

/** Deeper than any credential; what nests further was made to break what reads it. */
const MOST_LEVELS = 64;

/** Whether JSON text nests too deeply, told without building anything of it. */
export function isTooDeep(text: string): boolean {
  let level = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") level += 1;
    else if (token === "]" || token === "}") level -= 1;
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

const faultOfShape = (error: z.ZodError, what: string): CredentialReading => {
  const field = error.issues[0]?.path.join(".") ?? "";
  return unreadable(`${what}, but no Open Badge: ${field} is missing or not as it should be.`);
};

/** JSON with one Data Integrity proof inside. */
function readSecuredJson(text: string): CredentialReading {
  if (isTooDeep(text)) return unreadable("This nests more deeply than a credential may.");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return unreadable("This begins like JSON, but it is none.");
  }
  const { proof, ...document } = json as Record<string, unknown>;
  const credential = CredentialSchema.safeParse(document);
  if (!credential.success) return faultOfShape(credential.error, "This is JSON");
  const proofs = [proof].flat().filter((one) => typeof one === "object" && one !== null);
  // Of several the first that we know; each stands for the document without the others.
  const known =
    proofs.find((one) => "cryptosuite" in one && one.cryptosuite === "eddsa-rdfc-2022") ??
    proofs[0];
  if (known === undefined) {
    return unreadable("This is a credential without a signature, so there is nothing to check.");
  }
  const secured = {
    ...{ kind: "data-integrity" as const, document },
    proof: { ...known },
  };
  return { kind: "readable", credential: { ...credential.data, secured } };
}

/** Reads a credential in either of its signed forms, once, into a shape to rely on. */
export function readPresentedCredential(text: string): CredentialReading {
  if (text.length > CREDENTIAL_MAX_CHARACTERS)
    return unreadable("This is longer than a credential may be.");
  return text.trimStart().startsWith("{") ? readSecuredJson(text) : readSecuredJwt(text);
}

/** Reads a VC-JWT, once, into a shape that the checks can rely on. */
function readSecuredJwt(text: string): CredentialReading {
  if (isTooDeep(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"))) {
    return unreadable("This nests more deeply than a credential may.");
  }
  const jws = parseCompactJws(text);
  if (jws === undefined) {
    return unreadable(
      "This is no credential: neither JSON nor three parts joined by dots, as a VC-JWT is.",
    );
  }
  const credential = CredentialSchema.safeParse(jws.payload);
  if (!credential.success) return faultOfShape(credential.error, "This is signed text");
  const claims = ClaimsSchema.safeParse(jws.payload);
  const differs = claims.success
    ? disagreement(credential.data, claims.data)
    : claims.error.issues[0]?.path.join(".");
  if (differs !== undefined) {
    return unreadable(`The envelope and the credential in it do not agree about ${differs}.`);
  }
  return { kind: "readable", credential: { ...credential.data, secured: { kind: "jwt", jws } } };
}
