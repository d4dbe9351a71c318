/**
 * What signs credentials: Ed25519 for Data Integrity (`eddsa-rdfc-2022`), RS256 and ES256 for
 * VC-JWT. Every Open Badges 3.0 verifier must know RS256 (OB 3.0 §8.2.3).
 */
export type KeyAlgorithm = "Ed25519" | "ES256" | "RS256";

export const keyAlgorithms = ["Ed25519", "ES256", "RS256"] as const satisfies KeyAlgorithm[];
