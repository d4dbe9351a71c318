import type { PdfSignature } from "./check-pdf-signature.js";
import type { SimpleDrawing } from "./draw-png.js";
import type { DocumentSigner, PrintedDocument } from "./printed-document.js";

/** What the document thread does. Everything in and out is plain data. */
export type DocumentTasks = {
  "make-pdf": {
    given: { content: PrintedDocument; signer: DocumentSigner | undefined };
    made: Uint8Array;
  };
  "make-signing-certificate": {
    given: { organisationName: string; validFrom: Date; validUntil: Date };
    made: { certificateDer: Uint8Array; privateKeyPkcs8: Uint8Array };
  };
  "check-signature": { given: Uint8Array; made: PdfSignature };
  "find-unprintable": { given: string[]; made: string[][] };
  "draw-png": {
    given: { svg: string; widthPx: number };
    made: Uint8Array;
  };
};

/** What the thread for strangers' drawings does. */
export type DrawingTasks = { "simplify-svg": { given: string; made: SimpleDrawing } };
