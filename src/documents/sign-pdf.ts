import { createHash, webcrypto } from "node:crypto";
import { SignPdf } from "@signpdf/signpdf";
import { Signer } from "@signpdf/utils";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import type { DocumentSigner } from "./printed-document.js";
import type { Sheet } from "./sheet.js";

/** Room for the signature: one RSA 2048 certificate and signature take some 2 kB. */
const SIGNATURE_BYTES = 8192;

/** The width that the placeholders leave for the four numbers of a byte range. */
const PLACEHOLDER = "**********";

/** The form's dictionary, which pdfkit keeps to itself. */
function formOf(pdf: PDFKit.PDFDocument): Record<string, unknown> {
  type Inside = { _root: { data: { AcroForm: { data: Record<string, unknown> } } } };
  return (pdf as unknown as Inside)._root.data.AcroForm.data;
}

/**
 * Adds an invisible signature field whose value is still to be filled in (ISO 32000-1 §12.8; the
 * sub-filter is that of PAdES). To be called before the document ends.
 */
export function addSignatureField(sheet: Sheet, signer: DocumentSigner, signedAt: Date): void {
  const { pdf } = sheet;
  const signature = pdf.ref({
    Type: "Sig",
    Filter: "Adobe.PPKLite",
    SubFilter: "ETSI.CAdES.detached",
    ByteRange: [0, PLACEHOLDER, PLACEHOLDER, PLACEHOLDER],
    Contents: Buffer.alloc(SIGNATURE_BYTES),
    Name: new String(signer.name),
    Reason: new String(signer.reason),
    M: signedAt,
  });
  const { dictionary } = pdf.page;
  const widget = pdf.ref({
    Type: "Annot",
    Subtype: "Widget",
    FT: "Sig",
    // Hidden (bit 2) and locked (bit 8): there is nothing to see, so nothing to be read out.
    F: 2 + 128,
    Rect: [0, 0, 0, 0],
    T: new String("Signature"),
    TU: new String(`Digital signature of ${signer.name}`),
    V: signature,
    P: dictionary,
  });
  pdf.initForm();
  const form = formOf(pdf);
  form["SigFlags"] = 3;
  // Whoever renews appearances changes the file, and the signature breaks.
  form["NeedAppearances"] = false;
  form["Fields"] = [widget];
  (pdf.page.annotations as PDFKit.PDFKitReference[]).push(widget);
  for (const reference of [signature, widget]) reference.end(undefined);
}

const bytesOf = (buffer: ArrayBuffer): Buffer => Buffer.from(new Uint8Array(buffer));

/** ESS signing-certificate-v2 (RFC 5035 §3): binds the signature to this one certificate. */
function signingCertificate(certificateDer: Uint8Array): pkijs.Attribute {
  const hash = createHash("sha256").update(certificateDer).digest();
  const essCertId = new asn1js.Sequence({ value: [new asn1js.OctetString({ valueHex: hash })] });
  return new pkijs.Attribute({
    type: "1.2.840.113549.1.9.16.2.47",
    values: [new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [essCertId] })] })],
  });
}

/** A detached CMS signature as PAdES asks for it: the time stands in the PDF, not in here. */
async function signDetached(content: Uint8Array, signer: DocumentSigner): Promise<Buffer> {
  const { certificateDer, privateKeyPkcs8 } = signer;
  const certificate = pkijs.Certificate.fromBER(certificateDer);
  const digest = createHash("sha256").update(content).digest();
  const signedData = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: "1.2.840.113549.1.7.1" }),
    certificates: [certificate],
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            new pkijs.Attribute({
              type: "1.2.840.113549.1.9.3",
              values: [new asn1js.ObjectIdentifier({ value: "1.2.840.113549.1.7.1" })],
            }),
            new pkijs.Attribute({
              type: "1.2.840.113549.1.9.4",
              values: [new asn1js.OctetString({ valueHex: digest })],
            }),
            signingCertificate(certificateDer),
          ],
        }),
      }),
    ],
  });
  const key = await webcrypto.subtle.importKey(
    "pkcs8",
    privateKeyPkcs8,
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    false,
    ["sign"],
  );
  await signedData.sign(key, 0, "SHA-256", content);
  const contentInfo = new pkijs.ContentInfo({
    contentType: pkijs.ContentInfo.SIGNED_DATA,
    content: signedData.toSchema(true),
  });
  return bytesOf(contentInfo.toSchema().toBER(false));
}

/** Fills the signature field of a PDF: every byte but the signature's own is signed. */
export async function signPdf(unsigned: Buffer, signer: DocumentSigner): Promise<Buffer> {
  class OwnSigner extends Signer {
    override async sign(content: Buffer): Promise<Buffer> {
      return await signDetached(content, signer);
    }
  }
  return await new SignPdf().sign(unsigned, new OwnSigner());
}
