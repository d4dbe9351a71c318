import { createHash } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";

/** What is known of the digital signature of a PDF; whose certificate it is, others must say. */
export type PdfSignature =
  | { kind: "none" }
  /** There is one, but it does not fit the file or cannot be read. */
  | { kind: "broken" }
  /** It fits, but something was added to the file after it. */
  | { kind: "added-to" }
  /** Every byte of the file but the signature's own is signed. */
  | { kind: "intact"; certificateDer: Uint8Array; signerName: string };

/** Longer than any signature with its certificates. */
const MOST_HEX_DIGITS = 200_000;

const BYTE_RANGE = /\/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]/g;

/** What is no longer proof of anything: two texts may have the same digest. */
const soundDigests = new Set([
  "2.16.840.1.101.3.4.2.1",
  "2.16.840.1.101.3.4.2.2",
  "2.16.840.1.101.3.4.2.3",
]);

type Four = [number, number, number, number];
type Range = { firstEnd: number; secondStart: number; end: number };

/** The byte range that reaches furthest: that of the signature that was made last. */
function lastRange(pdf: Buffer): Range | "malformed" | undefined {
  let last: Range | "malformed" | undefined;
  for (const [, ...numbers] of pdf.toString("latin1").matchAll(BYTE_RANGE)) {
    const [start, length, secondStart, secondLength] = numbers.map(Number) as Four;
    const end = secondStart + secondLength;
    const isSound = start === 0 && length < secondStart && end <= pdf.length;
    if (!isSound) last ??= "malformed";
    else if (last === undefined || last === "malformed" || end > last.end) {
      last = { firstEnd: length, secondStart, end };
    }
  }
  return last;
}

/** The signature's own bytes, which must be all that the range leaves out. */
function signatureIn(pdf: Buffer, { firstEnd, secondStart }: Range): Buffer | undefined {
  if (secondStart - firstEnd > MOST_HEX_DIGITS) return undefined;
  const hex = /^<([0-9A-Fa-f]+)>$/.exec(pdf.toString("latin1", firstEnd, secondStart))?.[1];
  if (hex === undefined) return undefined;
  const padded = Buffer.from(hex, "hex");
  const { offset } = asn1js.fromBER(new Uint8Array(padded));
  // What fills the room that was left for it says nothing, so there must be nothing in it.
  const isPadded = offset > 0 && padded.subarray(offset).every((one) => one === 0);
  return isPadded ? padded.subarray(0, offset) : undefined;
}

/** Whether a signature names its one certificate, and another is there (RFC 5035 §3). */
function namesAnother(signer: pkijs.SignerInfo, certificateDer: Uint8Array): boolean {
  const attribute = signer.signedAttrs?.attributes.find(
    ({ type }) => type === "1.2.840.113549.1.9.16.2.47",
  );
  const [value] = (attribute?.values ?? []) as unknown[];
  let inner: unknown = value;
  // SigningCertificateV2, its list, the first id in it, and the hash there unless the algorithm is
  // another than SHA-256.
  for (let level = 0; level < 3; level += 1) {
    if (!(inner instanceof asn1js.Sequence)) return false;
    [inner] = inner.valueBlock.value;
  }
  if (!(inner instanceof asn1js.OctetString)) return false;
  const hash = createHash("sha256").update(certificateDer).digest();
  return !hash.equals(inner.valueBlock.valueHexView);
}

const derOf = (certificate: pkijs.Certificate): Uint8Array =>
  new Uint8Array(certificate.toSchema().toBER(false));

const COMMON_NAME = "2.5.4.3";

const nameIn = ({ subject }: pkijs.Certificate): string =>
  subject.typesAndValues
    .filter(({ type }) => type === COMMON_NAME)
    .map(({ value }) => String((value.valueBlock as { value?: unknown }).value))[0] ?? "";

/** The certificate that made a detached signature; undefined when the signature does not fit. */
async function signerOf(signature: Buffer, signed: Buffer): Promise<pkijs.Certificate | undefined> {
  const contentInfo = pkijs.ContentInfo.fromBER(new Uint8Array(signature));
  const signedData = new pkijs.SignedData({ schema: contentInfo.content as unknown });
  const [signer] = signedData.signerInfos;
  if (signer === undefined || !soundDigests.has(signer.digestAlgorithm.algorithmId)) return;
  const { signatureVerified, signerCertificate } = await signedData.verify({
    ...{ signer: 0, checkChain: false, extendedMode: true },
    data: new Uint8Array(signed).buffer,
  });
  if (signatureVerified !== true || !signerCertificate) return;
  return namesAnother(signer, derOf(signerCertificate)) ? undefined : signerCertificate;
}

/**
 * Checks the signature of a PDF (ISO 32000-1 §12.8, detached CMS as in PAdES): whether it fits, and
 * whether it covers the whole file.
 */
export async function checkPdfSignature(bytes: Uint8Array): Promise<PdfSignature> {
  const pdf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const range = lastRange(pdf);
  if (range === undefined) return { kind: "none" };
  const signature = range === "malformed" ? undefined : signatureIn(pdf, range);
  if (range === "malformed" || signature === undefined) return { kind: "broken" };
  const { firstEnd, secondStart, end } = range;
  const signed = Buffer.concat([pdf.subarray(0, firstEnd), pdf.subarray(secondStart, end)]);
  const certificate = await signerOf(signature, signed).catch(() => undefined);
  if (certificate === undefined) return { kind: "broken" };
  if (end < pdf.length) return { kind: "added-to" };
  return {
    kind: "intact",
    certificateDer: derOf(certificate),
    signerName: nameIn(certificate),
  };
}
