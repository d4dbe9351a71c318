import type { PublicAddresses } from "../issuers/public-addresses.js";
import { isId } from "../stored-record.js";

/** What someone typed or pasted to have it checked. */
export type PresentedText =
  | { kind: "empty" }
  /** A credential of this installation, by its id or one of its addresses. */
  | { kind: "own-credential"; credentialId: string }
  /** The learner record of a certificate of this installation, by its address. */
  | { kind: "own-record"; credentialId: string }
  | { kind: "other-address"; url: string }
  /** Anything else is taken for the credential itself. */
  | { kind: "credential"; text: string };

/** Tells by its form what was handed in. */
export function readPresentedText(addresses: PublicAddresses, given: string): PresentedText {
  const text = given.trim();
  if (text === "") return { kind: "empty" };
  const recordedId = addresses.recordedIdOf(text);
  if (recordedId !== undefined && isId(recordedId)) {
    return { kind: "own-record", credentialId: recordedId };
  }
  const credentialId = addresses.credentialIdOf(text) ?? text.toLowerCase();
  if (isId(credentialId)) return { kind: "own-credential", credentialId };
  if (/^(?:https?|did|urn):\S*$/i.test(text)) return { kind: "other-address", url: text };
  return { kind: "credential", text };
}
