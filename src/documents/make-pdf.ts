import { once } from "node:events";
import { type LaidOut, type Setting } from "./setting.js";
import { layOutBlock } from "./blocks.js";
import type { DocumentSigner, PrintedDocument } from "./printed-document.js";
import { createSheet, drawFrames, type Sheet } from "./sheet.js";
import { addSignatureField, signPdf } from "./sign-pdf.js";

const SMALLEST_SCALE = 0.7;

const heightOf = (laid: readonly LaidOut[]): number =>
  laid.reduce((sum, { spaceBeforePt, heightPt }) => sum + spaceBeforePt + heightPt, 0);

/** All blocks, as large as they fit one page when they have to. */
function layOut(sheet: Sheet, content: PrintedDocument): LaidOut[] {
  const { accentColour, fitsOnePage } = content.page;
  const at = (scale: number): LaidOut[] => {
    const setting: Setting = { accentColour, scale };
    return content.blocks.map((block) => layOutBlock(sheet, block, setting));
  };
  let scale = 1;
  let laid = at(scale);
  while (fitsOnePage && scale > SMALLEST_SCALE && heightOf(laid) > sheet.pageHeightPt) {
    scale -= 0.06;
    laid = at(scale);
  }
  return laid;
}

/**
 * Prints a document as a tagged PDF (PDF/UA-1 in substance: language, title, reading order,
 * alternative texts, embedded fonts), and signs it when there is somebody to sign it (PAdES
 * baseline B-B, ETSI EN 319 142-1).
 */
export async function makePdf(content: PrintedDocument, signer?: DocumentSigner): Promise<Buffer> {
  const sheet = createSheet(content);
  const { pdf } = sheet;
  const chunks: Buffer[] = [];
  pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
  for (const block of layOut(sheet, content)) {
    sheet.y += block.spaceBeforePt;
    block.print();
  }
  drawFrames(sheet, content.page);
  for (const { name, mediaType: type, description, bytes } of content.attachments) {
    const options = { name, type, description, relationship: "Data" };
    pdf.file(Buffer.from(bytes), { ...options, creationDate: content.createdAt });
  }
  if (signer !== undefined) addSignatureField(sheet, signer, content.createdAt);
  sheet.body.end();
  const ended = once(pdf, "end");
  pdf.end();
  await ended;
  const unsigned = Buffer.concat(chunks);
  return signer === undefined ? unsigned : await signPdf(unsigned, signer);
}
