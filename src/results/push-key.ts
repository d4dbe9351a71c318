import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A key with which a sender (a quiz tool, a proctoring vendor) signs the results it pushes. Keys
 * of one sender share its result ids, so that a key can be changed while results go on.
 */
export type PushKey = {
  id: string;
  organisationId: string;
  /** Who signs with it, e.g. `Proctoring Ltd`. */
  sender: string;
  /** Sealed for `pushKeyPurpose`; shown once, when it is made. */
  sealedSecret: string;
  createdAt: Date;
  createdBy: string;
  revokedAt: Date | undefined;
};

/** A sealed secret opens under its own key id alone. */
export const pushKeyPurpose = (id: string): string => `push-key:${id}`;

/** 256 random bits as text; the text itself is the HMAC key. */
export const makePushSecret = (): string => randomBytes(32).toString("base64url");

/** How far the sender's clock may be off, and how long a nonce is remembered at least. */
export const signatureLifetimeMs = 5 * 60_000;

/** What a signed request says of itself in its headers. */
export type SignedHeaders = {
  keyId: string;
  /** Seconds since 1970. */
  timestamp: string;
  nonce: string;
  /** `v1=` and 64 hexadecimal digits. */
  signature: string;
};

/** A request as it arrived, the body byte by byte. */
export type SignedRequest = { method: string; path: string; headers: SignedHeaders; body: Buffer };

/**
 * HMAC-SHA256 (RFC 2104) over version, method, path, timestamp, nonce and body, each but the last
 * ended by a line feed: `v1=<64 hexadecimal digits>`.
 */
function signatureOf(
  request: Omit<SignedRequest, "headers">,
  signed: {
    timestamp: string;
    nonce: string;
    secret: string;
  },
): string {
  const { method, path, body } = request;
  const head = ["v1", method, path, signed.timestamp, signed.nonce, ""].join("\n");
  return `v1=${createHmac("sha256", signed.secret).update(head).update(body).digest("hex")}`;
}

/** Compares in the same time however much of the two is equal. */
export function isSignedWith(request: SignedRequest, secret: string): boolean {
  const { timestamp, nonce, signature } = request.headers;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = signatureOf(request, { timestamp, nonce, secret });
  return timingSafeEqual(digest(signature), digest(expected));
}

/** Whether a request was signed about now, by the sender's clock. */
export function isTimely({ timestamp }: Pick<SignedHeaders, "timestamp">, now: Date): boolean {
  if (!/^\d{9,11}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) * 1000 - now.getTime()) <= signatureLifetimeMs;
}

/** A nonce as it may be kept. */
export const isNonce = (nonce: string): boolean => /^[\w.~+/=-]{16,100}$/.test(nonce);
