import type { FileLayer, OpenFile } from "./file-layer.js";

/** What was put aside: where from, and where it is now. */
export type Aside = { from: string; offset: number; bytes: number; to: string };

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Copies the rest of a file to one beside it. */
export async function setAside(
  files: FileLayer,
  file: OpenFile,
  { path, from }: { path: string; from: number },
): Promise<Aside> {
  const to = `${path}.aside-${Date.now()}`;
  const copy = await files.open(to);
  const size = await file.size();
  for (let at = from; at < size; at += CHUNK_BYTES) {
    await copy.append(await file.read(at, Math.min(CHUNK_BYTES, size - at)));
  }
  await copy.sync();
  await copy.close();
  return { from: path, offset: from, bytes: size - from, to };
}
