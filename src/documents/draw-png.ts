import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { facesOf } from "./font-files.js";

const { resolve } = createRequire(import.meta.url);

let ready: Promise<void> | undefined;

async function loadRenderer(): Promise<void> {
  await initWasm(await readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")));
}

/**
 * Draws an SVG document as a square PNG, by a renderer in a WebAssembly sandbox: it reads no files
 * and no addresses, and has our bundled fonts alone.
 * @throws Error when it is no SVG that can be drawn
 */
export async function drawPng(about: { svg: string; widthPx: number }): Promise<Uint8Array> {
  await (ready ??= loadRenderer());
  const faces = facesOf("bold");
  const renderer = new Resvg(about.svg, {
    fitTo: { mode: "width", value: about.widthPx },
    font: {
      fontBuffers: faces.map(({ bytes }) => new Uint8Array(bytes)),
      defaultFontFamily: "Noto Sans",
      sansSerifFamily: "Noto Sans",
    },
  });
  const image = renderer.render();
  const png = image.asPng();
  image.free();
  renderer.free();
  return png;
}
