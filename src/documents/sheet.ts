import PDFDocument from "pdfkit";
import type { PageDesign, PrintedDocument } from "./printed-document.js";

/** A structure element of a tagged PDF (ISO 32000-1 §14.7), e.g. a paragraph. */
export type Tag = PDFKit.PDFStructureElement;

/** A document that is being drawn, and where on it the next piece goes. */
export type Sheet = {
  pdf: PDFKit.PDFDocument;
  /** The whole document: pieces are added to it in reading order. */
  body: Tag;
  left: number;
  widthPt: number;
  /** From the first line of a page to the last, in points. */
  pageHeightPt: number;
  /** Where the next piece begins. */
  y: number;
  /** Where something of this height may begin, on a new page if it must; `y` is set to it. */
  room: (heightPt: number) => number;
};

const A4 = { short: 595.28, long: 841.89 };
const FRAME_PT = 28;

const marginOf = ({ hasFrame }: PageDesign): number => (hasFrame ? 62 : 56);

/** Begins a tagged PDF 1.7 that names its language and title (ISO 14289-1 §7.1). */
export function createSheet(content: PrintedDocument): Sheet {
  const { page } = content;
  const margin = marginOf(page);
  const options = {
    size: [A4.short, A4.long] as [number, number],
    layout: page.orientation,
    // Pieces are placed by us: pdfkit must never begin a page by itself.
    margin: 0,
    pdfVersion: "1.7" as const,
    tagged: true,
    lang: content.language,
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: content.title,
      Author: content.author,
      Subject: content.subject,
      Creator: "Rosette",
      Producer: "Rosette",
      CreationDate: content.createdAt,
      ModDate: content.createdAt,
    },
  };
  // The types lag behind: they know no PDF/UA yet.
  const pdf = new PDFDocument({ ...options, ...({ subset: "PDF/UA" } as object) });
  const body = pdf.struct("Document");
  pdf.addStructure(body);
  drawGround(pdf, page);
  const bottom = pdf.page.height - margin;
  const sheet: Sheet = {
    pdf,
    body,
    left: margin,
    widthPt: pdf.page.width - 2 * margin,
    pageHeightPt: bottom - margin,
    y: margin,
    room: (heightPt) => {
      if (sheet.y + heightPt > bottom && sheet.y > margin) {
        pdf.addPage();
        drawGround(pdf, page);
        sheet.y = margin;
      }
      return sheet.y;
    },
  };
  return sheet;
}

/** What a reader need not hear: frames and page numbers (ISO 14289-1 §7.1, artifacts). */
export function drawArtifact(pdf: PDFKit.PDFDocument, draw: () => void): void {
  pdf.markContent("Artifact", { type: "Layout" });
  draw();
  pdf.endMarkedContent();
}

/** Fills the frame, before anything is drawn in it. */
function drawGround(pdf: PDFKit.PDFDocument, { hasFrame, groundColour }: PageDesign): void {
  if (!hasFrame || groundColour === undefined) return;
  const { width, height } = pdf.page;
  drawArtifact(pdf, () => {
    pdf.rect(FRAME_PT, FRAME_PT, width - 2 * FRAME_PT, height - 2 * FRAME_PT).fill(groundColour);
  });
}

/** Draws the frame on every page. Last, so that no page is begun after it. */
export function drawFrames({ pdf }: Sheet, { hasFrame, accentColour }: PageDesign): void {
  if (!hasFrame) return;
  const { start, count } = pdf.bufferedPageRange();
  for (let index = start; index < start + count; index += 1) {
    pdf.switchToPage(index);
    const { width, height } = pdf.page;
    drawArtifact(pdf, () => {
      for (const [inset, thickness] of [
        [FRAME_PT, 3],
        [FRAME_PT + 6, 0.75],
      ] as const) {
        pdf
          .lineWidth(thickness)
          .strokeColor(accentColour)
          .rect(inset, inset, width - 2 * inset, height - 2 * inset)
          .stroke();
      }
    });
  }
}
