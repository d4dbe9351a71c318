import { newFileHeader, type FileHeader } from "./frame.js";
import type { ReadEnd } from "./frame-reader.js";
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

/** Removes what follows the last whole frame of a journal; writes a header anew that was cut off. */
export async function cutOff(
  file: OpenFile,
  end: ReadEnd,
  { sound, report }: { sound: boolean; report: (line: string) => void },
): Promise<FileHeader> {
  if (sound && end.header) return end.header;
  const size = await file.size();
  if (size > end.offset) {
    report(`embedded-mongo: ${size - end.offset} bytes of a write that was cut off are removed`);
  }
  await file.truncate(end.offset);
  if (end.header) {
    await file.sync();
    return end.header;
  }
  const { header, bytes } = newFileHeader("EMJRNL01");
  await file.append(bytes);
  await file.sync();
  return header;
}
