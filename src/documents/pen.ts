import type { Alignment } from "./printed-document.js";
import type { Face, Weight } from "./font-files.js";
import { breakLines, prepareText, type TextRun, visualRuns } from "./text-runs.js";

/** How a piece of text is set. */
export type TextStyle = {
  sizePt: number;
  weight: Weight;
  /** `#rrggbb` */
  colour: string;
  align: Alignment;
  /** Distance from one baseline to the next, as a multiple of the size. */
  leading: number;
};

/** Text broken into lines: what it takes is known before it is drawn. */
export type SetText = {
  style: TextStyle;
  widthPt: number;
  heightPt: number;
  lines: { runs: TextRun[]; widthPt: number }[];
  isRightToLeft: boolean;
  /** For screen readers where the drawn order is not the order it is read in. */
  spoken: string | undefined;
};

const ASCENT = 1.069;
/** Scripts that are drawn in another order than they are read: from right to left, or vowels first. */
const isReordered = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}]/u;

/** The face names a document has registered so far. */
const registered = new WeakMap<PDFKit.PDFDocument, Set<string>>();

/**
 * The font as it was opened once for all documents: reading its tables anew is most of what a
 * document costs. pdfkit takes an open font, which its types do not say.
 */
const sharedFont = ({ font }: Face): Uint8Array => font as unknown as Uint8Array;

function choose(pdf: PDFKit.PDFDocument, { face }: TextRun, sizePt: number): void {
  const names = registered.get(pdf) ?? new Set();
  registered.set(pdf, names);
  if (!names.has(face.name)) pdf.registerFont(face.name, sharedFont(face));
  names.add(face.name);
  pdf.font(face.name).fontSize(sizePt);
}

/**
 * Right-to-left runs must be shaped whole: word by word, as pdfkit does it for its cache unless
 * features are asked for, their words would stand in the wrong order.
 */
const shapingOf = ({ isRightToLeft }: TextRun): { features?: PDFKit.Mixins.OpenTypeFeatures[] } =>
  isRightToLeft ? { features: ["kern"] } : {};

const widthOfRun = (pdf: PDFKit.PDFDocument, run: TextRun, sizePt: number): number => {
  choose(pdf, run, sizePt);
  return pdf.widthOfString(run.text, shapingOf(run));
};

/** Sets text into a column. Line ends in it begin a new paragraph. */
export function setText(
  pdf: PDFKit.PDFDocument,
  text: string,
  column: { widthPt: number; style: TextStyle },
): SetText {
  const { widthPt, style } = column;
  const measure = (runs: readonly TextRun[]): number =>
    runs.reduce((sum, run) => sum + widthOfRun(pdf, run, style.sizePt), 0);
  const paragraphs = text
    .normalize("NFC")
    .split(/\r?\n|\u2028|\u2029/)
    .map((paragraph) => prepareText(paragraph, style.weight));
  const lines = paragraphs.flatMap((paragraph) =>
    breakLines(paragraph, widthPt, measure).map(({ printed, blank }) => {
      const runs = visualRuns(printed);
      const atEnd = paragraph.isRightToLeft ? [] : visualRuns(blank);
      return { runs: [...runs, ...atEnd], widthPt: measure(runs) };
    }),
  );
  return {
    style,
    widthPt,
    heightPt: lines.length * style.sizePt * style.leading,
    lines,
    isRightToLeft: paragraphs[0]?.isRightToLeft ?? false,
    spoken: isReordered.test(text) ? text : undefined,
  };
}

/**
 * The largest of the sizes at which text takes at most `mostLines` lines; at the smallest it may
 * take more.
 */
export function setLarge(
  pdf: PDFKit.PDFDocument,
  text: string,
  column: { widthPt: number; style: TextStyle; smallestPt: number; mostLines: number },
): SetText {
  const { widthPt, style, smallestPt, mostLines } = column;
  for (let sizePt = style.sizePt; sizePt > smallestPt; sizePt -= 2) {
    const set = setText(pdf, text, { widthPt, style: { ...style, sizePt } });
    if (set.lines.length <= mostLines) return set;
  }
  return setText(pdf, text, { widthPt, style: { ...style, sizePt: smallestPt } });
}

function startOf(set: SetText, lineWidthPt: number): number {
  if (set.style.align === "centre") return (set.widthPt - lineWidthPt) / 2;
  return set.isRightToLeft ? set.widthPt - lineWidthPt : 0;
}

/** Draws text that was set, its upper left corner at (x, y). `nextLineAt` says where a line may go. */
export function drawText(
  pdf: PDFKit.PDFDocument,
  set: SetText,
  at: { x: number; y: number; nextLineAt?: (y: number, heightPt: number) => number },
): number {
  const { sizePt, leading, colour } = set.style;
  const lineHeightPt = sizePt * leading;
  let y = at.y;
  for (const { runs, widthPt } of set.lines) {
    y = at.nextLineAt?.(y, lineHeightPt) ?? y;
    let x = at.x + startOf(set, widthPt);
    const baseline = y + (lineHeightPt - sizePt) / 2 + sizePt * (ASCENT - 0.15);
    for (const run of runs) {
      choose(pdf, run, sizePt);
      const options = { lineBreak: false, baseline: "alphabetic", ...shapingOf(run) } as const;
      pdf.fillColor(colour).text(run.text, x, baseline, options);
      x += pdf.widthOfString(run.text, shapingOf(run));
    }
    y += lineHeightPt;
  }
  return y;
}
