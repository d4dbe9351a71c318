import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts what is secret or personal (private keys, licences) for storage. */
export type SealedBox = {
  /** @param purpose bound to the secret: what was sealed for one purpose opens for no other */
  seal(secret: string, purpose: string): string;
  /** @throws Error when the key, the purpose or the text is not the one it was sealed with */
  open(sealed: string, purpose: string): string;
  /** The same for a file: iv, tag and ciphertext, one after another. */
  sealBytes(secret: Uint8Array, purpose: string): Buffer;
  openBytes(sealed: Uint8Array, purpose: string): Buffer;
  /**
   * The same for the same text and purpose, and without the key no way to it from any text
   * (HMAC-SHA-256 under a key derived for the purpose).
   */
  fingerprint(text: string, purpose: string): string;
};

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D). The sealed text is base64url of iv, tag and ciphertext.
 * @param keyHex 64 hexadecimal digits
 */
export function createSealedBox(keyHex: string): SealedBox {
  const key = Buffer.from(keyHex, "hex");
  const sealBytes = (secret: Uint8Array, purpose: string): Buffer => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  };
  const openBytes = (sealed: Uint8Array, purpose: string): Buffer => {
    const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(purpose))
      .setAuthTag(tag);
    const opened = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]);
  };
  return {
    sealBytes,
    openBytes,
    seal(secret, purpose) {
      return sealBytes(Buffer.from(secret), purpose).toString("base64url");
    },
    open(sealed, purpose) {
      return openBytes(Buffer.from(sealed, "base64url"), purpose).toString("utf8");
    },
    fingerprint(text, purpose) {
      const derived = hkdfSync("sha256", key, "", `fingerprint:${purpose}`, 32);
      return createHmac("sha256", Buffer.from(derived)).update(text).digest("base64url");
    },
  };
}
