import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { facesOf } from "./font-files.js";

type Renderer = InstanceType<typeof Resvg>;

const { resolve } = createRequire(import.meta.url);

let ready: Promise<void> | undefined;

async function loadRenderer(): Promise<void> {
  await initWasm(await readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")));
}

/**
 * Reads an SVG document with a renderer in a WebAssembly sandbox: it reads no files and no
 * addresses, and has our bundled fonts alone.
 * @throws Error when it is no SVG that can be drawn
 */
async function openDrawing<T>(
  about: { svg: string; widthPx: number },
  use: (renderer: Renderer) => T,
): Promise<T> {
  await (ready ??= loadRenderer());
  const renderer = new Resvg(about.svg, {
    fitTo: { mode: "width", value: about.widthPx },
    font: {
      fontBuffers: facesOf("bold").map(({ bytes }) => new Uint8Array(bytes)),
      defaultFontFamily: "Noto Sans",
      sansSerifFamily: "Noto Sans",
    },
  });
  try {
    return use(renderer);
  } finally {
    renderer.free();
  }
}

function render(renderer: Renderer): Uint8Array {
  const image = renderer.render();
  const png = image.asPng();
  image.free();
  return png;
}

/** Draws an SVG document as a PNG. @throws Error when it is no SVG that can be drawn */
export const drawPng = async (about: { svg: string; widthPx: number }): Promise<Uint8Array> =>
  await openDrawing(about, render);

/** An SVG document as the renderer understands it. */
export type SimpleDrawing = {
  /** Paths, groups, gradients, clips and masks alone; texts are paths as well. */
  svg: string;
  widthPx: number;
  heightPx: number;
  /** Nothing in it is seen. */
  isEmpty: boolean;
};

/** As wide as the widest picture that is made of it for a screen. */
const TRIAL_PX = 512;

/**
 * Writes a stranger's SVG anew from what the renderer understood of it, and draws it once, so that
 * what takes too long does so here.
 */
export const simplifySvg = async (svg: string): Promise<SimpleDrawing> =>
  await openDrawing({ svg, widthPx: TRIAL_PX }, (renderer) => {
    const isEmpty = renderer.innerBBox() === undefined;
    if (!isEmpty) render(renderer);
    const { width: widthPx, height: heightPx } = renderer;
    return { svg: renderer.toString(), widthPx, heightPx, isEmpty };
  });
