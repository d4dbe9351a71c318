import type { DocumentSigner } from "../documents/printed-document.js";
import type { SealedBox } from "../sealed-box.js";
import type { DocumentCertificateStore } from "./document-certificate-store.js";
import { type DocumentCertificate, documentKeyPurpose } from "./document-signer.js";

type Made = { certificateDer: Uint8Array; privateKeyPkcs8: Uint8Array };

export type DocumentSignerNeeds = {
  documentCertificates: Pick<DocumentCertificateStore, "addOnce" | "find">;
  documents: {
    makeSigningCertificate: (about: {
      organisationName: string;
      validFrom: Date;
      validUntil: Date;
    }) => Promise<Made>;
  };
  sealedBox: SealedBox;
  now: () => Date;
};

const VALID_YEARS = 30;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

async function makeCertificate(
  needs: DocumentSignerNeeds,
  issuer: { id: string; name: string },
): Promise<DocumentCertificate> {
  const validFrom = needs.now();
  const validUntil = new Date(validFrom);
  validUntil.setUTCFullYear(validUntil.getUTCFullYear() + VALID_YEARS);
  const about = { organisationName: issuer.name, validFrom, validUntil };
  const { certificateDer, privateKeyPkcs8 } = await needs.documents.makeSigningCertificate(about);
  return {
    id: issuer.id,
    certificate: base64(certificateDer),
    sealedPrivateKey: needs.sealedBox.seal(base64(privateKeyPkcs8), documentKeyPurpose(issuer.id)),
    createdAt: validFrom,
  };
}

/**
 * The issuer's certificate for documents; made with its first one. Of several that are made at
 * once, the index keeps one, and all callers get that one.
 */
async function getDocumentCertificate(
  needs: DocumentSignerNeeds,
  issuer: { id: string; name: string },
): Promise<DocumentCertificate> {
  const before = await needs.documentCertificates.find(issuer.id);
  if (before !== undefined) return before;
  await needs.documentCertificates.addOnce(await makeCertificate(needs, issuer));
  const kept = await needs.documentCertificates.find(issuer.id);
  if (kept === undefined) throw new Error("A document certificate was stored but is not there");
  return kept;
}

/** The issuer as the signer of a document, with its key opened. */
export async function getDocumentSigner(
  needs: DocumentSignerNeeds,
  issuer: { id: string; name: string },
  reason: string,
): Promise<DocumentSigner> {
  const kept = await getDocumentCertificate(needs, issuer);
  const key = needs.sealedBox.open(kept.sealedPrivateKey, documentKeyPurpose(issuer.id));
  return {
    name: issuer.name,
    reason,
    certificateDer: Buffer.from(kept.certificate, "base64"),
    privateKeyPkcs8: Buffer.from(key, "base64"),
  };
}
