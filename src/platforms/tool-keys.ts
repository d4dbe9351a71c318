import {
  calculateJwkThumbprint,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import type { SealedBox } from "../sealed-box.js";
import type { ToolKey, ToolKeyStore } from "./tool-key-store.js";

const ALGORITHM = "RS256";
/** How long a process goes without looking whether another one has made a new key. */
const FRESH_MS = 60_000;

/** What Rosette signs its messages to LMSes with (token requests, Deep Linking responses). */
export type ToolKeys = {
  /** The public keys (RFC 7517), newest first; the first call ever makes a key. */
  jwks(): Promise<{ keys: JWK[] }>;
  /** Signs with the newest key, RS256, `kid` in the header. All claims come from the caller. */
  sign(claims: JWTPayload): Promise<string>;
};

type Needs = {
  keys: Pick<ToolKeyStore, "addOnce" | "listAll">;
  sealedBox: SealedBox;
  now: () => Date;
};

const purposeOf = (kid: string): string => `tool-key:${kid}`;

async function makeKey(needs: Needs, generation: number): Promise<ToolKey> {
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true });
  const publicPart = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    id: kid,
    generation,
    publicJwk: { ...publicPart, kid, alg: ALGORITHM, use: "sig" },
    sealedPrivateJwk: needs.sealedBox.seal(privateJwk, purposeOf(kid)),
    createdAt: needs.now(),
  };
}

export function createToolKeys(needs: Needs): ToolKeys {
  let known: { keys: [ToolKey, ...ToolKey[]]; readAt: number } | undefined;
  let reading: Promise<[ToolKey, ...ToolKey[]]> | undefined;
  let signing: { kid: string; key: CryptoKey | Uint8Array } | undefined;

  async function readKeys(): Promise<[ToolKey, ...ToolKey[]]> {
    const [newest, ...older] = await needs.keys.listAll();
    if (newest === undefined) {
      // Whoever inserts generation 1 first wins; the others read what it made.
      await needs.keys.addOnce(await makeKey(needs, 1));
      return await readKeys();
    }
    known = { keys: [newest, ...older], readAt: needs.now().getTime() };
    return known.keys;
  }

  async function currentKeys(): Promise<[ToolKey, ...ToolKey[]]> {
    if (known !== undefined && needs.now().getTime() - known.readAt < FRESH_MS) return known.keys;
    reading ??= readKeys().finally(() => {
      reading = undefined;
    });
    return await reading;
  }

  async function signingKey(): Promise<{ kid: string; key: CryptoKey | Uint8Array }> {
    const [{ id: kid, sealedPrivateJwk }] = await currentKeys();
    if (signing?.kid !== kid) {
      const opened = needs.sealedBox.open(sealedPrivateJwk, purposeOf(kid));
      signing = { kid, key: await importJWK(JSON.parse(opened) as JWK, ALGORITHM) };
    }
    return signing;
  }

  return {
    async jwks() {
      return { keys: (await currentKeys()).map((key) => key.publicJwk) };
    },
    async sign(claims) {
      const { kid, key } = await signingKey();
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
        .sign(key);
    },
  };
}
