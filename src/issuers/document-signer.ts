/**
 * The X.509 certificate with which an issuer signs its PDFs, and its key. One for each issuer;
 * never changed, as it is how readers know that two documents come from the same place.
 */
export type DocumentCertificate = {
  /** The issuer's id. */
  id: string;
  /** DER, base64. */
  certificate: string;
  /** PKCS #8 as base64, sealed for `documentKeyPurpose`. */
  sealedPrivateKey: string;
  createdAt: Date;
};

export const documentKeyPurpose = (issuerId: string): string => `document-key:${issuerId}`;

/** A certificate as text that every tool reads (RFC 7468). */
export const pemOf = ({ certificate }: Pick<DocumentCertificate, "certificate">): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.replace(/(.{64})(?=.)/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
