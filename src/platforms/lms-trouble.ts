import { type ErrorCode, ToolError } from "../errors.js";

/** What went wrong in a talk with an LMS, as closely as we can tell, and what that is refused as. */
const codeOf = {
  // The address
  "address-not-web": "platform-refused",
  "address-unencrypted": "platform-address-private",
  "address-private": "platform-address-private",
  // On the way there
  "host-unknown": "platform-unreachable",
  "connection-refused": "platform-unreachable",
  "no-way-there": "platform-unreachable",
  "timed-out": "platform-unreachable",
  "certificate-expired": "platform-unreachable",
  "certificate-of-another": "platform-unreachable",
  "certificate-untrusted": "platform-unreachable",
  "encryption-failed": "platform-unreachable",
  "connection-broken": "platform-unreachable",
  // By its status
  redirected: "platform-refused",
  forbidden: "platform-refused",
  "not-there": "platform-refused",
  refused: "platform-refused",
  busy: "platform-busy",
  "server-error": "platform-unreachable",
  // By what it holds
  "too-long": "platform-answer-unreadable",
  "not-json": "platform-answer-unreadable",
  "no-key-set": "platform-answer-unreadable",
  "key-set-empty": "platform-answer-unreadable",
  "key-set-unusable": "platform-answer-unreadable",
  "no-token": "platform-answer-unreadable",
  // No token, and the LMS says why (RFC 6749 §5.2)
  "invalid-request": "platform-refused",
  "invalid-client": "platform-refused",
  "invalid-grant": "platform-refused",
  "unauthorized-client": "platform-refused",
  "unsupported-grant-type": "platform-refused",
  "invalid-scope": "platform-refused",
} as const satisfies Record<string, ErrorCode>;

export type LmsTrouble = keyof typeof codeOf;

export const lmsTroubles = Object.keys(codeOf) as LmsTrouble[];

/** A talk with an LMS that came to nothing. */
export class LmsError extends ToolError {
  readonly trouble: LmsTrouble;

  constructor(
    trouble: LmsTrouble,
    options: { detail?: string; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(codeOf[trouble], options);
    this.name = "LmsError";
    this.trouble = trouble;
  }
}

const byErrorCode: Record<string, LmsTrouble> = {
  ENOTFOUND: "host-unknown",
  EAI_AGAIN: "host-unknown",
  ECONNREFUSED: "connection-refused",
  EHOSTUNREACH: "no-way-there",
  ENETUNREACH: "no-way-there",
  EACCES: "no-way-there",
  EPERM: "no-way-there",
  ETIMEDOUT: "timed-out",
  ABORT_ERR: "timed-out",
  CERT_HAS_EXPIRED: "certificate-expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-of-another",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-untrusted",
  CERT_UNTRUSTED: "certificate-untrusted",
  CERT_NOT_YET_VALID: "certificate-untrusted",
  EPROTO: "encryption-failed",
};

/** What became of a connection, by the error that Node.js gave. */
export function troubleOfConnection(error: unknown): LmsTrouble {
  const said = error instanceof Error && "code" in error ? error.code : undefined;
  const code = typeof said === "string" ? said : "";
  if (Object.hasOwn(byErrorCode, code)) return byErrorCode[code] ?? "connection-broken";
  return /^ERR_(SSL|TLS)_/.test(code) ? "encryption-failed" : "connection-broken";
}
