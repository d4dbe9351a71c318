import type { Alignment } from "./printed-document.js";
import { drawText, type SetText, type TextStyle } from "./pen.js";
import type { Sheet, Tag } from "./sheet.js";

/** A block whose height is known; `print` draws it at `sheet.y` and moves that down. */
export type LaidOut = { spaceBeforePt: number; heightPt: number; print: () => void };

/** What blocks are set with. */
export type Setting = {
  accentColour: string;
  /** 1, or less when a document has to fit one page. */
  scale: number;
};

const INK = "#1c1c1e";
export const QUIET = "#55555c";

/** Body text, with what differs. */
export const textStyle = (setting: Setting, style: Partial<TextStyle>): TextStyle => ({
  weight: "regular",
  colour: INK,
  align: "start",
  leading: 1.4,
  ...style,
  sizePt: (style.sizePt ?? 10.5) * setting.scale,
});

/** Where something of this width begins on a line. */
export const placeOf = (sheet: Sheet, widthPt: number, align: Alignment = "start"): number =>
  align === "centre" ? sheet.left + (sheet.widthPt - widthPt) / 2 : sheet.left;

/** For right-to-left text: what a screen reader says, as it is drawn in another order. */
export const spokenOf = ({ spoken }: SetText) => (spoken === undefined ? {} : { actual: spoken });

/** Draws text that stays together under a tag of its own. */
export function tagText(
  sheet: Sheet,
  about: { parent: Tag; tag: string; set: SetText; x: number; y: number; scope?: "Column" | "Row" },
): void {
  const { parent, tag, set, x, y, scope } = about;
  const options = { ...spokenOf(set), ...(scope === undefined ? {} : { scope }) };
  parent.add(sheet.pdf.struct(tag, options, () => drawText(sheet.pdf, set, { x, y })));
}
