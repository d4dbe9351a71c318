import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { create, type Font } from "fontkit";
import { rememberShapes } from "./remembered-font.js";

export type Weight = "regular" | "bold";

/** One of the bundled fonts in one weight. */
export type Face = { name: string; bytes: Buffer; font: Font };

/** In the order in which they are asked for a character (all under the SIL Open Font License). */
const families = [
  { file: "NotoSans", folder: "noto-sans" },
  { file: "NotoSansHebrew", folder: "noto-sans-hebrew" },
  { file: "NotoSansArabic", folder: "noto-sans-arabic" },
  { file: "NotoSansThai", folder: "noto-sans-thai" },
] as const;

const folderOf: Record<Weight, string> = { regular: "400Regular", bold: "700Bold" };

const { resolve } = createRequire(import.meta.url);

const pathOf = (family: (typeof families)[number], weight: Weight): string => {
  const style = folderOf[weight];
  return resolve(`@expo-google-fonts/${family.folder}/${style}/${family.file}_${style}.ttf`);
};

const loaded = new Map<Weight, readonly Face[]>();

/** The bundled fonts of a weight, read once. The first covers Latin, Greek and Cyrillic. */
export function facesOf(weight: Weight): readonly Face[] {
  let faces = loaded.get(weight);
  if (faces === undefined) {
    faces = families.map((family) => {
      const bytes = readFileSync(pathOf(family, weight));
      return { name: `${family.file}-${weight}`, bytes, font: rememberShapes(create(bytes)) };
    });
    loaded.set(weight, faces);
  }
  return faces;
}
