import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts small secrets (private keys, licence numbers) for storage. */
export type SealedBox = {
  /** @param purpose bound to the secret: what was sealed for one purpose opens for no other */
  seal(secret: string, purpose: string): string;
  /** @throws Error when the key, the purpose or the text is not the one it was sealed with */
  open(sealed: string, purpose: string): string;
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
  return {
    seal(secret, purpose) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
    },
    fingerprint(text, purpose) {
      const derived = hkdfSync("sha256", key, "", `fingerprint:${purpose}`, 32);
      return createHmac("sha256", Buffer.from(derived)).update(text).digest("base64url");
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, "base64url");
      const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag);
      const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString("utf8");
    },
  };
}
