import type { PdfSignature } from "../documents/check-pdf-signature.js";
import type { DocumentCertificateStore } from "../issuers/document-certificate-store.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { PresentedCredential } from "./presented-credential.js";
import { type Check, check } from "./verification-report.js";

export type DocumentNeeds = {
  addresses: Pick<PublicAddresses, "issuerIdOf">;
  documentCertificates: Pick<DocumentCertificateStore, "find">;
  /** Done in the document thread. */
  checkPdfSignature: (pdf: Buffer) => Promise<PdfSignature>;
};

/** Whoever asks is not kept longer than this by a PDF that is made to keep them. */
const MOST_MS = 3000;

const found = (outcome: Check["outcome"], sentence: string): Check =>
  check("document", outcome, sentence);

/** What it finds within the time; it finds nothing of what breaks whoever reads it. */
async function signatureOf(
  { checkPdfSignature }: DocumentNeeds,
  pdf: Buffer,
): Promise<PdfSignature | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, MOST_MS, undefined);
  });
  try {
    return await Promise.race([checkPdfSignature(pdf), over]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether a PDF is as the issuer of the credential in it signed it. Certificates of others are not
 * traced back to anybody: that a strange one fits proves that nothing was changed, and no more.
 */
export async function checkDocument(
  needs: DocumentNeeds,
  pdf: Buffer,
  credential: PresentedCredential | undefined,
): Promise<Check> {
  const signature = await signatureOf(needs, pdf);
  if (signature === undefined) return found("unknown", "Its digital signature could not be read.");
  switch (signature.kind) {
    case "none":
      return found("unknown", "Its pages are not signed, so anybody may have changed them.");
    case "broken":
      return found("invalid", "Its pages were changed after they were signed.");
    case "added-to":
      return found("invalid", "Something was added to it after it was signed.");
    case "intact": {
      const issuerId = credential && needs.addresses.issuerIdOf(credential.issuer.id);
      const own =
        issuerId === undefined ? undefined : await needs.documentCertificates.find(issuerId);
      const certificate = Buffer.from(signature.certificateDer).toString("base64");
      if (own?.certificate === certificate) {
        return found("valid", "Its pages are as the credential's issuer signed them.");
      }
      const by = signature.signerName === "" ? "someone" : `“${signature.signerName}”`;
      return found(
        "unknown",
        `Its pages are unchanged since ${by} signed them, but Rosette cannot tell who that is.`,
      );
    }
  }
}
