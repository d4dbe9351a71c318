import { readPresentedText } from "./presented-text.js";
import { reportOf } from "./verification-report.js";
import { type Verification, verifyCredential, type VerifyNeeds } from "./verify-credential.js";

/** What came of handing something in: a report, or why there was nothing to check. */
export type PresentedOutcome =
  | ({ kind: "checked" } & Verification)
  | { kind: "nothing-given" }
  | { kind: "not-found" }
  | { kind: "not-shared" };

const elsewhere: PresentedOutcome = {
  kind: "checked",
  credential: undefined,
  report: reportOf([
    {
      name: "syntax",
      outcome: "unknown",
      sentence:
        "This address is not of this installation. Rosette cannot reach other issuers yet; paste the credential itself to check what can be checked.",
    },
  ]),
};

/**
 * Checks whatever a verifier has in hand: the credential itself, its address here or its id.
 * A private credential is checked only when it is itself handed in.
 */
export async function checkPresented(
  needs: VerifyNeeds,
  presented: { text: string; recipientEmail: string | undefined },
): Promise<PresentedOutcome> {
  const { recipientEmail } = presented;
  const reading = readPresentedText(needs.addresses, presented.text);
  switch (reading.kind) {
    case "empty":
      return { kind: "nothing-given" };
    case "other-address":
      return elsewhere;
    case "credential":
      return {
        kind: "checked",
        ...(await verifyCredential(needs, { jwt: reading.jwt, recipientEmail })),
      };
    case "own-credential": {
      const stored = await needs.credentials.findById(reading.credentialId);
      if (stored === undefined) return { kind: "not-found" };
      if (stored.visibility === "private") return { kind: "not-shared" };
      return {
        kind: "checked",
        ...(await verifyCredential(needs, { jwt: stored.forms.jwtRs256, recipientEmail })),
      };
    }
  }
}
