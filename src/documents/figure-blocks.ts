import qrcode from "qrcode-generator";
import { drawText, setText } from "./pen.js";
import type { Block } from "./printed-document.js";
import { type LaidOut, placeOf, type Setting, tagText, textStyle } from "./setting.js";
import type { Sheet } from "./sheet.js";

/** A picture with what a screen reader says in its place. */
export function layOutPicture(
  sheet: Sheet,
  block: Block & { kind: "picture" },
  setting: Setting,
): LaidOut {
  const { pdf } = sheet;
  const widthPt = block.widthPt * setting.scale;
  const heightPt = (block.heightPt ?? block.widthPt) * setting.scale;
  return {
    spaceBeforePt: 2,
    heightPt,
    print: () => {
      const y = sheet.room(heightPt);
      const x = placeOf(sheet, widthPt, block.align);
      const bbox = [x, y, x + widthPt, y + heightPt];
      const options = { alt: block.alt, placement: "Block", bbox };
      const figure = pdf.struct("Figure", options, () =>
        pdf.image(Buffer.from(block.png), x, y, { fit: [widthPt, heightPt], align: "center" }),
      );
      sheet.body.add(figure);
      figure.end();
      sheet.y = y + heightPt;
    },
  };
}

/** Draws a QR code as squares (ISO/IEC 18004), with the quiet zone around it left to the page. */
function drawQrCode(
  pdf: PDFKit.PDFDocument,
  url: string,
  at: { x: number; y: number; sidePt: number },
): void {
  const code = qrcode(0, "M");
  code.addData(url);
  code.make();
  const count = code.getModuleCount();
  const size = at.sidePt / count;
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) pdf.rect(at.x + column * size, at.y + row * size, size, size);
    }
  }
  pdf.fillColor("#000000").fill();
}

/** A QR code, and beside it words and the address itself as a link. */
export function layOutQrCode(
  sheet: Sheet,
  block: Block & { kind: "qr-code" },
  setting: Setting,
): LaidOut {
  const { pdf } = sheet;
  const sidePt = 76 * setting.scale;
  const textLeft = sheet.left + sidePt + 16;
  const column = { widthPt: sheet.widthPt - sidePt - 16 };
  const words = setText(pdf, block.text, { ...column, style: textStyle(setting, {}) });
  const address = setText(pdf, block.url, {
    ...column,
    style: textStyle(setting, { sizePt: 8.5, colour: setting.accentColour }),
  });
  const heightPt = Math.max(sidePt, words.heightPt + address.heightPt + 4);
  return {
    spaceBeforePt: 14 * setting.scale,
    heightPt,
    print: () => {
      const { body, left } = sheet;
      const y = sheet.room(heightPt);
      const bbox = [left, y, left + sidePt, y + sidePt];
      const options = { alt: block.alt, placement: "Block", bbox };
      const draw = () => {
        drawQrCode(pdf, block.url, { x: left, y, sidePt });
      };
      body.add(pdf.struct("Figure", options, draw));
      tagText(sheet, { parent: body, tag: "P", set: words, x: textLeft, y });
      const paragraph = pdf.struct("P");
      body.add(paragraph);
      const link = pdf.struct("Link");
      paragraph.add(link);
      const linkY = y + words.heightPt + 4;
      link.add(() => drawText(pdf, address, { x: textLeft, y: linkY }));
      // pdfkit tells text from names by the wrapper object.
      const contents = new String(block.alt) as string;
      const about = { structParent: link, Contents: contents };
      pdf.link(textLeft, linkY, address.widthPt, address.heightPt, block.url, about);
      paragraph.end();
      sheet.y = y + heightPt;
    },
  };
}
