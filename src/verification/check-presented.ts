import { checkDocument, type DocumentNeeds } from "./check-document.js";
import { type Carrier, type PresentedFile, readPresentedFile } from "./presented-file.js";
import { readPresentedText } from "./presented-text.js";
import { check, reportOf } from "./verification-report.js";
import type { Credential } from "../credentials/credential.js";
import type { SignedForms } from "../signing/sign-credential.js";
import { type Verification, verifyCredential } from "./verify-credential.js";
import type { VerifyNeeds } from "./within-budget.js";

/** What came of handing something in: a report, or why there was nothing to check. */
export type PresentedOutcome =
  | ({ kind: "checked"; carrier?: Carrier } & Verification)
  | { kind: "file-refused"; sentence: string }
  | { kind: "nothing-given" }
  | { kind: "not-found" }
  | { kind: "not-shared" };

const unanswered: PresentedOutcome = {
  kind: "checked",
  credential: undefined,
  report: reportOf([
    check(
      "syntax",
      "unknown",
      "No credential could be read at this address. Paste the credential itself, or choose its file.",
    ),
  ]),
};

/** How a place on the web says that what stood there was withdrawn (Open Badges 2.0). */
const gone: PresentedOutcome = {
  kind: "checked",
  credential: undefined,
  report: reportOf([
    check("status", "invalid", "It was withdrawn: its own address says that it is gone."),
  ]),
};

type TextNeeds = VerifyNeeds & {
  /** The signed learner record of a certificate, with what else its learner shares. */
  getLearnerRecord: (
    certificate: Credential,
    reader: "others",
  ) => Promise<Pick<SignedForms, "jwtRs256">>;
};

/**
 * Checks whatever a verifier has in hand: the credential itself, its address here or its id.
 * A private credential is checked only when it is itself handed in.
 */
export async function checkPresented(
  needs: TextNeeds,
  presented: { text: string; recipient: string | undefined },
): Promise<PresentedOutcome> {
  const { recipient } = presented;
  const reading = readPresentedText(needs.addresses, presented.text);
  switch (reading.kind) {
    case "empty":
      return { kind: "nothing-given" };
    case "other-address": {
      const answer = await needs.fetchDocument(reading.url);
      if (answer.kind === "gone") return gone;
      if (answer.kind !== "json" && answer.kind !== "text") return unanswered;
      const text = answer.text.trim();
      return { kind: "checked", ...(await verifyCredential(needs, { text, recipient })) };
    }
    case "credential":
      return {
        kind: "checked",
        ...(await verifyCredential(needs, { text: reading.text, recipient })),
      };
    case "own-record":
    case "own-credential": {
      const stored = await needs.credentials.findById(reading.credentialId);
      if (stored === undefined) return { kind: "not-found" };
      if (stored.visibility === "private") return { kind: "not-shared" };
      const { jwtRs256: text } =
        reading.kind === "own-record"
          ? await needs.getLearnerRecord(stored, "others")
          : stored.forms;
      return { kind: "checked", ...(await verifyCredential(needs, { text, recipient })) };
    }
  }
}

type FileNeeds = VerifyNeeds & DocumentNeeds;

export type PresentNeeds = TextNeeds & FileNeeds;

/** Checks the credential in a file. The file is read here and kept nowhere. */
export async function checkPresentedFile(
  needs: FileNeeds,
  presented: { file: PresentedFile; recipient: string | undefined },
): Promise<PresentedOutcome> {
  const { file, recipient } = presented;
  const reading = readPresentedFile(file);
  if (reading.kind === "refused") return { kind: "file-refused", sentence: reading.sentence };
  const { text, carrier } = reading;
  const verification = await verifyCredential(needs, { text, recipient });
  if (carrier !== "pdf") return { kind: "checked", carrier, ...verification };
  const { report, credential } = verification;
  const document = await checkDocument(needs, file.bytes, credential);
  return {
    ...{ kind: "checked", carrier, ...verification },
    report: reportOf([...report.checks, document]),
  };
}
