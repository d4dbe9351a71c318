import { randomBytes, webcrypto } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

const COMMON_NAME = "2.5.4.3";
const LONGEST_NAME = 64;

const extension = (about: { extnID: string; critical: boolean; value: asn1js.BaseBlock }) =>
  new pkijs.Extension({
    extnID: about.extnID,
    critical: about.critical,
    extnValue: about.value.toBER(false),
  });

/** digitalSignature and nonRepudiation, the two highest bits (RFC 5280 §4.2.1.3). */
const keyUsage = new asn1js.BitString({ valueHex: new Uint8Array([0b1100_0000]), unusedBits: 6 });

/** UTCTime through 2049, GeneralizedTime from then on, whole seconds (RFC 5280 §4.1.2.5). */
function timeOf(moment: Date): pkijs.Time {
  const { UTCTime, GeneralizedTime } = pkijs.TimeType;
  const value = new Date(moment);
  value.setUTCMilliseconds(0);
  return new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? UTCTime : GeneralizedTime, value });
}

/**
 * A self-issued X.509 certificate (RFC 5280) with which an organisation signs its documents, and
 * its private key; both DER. It vouches for nothing by itself: who wants to know whose it is
 * compares it with the one on the issuer's page.
 */
export async function makeSigningCertificate(about: {
  organisationName: string;
  validFrom: Date;
  validUntil: Date;
}): Promise<{ certificateDer: Uint8Array; privateKeyPkcs8: Uint8Array }> {
  const keys = await webcrypto.subtle.generateKey(
    { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  // X.520 allows a common name 64 characters.
  const name = Array.from(about.organisationName).slice(0, LONGEST_NAME).join("");
  const certificate = new pkijs.Certificate({ version: 2 });
  // Positive and never twice (RFC 5280 §4.1.2.2).
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new asn1js.Integer({ valueHex: serial });
  const value = new asn1js.Utf8String({ value: name });
  const names = [new pkijs.AttributeTypeAndValue({ type: COMMON_NAME, value })];
  certificate.issuer.typesAndValues = names;
  certificate.subject.typesAndValues = names;
  certificate.notBefore = timeOf(about.validFrom);
  certificate.notAfter = timeOf(about.validUntil);
  certificate.extensions = [
    extension({ extnID: "2.5.29.15", critical: true, value: keyUsage }),
    extension({ extnID: "2.5.29.19", critical: true, value: new asn1js.Sequence({ value: [] }) }),
  ];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, "SHA-256");
  return {
    certificateDer: new Uint8Array(certificate.toSchema(true).toBER(false)),
    privateKeyPkcs8: new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)),
  };
}
