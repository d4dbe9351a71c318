import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import jwt from "jsonwebtoken";
import type { SigningFault } from "./faults.js";

type SigningKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject };

/** The platform's own keys. The last one signs; all of them are published. */
export type SigningKeys = {
  publishedKeys(): JsonWebKey[];
  sign(claims: object, fault?: SigningFault): string;
  rotate(withdrawOld: boolean): void;
  /** The claims of a token this platform signed itself, or undefined. */
  findOwnClaims(token: string, now: Date): Record<string, unknown> | undefined;
};

// Making a 2048-bit key takes long enough to notice, so platforms of one process share the first.
let firstKey: SigningKey | undefined;
let strangerKey: SigningKey | undefined;

function generateKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const kid = createHash("sha256").update(spki).digest("hex").slice(0, 20);
  return { kid, privateKey, publicKey };
}

function getStrangerKey(): SigningKey {
  return (strangerKey ??= generateKey());
}

export function createSigningKeys(): SigningKeys {
  const keys: SigningKey[] = [];
  const currentKey = (): SigningKey => {
    const last = keys.at(-1);
    if (last) return last;
    firstKey ??= generateKey();
    keys.push(firstKey);
    return firstKey;
  };
  return {
    publishedKeys: () => {
      currentKey();
      return keys.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: "jwk" }),
        kid,
        alg: "RS256",
        use: "sig",
      }));
    },
    sign: (claims, fault = "platform-key") => signClaims(claims, { key: currentKey(), fault }),
    rotate: (withdrawOld) => {
      currentKey();
      if (withdrawOld) keys.length = 0;
      keys.push(generateKey());
    },
    findOwnClaims: (token, now) => {
      try {
        const claims = jwt.verify(token, currentKey().publicKey, {
          algorithms: ["RS256"],
          clockTimestamp: Math.floor(now.getTime() / 1000),
        });
        return typeof claims === "string" ? undefined : claims;
      } catch {
        return undefined;
      }
    },
  };
}

function signClaims(claims: object, by: { key: SigningKey; fault: SigningFault }): string {
  const { kid, privateKey, publicKey } = by.key;
  switch (by.fault) {
    case "platform-key":
      return jwt.sign(claims, privateKey, { algorithm: "RS256", keyid: kid });
    case "unknown-key": {
      const stranger = getStrangerKey();
      return jwt.sign(claims, stranger.privateKey, { algorithm: "RS256", keyid: stranger.kid });
    }
    case "forged-kid":
      return jwt.sign(claims, getStrangerKey().privateKey, { algorithm: "RS256", keyid: kid });
    case "no-kid":
      return jwt.sign(claims, privateKey, { algorithm: "RS256" });
    case "hs256":
      return jwt.sign(claims, publicKey.export({ type: "spki", format: "pem" }), {
        algorithm: "HS256",
        keyid: kid,
      });
    case "none":
      return jwt.sign(claims, "", { algorithm: "none", keyid: kid });
  }
}
