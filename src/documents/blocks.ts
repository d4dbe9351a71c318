import { findUnprintable } from "./find-unprintable.js";
import { layOutPicture, layOutQrCode } from "./figure-blocks.js";
import { drawText, setLarge, setText, type SetText } from "./pen.js";
import type { Block } from "./printed-document.js";
import { type LaidOut, QUIET, type Setting, spokenOf, tagText, textStyle } from "./setting.js";
import type { Sheet } from "./sheet.js";
import { layOutTable } from "./table-block.js";

/** Draws text under a tag of its own, line by line, over as many pages as it takes. */
function printText(sheet: Sheet, tag: string, set: SetText): void {
  const paragraph = sheet.pdf.struct(tag, spokenOf(set), () => {
    sheet.y = drawText(sheet.pdf, set, {
      x: sheet.left,
      y: sheet.y,
      nextLineAt: (y, heightPt) => {
        sheet.y = y;
        return sheet.room(heightPt);
      },
    });
  });
  sheet.body.add(paragraph);
  paragraph.end();
}

function textBlock(
  sheet: Sheet,
  set: SetText,
  about: { tag: string; spaceBeforePt: number },
): LaidOut {
  const { tag, spaceBeforePt } = about;
  return {
    spaceBeforePt,
    heightPt: set.heightPt,
    print: () => {
      printText(sheet, tag, set);
    },
  };
}

const headingSizes = { 1: 22, 2: 13, 3: 11 } as const;
const paragraphSizes = { small: 8.5, normal: 10.5, large: 13 } as const;

function layOutHeading(sheet: Sheet, block: Block & { kind: "heading" }, setting: Setting) {
  const style = textStyle(setting, {
    sizePt: headingSizes[block.level],
    weight: "bold",
    ...(block.level === 1 ? {} : { colour: setting.accentColour }),
    align: block.align ?? "start",
    leading: 1.25,
  });
  const { widthPt } = sheet;
  const set =
    block.level === 1
      ? setLarge(sheet.pdf, block.text, { widthPt, style, smallestPt: 14, mostLines: 2 })
      : setText(sheet.pdf, block.text, { widthPt, style });
  const laid = textBlock(sheet, set, {
    tag: `H${block.level}`,
    spaceBeforePt: (block.level === 1 ? 8 : 14) * setting.scale,
  });
  return {
    ...laid,
    print: () => {
      // A heading does not stand alone at the foot of a page.
      sheet.room(set.heightPt + 30);
      laid.print();
    },
  };
}

function layOutParagraph(sheet: Sheet, block: Block & { kind: "paragraph" }, setting: Setting) {
  const size = block.size ?? "normal";
  const style = textStyle(setting, {
    sizePt: paragraphSizes[size],
    align: block.align ?? "start",
    ...(size === "small" ? { colour: QUIET } : {}),
  });
  const set = setText(sheet.pdf, block.text, { widthPt: sheet.widthPt, style });
  return textBlock(sheet, set, { tag: "P", spaceBeforePt: 5 * setting.scale });
}

const NOT_WHOLE =
  "Some letters of this name cannot be printed here. It stands whole at the address on this page, and in the attached credential.";

/** What no font has a shape for is not drawn as a box: it is left out, that is said, and it is read out. */
function layOutName(sheet: Sheet, block: Block & { kind: "name" }, setting: Setting): LaidOut {
  const { text, align = "start" } = block;
  const { widthPt } = sheet;
  const style = textStyle(setting, { sizePt: 30, weight: "bold", align, leading: 1.3 });
  const missing = new Set(findUnprintable(text));
  const printed = Array.from(text).filter((one) => !missing.has(one));
  const shown = printed.join("").replace(/\s+/g, " ").trim();
  const set = setLarge(sheet.pdf, shown, { widthPt, style, smallestPt: 15, mostLines: 2 });
  const about = { tag: "P", spaceBeforePt: 4 * setting.scale };
  if (missing.size === 0) return textBlock(sheet, set, about);
  const name = textBlock(sheet, { ...set, spoken: text }, about);
  const note = layOutParagraph(
    sheet,
    { kind: "paragraph", text: NOT_WHOLE, size: "small", align },
    setting,
  );
  return {
    spaceBeforePt: name.spaceBeforePt,
    heightPt: name.heightPt + note.spaceBeforePt + note.heightPt,
    print: () => {
      name.print();
      sheet.y += note.spaceBeforePt;
      note.print();
    },
  };
}

/** A list of pairs: each with what goes before it and what it says (PDF: L, LI, Lbl, LBody). */
function layOutPairs(
  sheet: Sheet,
  pairs: readonly { label: string; text: string }[],
  about: { labelWidthPt: number; setting: Setting },
): LaidOut {
  const { pdf } = sheet;
  const { labelWidthPt, setting } = about;
  const gapPt = 3 * setting.scale;
  const rows = pairs.map(({ label, text }) => ({
    label: setText(pdf, label, {
      widthPt: labelWidthPt - 6,
      style: textStyle(setting, { colour: QUIET }),
    }),
    text: setText(pdf, text, {
      widthPt: sheet.widthPt - labelWidthPt,
      style: textStyle(setting, {}),
    }),
  }));
  const heightOf = (row: (typeof rows)[number]): number =>
    Math.max(row.label.heightPt, row.text.heightPt) + gapPt;
  return {
    spaceBeforePt: 6 * setting.scale,
    heightPt: rows.reduce((sum, row) => sum + heightOf(row), 0),
    print: () => {
      const list = pdf.struct("L");
      sheet.body.add(list);
      for (const row of rows) {
        const y = sheet.room(heightOf(row));
        const item = pdf.struct("LI");
        list.add(item);
        tagText(sheet, { parent: item, tag: "Lbl", set: row.label, x: sheet.left, y });
        const x = sheet.left + labelWidthPt;
        tagText(sheet, { parent: item, tag: "LBody", set: row.text, x, y });
        sheet.y = y + heightOf(row);
      }
      list.end();
    },
  };
}

/** Lays out one block on a sheet. */
export function layOutBlock(sheet: Sheet, block: Block, setting: Setting): LaidOut {
  switch (block.kind) {
    case "heading":
      return layOutHeading(sheet, block, setting);
    case "paragraph":
      return layOutParagraph(sheet, block, setting);
    case "name":
      return layOutName(sheet, block, setting);
    case "facts": {
      const pairs = block.facts.map(({ term, text }) => ({ label: term, text }));
      return layOutPairs(sheet, pairs, { labelWidthPt: 130, setting });
    }
    case "list": {
      const pairs = block.items.map((text) => ({ label: "•", text }));
      return layOutPairs(sheet, pairs, { labelWidthPt: 14, setting });
    }
    case "table":
      return layOutTable(sheet, block, setting);
    case "picture":
      return layOutPicture(sheet, block, setting);
    case "qr-code":
      return layOutQrCode(sheet, block, setting);
    case "space":
      return {
        spaceBeforePt: 0,
        heightPt: block.heightPt * setting.scale,
        print: () => {
          sheet.y += block.heightPt * setting.scale;
        },
      };
  }
}
