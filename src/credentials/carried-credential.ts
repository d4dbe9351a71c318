/** What a picture or a document was found to carry; only `found` leaves something to check. */
export type CarriedCredential =
  | { kind: "found"; text: string }
  | { kind: "none" | "several" | "compressed" | "has-entities" | "unreadable" | "too-large" };
