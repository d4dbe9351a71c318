import {
  createHmac,
  createSign,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Claims } from "./attack.js";

type Header = Record<string, unknown>;

/** A platform that signs whatever it is told to, and says how often it was asked for its keys. */
export type SimulatedPlatform = {
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  kid: string;
  publicKeyPem: string;
  publicJwk: JsonWebKey;
  /** Signs as it should, with these changes to the header. */
  sign(claims: Claims, header?: Header): string;
  /** Signs with a key that is not published. */
  forge(claims: Claims, header?: Header): string;
  stop(): Promise<void>;
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

// One pair each for the process: making them takes long enough to notice.
const pairs = new Map<string, { publicKey: KeyObject; privateKey: KeyObject }>();
function pairOf(name: string): { publicKey: KeyObject; privateKey: KeyObject } {
  const pair = pairs.get(name) ?? generateKeyPairSync("rsa", { modulusLength: 2048 });
  pairs.set(name, pair);
  return pair;
}

/** A key that no platform publishes, as an attacker would bring it along. */
export const strangerJwk = (): JsonWebKey => pairOf("stranger").publicKey.export({ format: "jwk" });

/** A compact JWS with any header and any way of signing. */
export function compactToken(
  header: Header,
  claims: Claims,
  signature: (input: string) => string,
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signature(input)}`;
}

export const hmacWith =
  (secret: string) =>
  (input: string): string =>
    createHmac("sha256", secret).update(input).digest("base64url");

const rsaWith =
  (key: KeyObject, digest = "RSA-SHA256") =>
  (input: string): string =>
    createSign(digest).update(input).sign(key, "base64url");

/** Signs with SHA-512 under the published key. */
export const signRs512 = (claims: Claims, kid: string): string =>
  compactToken({ alg: "RS512", kid }, claims, rsaWith(pairOf("first").privateKey, "RSA-SHA512"));

/** What a platform answers when it is asked for its keys; `good` is what it should. */
export type AnswerKeys = (good: { keys: JsonWebKey[] }) => RequestListener;

const answerWell: AnswerKeys = (good) => (_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(good));
};

/** Starts on a free loopback port. @param name platforms of one name share their key */
export async function startSimulatedPlatform(
  name: string,
  answerKeys: AnswerKeys = answerWell,
): Promise<SimulatedPlatform> {
  const { publicKey, privateKey } = pairOf(name);
  const kid = `key-${name}`;
  const publicJwk = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
  const server = createServer(answerKeys({ keys: [publicJwk] }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const header = { alg: "RS256", typ: "JWT", kid };
  return {
    ...{ issuer: url, authorizationUrl: `${url}/auth`, tokenUrl: `${url}/token` },
    ...{ jwksUrl: `${url}/jwks`, kid, publicJwk },
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (claims, changes) => compactToken({ ...header, ...changes }, claims, rsaWith(privateKey)),
    forge: (claims, changes) =>
      compactToken({ ...header, ...changes }, claims, rsaWith(pairOf("stranger").privateKey)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
