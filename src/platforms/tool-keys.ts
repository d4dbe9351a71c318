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
import {
  findSigningKey,
  listPublishedKeys,
  publishedAheadMs,
  type ToolKey,
  toolKeyPurpose,
} from "./tool-key.js";
import type { ToolKeyStore } from "./tool-key-store.js";

const ALGORITHM = "RS256";
/** How long a process goes without looking whether another one has made a new key. */
const FRESH_MS = 60_000;

/** What Rosette signs its messages to LMSes with (token requests, Deep Linking responses). */
export type ToolKeys = {
  /** The public keys (RFC 7517), newest first; the first call ever makes a key. */
  jwks(): Promise<{ keys: JWK[] }>;
  /**
   * Signs with the key that is due for an LMS, RS256, `kid` in the header. All claims come from
   * the caller.
   */
  sign(claims: JWTPayload, platformId?: string): Promise<string>;
  /** Makes and publishes the key that signs for everybody after a while; answers with it. */
  rotate(): Promise<ToolKey>;
  /** Takes over a private key (RSA) that one LMS knows from another tool; once for each `kid`. */
  bring(platformId: string, privateJwk: JWK & { kid: string }): Promise<void>;
  /** Every key there is, newest first. */
  list(): Promise<ToolKey[]>;
};

type Needs = {
  keys: Pick<ToolKeyStore, "addOnce" | "listAll">;
  sealedBox: SealedBox;
  now: () => Date;
};

/** A key pair as it is kept; made off the main thread. */
async function makeKey(needs: Needs, generation: number): Promise<ToolKey> {
  const pair = await generateKeyPair(ALGORITHM, { modulusLength: 2048, extractable: true });
  const publicPart = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
  return {
    id: kid,
    generation,
    publicJwk: { ...publicPart, kid, alg: ALGORITHM, use: "sig" },
    sealedPrivateJwk: needs.sealedBox.seal(privateJwk, toolKeyPurpose(kid)),
    createdAt: needs.now(),
  };
}

const isCommon = ({ platformId }: ToolKey): boolean => platformId === undefined;

export function createToolKeys(needs: Needs): ToolKeys {
  let known: { keys: ToolKey[]; readAt: number } | undefined;
  let reading: Promise<ToolKey[]> | undefined;
  const opened = new Map<string, CryptoKey | Uint8Array>();

  async function readKeys(): Promise<ToolKey[]> {
    const keys = await needs.keys.listAll();
    if (!keys.some(isCommon)) {
      // Whoever inserts this generation first wins; the others read what it made.
      await needs.keys.addOnce(await makeKey(needs, (keys[0]?.generation ?? 0) + 1));
      return await readKeys();
    }
    known = { keys, readAt: needs.now().getTime() };
    return keys;
  }

  async function currentKeys(): Promise<ToolKey[]> {
    if (known !== undefined && needs.now().getTime() - known.readAt < FRESH_MS) return known.keys;
    reading ??= readKeys().finally(() => {
      reading = undefined;
    });
    return await reading;
  }

  async function openKey({ id: kid, sealedPrivateJwk }: ToolKey): Promise<CryptoKey | Uint8Array> {
    const inHand = opened.get(kid);
    if (inHand !== undefined) return inHand;
    const jwk = needs.sealedBox.open(sealedPrivateJwk, toolKeyPurpose(kid));
    const key = await importJWK(JSON.parse(jwk) as JWK, ALGORITHM);
    opened.set(kid, key);
    return key;
  }

  async function rotate(): Promise<ToolKey> {
    const [newest] = await readKeys();
    const made = await makeKey(needs, (newest?.generation ?? 0) + 1);
    const key = { ...made, signsFrom: new Date(made.createdAt.getTime() + publishedAheadMs) };
    if ((await needs.keys.addOnce(key)) === "already-there") return await rotate();
    known = undefined;
    return key;
  }

  async function bring(platformId: string, privateJwk: JWK & { kid: string }): Promise<void> {
    const keys = await readKeys();
    const { kid, n, e, kty } = privateJwk;
    if (keys.some(({ id }) => id === kid)) return;
    const publicJwk = { ...{ kty, n, e, kid, alg: ALGORITHM, use: "sig" } } as JWK;
    const key = {
      ...{ id: kid, platformId, publicJwk, createdAt: needs.now() },
      generation: (keys[0]?.generation ?? 0) + 1,
      sealedPrivateJwk: needs.sealedBox.seal(JSON.stringify(privateJwk), toolKeyPurpose(kid)),
    };
    known = undefined;
    // Another process took this generation, or brought this key: look again.
    if ((await needs.keys.addOnce(key)) === "already-there") await bring(platformId, privateJwk);
  }

  return {
    bring,
    async jwks() {
      const keys = listPublishedKeys(await currentKeys(), needs.now());
      return { keys: keys.map((key) => key.publicJwk) };
    },
    async sign(claims, platformId) {
      const key = findSigningKey(await currentKeys(), platformId, needs.now());
      if (key === undefined) throw new Error("no key to sign with");
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, kid: key.id, typ: "JWT" })
        .sign(await openKey(key));
    },
    rotate,
    list: readKeys,
  };
}
