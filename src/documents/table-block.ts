import { drawText, setText, type SetText } from "./pen.js";
import type { Block } from "./printed-document.js";
import { type LaidOut, QUIET, type Setting, tagText, textStyle } from "./setting.js";
import { drawArtifact, type Sheet, type Tag } from "./sheet.js";

type TableBlock = Block & { kind: "table" };
type Cell = { set: SetText; x: number };
type Row = { cells: Cell[]; heightPt: number; isHeader: boolean };

const GAP_PT = 8;
const RULE_COLOUR = "#c9c9cf";

/** Where columns begin and how wide they are, from the left edge of the sheet. */
function columnsOf(sheet: Sheet, { columns }: TableBlock): { x: number; widthPt: number }[] {
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  let x = sheet.left;
  return columns.map(({ share }) => {
    const place = { x, widthPt: (sheet.widthPt * share) / shares - GAP_PT };
    x += (sheet.widthPt * share) / shares;
    return place;
  });
}

function setRow(
  sheet: Sheet,
  texts: readonly string[],
  about: { block: TableBlock; setting: Setting; isHeader: boolean },
): Row {
  const { block, setting, isHeader } = about;
  const columns = columnsOf(sheet, block);
  const cells = texts.map((text, index): Cell => {
    const { x, widthPt } = columns[index] ?? { x: sheet.left, widthPt: sheet.widthPt };
    const style = textStyle(setting, {
      sizePt: 9,
      ...(isHeader ? { weight: "bold", colour: QUIET } : {}),
    });
    const set = setText(sheet.pdf, text, { widthPt, style });
    const isNumber = block.columns[index]?.isNumber === true;
    const lineWidthPt = Math.max(0, ...set.lines.map((line) => line.widthPt));
    return { set, x: isNumber ? x + widthPt - lineWidthPt : x };
  });
  const heightPt = Math.max(...cells.map(({ set }) => set.heightPt)) + 6 * setting.scale;
  return { cells, heightPt, isHeader };
}

function drawRule({ pdf, left, widthPt }: Sheet, y: number): void {
  drawArtifact(pdf, () => {
    pdf
      .lineWidth(0.5)
      .strokeColor(RULE_COLOUR)
      .moveTo(left, y)
      .lineTo(left + widthPt, y)
      .stroke();
  });
}

/** A row as it is read: header cells name their column (PDF: TR, TH, TD). */
function printRow(sheet: Sheet, table: Tag, row: Row): void {
  const y = sheet.y;
  const element = sheet.pdf.struct("TR");
  table.add(element);
  for (const { set, x } of row.cells) {
    tagText(sheet, {
      ...{ parent: element, tag: row.isHeader ? "TH" : "TD", set, x, y: y + 3 },
      ...(row.isHeader ? { scope: "Column" } : {}),
    });
  }
  sheet.y = y + row.heightPt;
  drawRule(sheet, sheet.y);
}

/** The header once more on the next page, for eyes alone. */
function repeatHeader(sheet: Sheet, header: Row): void {
  drawArtifact(sheet.pdf, () => {
    for (const { set, x } of header.cells) drawText(sheet.pdf, set, { x, y: sheet.y + 3 });
  });
  sheet.y += header.heightPt;
  drawRule(sheet, sheet.y);
}

/** A table that may run over several pages, broken between rows. */
export function layOutTable(sheet: Sheet, block: TableBlock, setting: Setting): LaidOut {
  const about = { block, setting };
  const caption = setText(sheet.pdf, block.caption, {
    widthPt: sheet.widthPt,
    style: textStyle(setting, { weight: "bold" }),
  });
  const labels = block.columns.map(({ label }) => label);
  const header = setRow(sheet, labels, { ...about, isHeader: true });
  const rows = block.rows.map((texts) => setRow(sheet, texts, { ...about, isHeader: false }));
  const heightPt = [header, ...rows].reduce((sum, row) => sum + row.heightPt, caption.heightPt);
  return {
    spaceBeforePt: 10 * setting.scale,
    heightPt,
    print: () => {
      sheet.room(caption.heightPt + header.heightPt + (rows[0]?.heightPt ?? 0));
      const table = sheet.pdf.struct("Table");
      sheet.body.add(table);
      const { left: x, y } = sheet;
      tagText(sheet, { parent: table, tag: "Caption", set: caption, x, y });
      sheet.y += caption.heightPt;
      printRow(sheet, table, header);
      for (const row of rows) {
        const before = sheet.y;
        if (sheet.room(row.heightPt) < before) repeatHeader(sheet, header);
        printRow(sheet, table, row);
      }
      table.end();
    },
  };
}
