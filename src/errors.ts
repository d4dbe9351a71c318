import {
  askAdministrator,
  openAgain,
  launchErrorTexts,
  type ErrorText,
} from "./launch-error-texts.js";

/**
 * Every way in which Rosette refuses, by code. The codes are stable: they stand in events,
 * logs, error pages and problem details (RFC 9457).
 */
const errorTexts = {
  // Anything
  "not-found": {
    status: 404,
    title: "This page does not exist",
    advice: "Check the address, or go back and follow the link again.",
  },
  "credential-not-shared": {
    status: 404,
    title: "The holder has not shared this credential",
    advice: "If you were given this address, ask the holder to share the credential by link.",
  },
  "credential-being-made": {
    status: 503,
    title: "This credential is being made ready",
    advice: "It is being signed as it is to be shown. Try again in a moment.",
  },
  "credential-on-hold": {
    status: 404,
    title: "This credential is on hold",
    advice: "Its issuer has put it on hold. It is here again when the issuer lets it go on.",
  },
  "form-invalid": {
    status: 422,
    title: "Some entries need another look",
    advice: "Go back, correct the marked fields and send the form again.",
  },
  "form-expired": {
    status: 403,
    title: "This form is too old",
    advice: "Nothing was saved. Open the page again and repeat your change.",
  },
  "request-too-large": {
    status: 413,
    title: "That was more than Rosette takes at once",
    advice: "Send less, or split it into parts.",
  },
  "too-many-requests": {
    status: 429,
    title: "That was too much at once",
    advice: "Nothing is lost. Wait a minute, then try again.",
  },
  "request-malformed": {
    status: 400,
    title: "Rosette could not read that request",
    advice: "Go back and try again. If it happens again, show this page to your administrator.",
  },
  "store-unavailable": {
    status: 503,
    title: "Rosette cannot reach its records just now",
    advice: "Nothing is lost. Try again in a minute.",
  },
  unexpected: {
    status: 500,
    title: "Something went wrong on our side",
    advice: "Try again. If it happens again, report the reference below.",
  },
  // Who may
  "session-missing": {
    status: 401,
    title: "Your visit has ended",
    advice: openAgain,
  },
  "not-allowed": {
    status: 403,
    title: "This page is not for your role",
    advice: "If you think it should be, ask your administrator.",
  },
  "code-invalid": {
    status: 403,
    title: "This code or link has been used, has run out, or never existed",
    advice: "Ask for a new one.",
  },
  "backpack-closed": {
    status: 401,
    title: "Your backpack is not open in this browser",
    advice: "Open Rosette from your LMS, go to your backpack and make a link for this browser.",
  },
  "cookies-blocked": {
    status: 401,
    title: "Your browser did not keep Rosette's cookie",
    advice:
      "Allow cookies for this site in your browser's settings, or use another browser, then open Rosette from your course once more.",
  },
  ...launchErrorTexts,
  // Results that are pushed
  "push-signature-missing": {
    status: 401,
    title: "The request is not signed as it must be",
    advice:
      "Send Rosette-Key, Rosette-Timestamp, Rosette-Nonce (16 to 100 characters) and Rosette-Signature.",
  },
  "push-expired": {
    status: 401,
    title: "The request's time is more than five minutes off",
    advice: "Set the sender's clock, and sign each request anew when it is sent.",
  },
  "push-signature-wrong": {
    status: 401,
    title: "The signature does not fit, or the key is not in force",
    advice: "Sign the body byte for byte as it is sent, with a key that has not been revoked.",
  },
  "push-replayed": {
    status: 409,
    title: "A request with this nonce was taken already",
    advice:
      "Sign again with a new nonce and the time of now. Results that are in are not stored twice.",
  },
  "push-batch-malformed": {
    status: 422,
    title: "The body is not a list of results",
    advice: 'Send JSON of the form {"results": […]} with 1 to 1,000 results.',
  },
  "push-batch-too-long": {
    status: 413,
    title: "That was more than 1,000 results at once",
    advice: "Send them in several requests. Nothing of this one was stored.",
  },
  "import-unreadable": {
    status: 422,
    title: "Rosette cannot read this file",
    advice: "Save it as CSV in UTF-8, with the columns that the page names in its first line.",
  },
  // Platforms and their services
  "platform-already-registered": {
    status: 409,
    title: "This LMS is registered already",
    advice: "Look at the list of platforms, and change or remove the one that is there.",
  },
  "platform-speaks-for-another": {
    status: 409,
    title: "This LMS would speak for another one that is registered",
    advice:
      "Nothing was changed. If the LMS has moved, an administrator changes its addresses under Platforms. If both are right, whoever runs Rosette can register it.",
  },
  "registration-refused": {
    status: 400,
    title: "The LMS could not be registered",
    advice: askAdministrator,
  },
  "platform-address-private": {
    status: 502,
    title: "The LMS gave an address inside a private network",
    advice: "If your LMS does stand there, Rosette has to be started with ALLOW_PRIVATE_PLATFORMS.",
  },
  "platform-unreachable": {
    status: 502,
    title: "The LMS did not answer",
    advice: "Nothing is lost. Rosette tries again by itself.",
  },
  "platform-refused": {
    status: 502,
    title: "The LMS refused what Rosette asked",
    advice: askAdministrator,
  },
  "platform-answer-unreadable": {
    status: 502,
    title: "The LMS gave an answer that Rosette cannot read",
    advice: askAdministrator,
  },
  "platform-busy": {
    status: 503,
    title: "The LMS asked Rosette to slow down",
    advice: "Nothing is lost. Rosette tries again by itself.",
  },
  "work-overtaken": {
    status: 503,
    title: "Rosette is at the same thing already",
    advice: "Nothing is lost. Rosette tries again by itself in a moment.",
  },
  "score-conflict": {
    status: 409,
    title: "The LMS holds a newer grade",
    advice: "The grade in the LMS stands. Rosette reads it before it sends anything.",
  },
} as const satisfies Record<string, ErrorText>;

/** A code from the closed list above. */
export type ErrorCode = keyof typeof errorTexts;

/** The text for a code, as the error page shows it. */
export const errorText = (code: ErrorCode): ErrorText => errorTexts[code];

export const errorCodes = Object.keys(errorTexts) as ErrorCode[];

/**
 * The one error that Rosette throws on purpose. `message` is for logs and never holds personal
 * data or secrets; what people read comes from the code's text.
 */
export class ToolError extends Error {
  readonly code: ErrorCode;
  /** What the message says beside the code. */
  readonly detail: string | undefined;
  /** How long to wait before the next try; with `platform-busy` only. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    options: { detail?: string; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(options.detail === undefined ? code : `${code}: ${options.detail}`, {
      cause: options.cause,
    });
    this.name = "ToolError";
    this.code = code;
    this.detail = options.detail;
    this.retryAfterMs = options.retryAfterMs;
  }
}
