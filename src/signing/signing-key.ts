import type { KeyObject } from "node:crypto";
import type { KeyAlgorithm } from "./key-algorithm.js";

/** A key pair in use. Crosses between threads without its octets being copied. */
export type SigningKey = {
  /** DID URL under which verifiers find the public key. */
  url: string;
  privateKey: KeyObject;
  /** As it is published: every fresh signature is held against it. */
  publicKey: KeyObject;
};

/** The keys with which an issuer signs now. */
export type SigningKeySet = Record<KeyAlgorithm, SigningKey>;

/** Our own signature does not verify with the key we publish, as after a botched restore. */
export class FreshSignatureError extends Error {
  constructor() {
    super("A fresh signature does not verify with the issuer's public key; nothing was stored");
    this.name = "FreshSignatureError";
  }
}
