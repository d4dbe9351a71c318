import { join } from "node:path";
import { FILE_HEADER_BYTES, newFileHeader, parseFileHeader } from "./frame.js";
import type { FileLayer } from "./file-layer.js";
import type { JournalFile } from "./journal-writer.js";

/** The state before the journal of the same generation. */
export const snapshotName = (generation: number) => `snapshot-${generation}.data`;
export const journalName = (generation: number) => `journal-${generation}.log`;

const NAMES = { snapshot: /^snapshot-(\d+)\.data$/, journal: /^journal-(\d+)\.log$/ };

/** The generation of a snapshot or journal, by its name. */
export function generationOf(name: string): number | undefined {
  const [, generation] = NAMES.snapshot.exec(name) ?? NAMES.journal.exec(name) ?? [];
  return generation === undefined ? undefined : Number(generation);
}

/** The generations there are of one kind, ascending. */
export function generationsOf(names: readonly string[], kind: keyof typeof NAMES): number[] {
  return names
    .filter((name) => NAMES[kind].test(name))
    .map((name) => generationOf(name) ?? 0)
    .sort((a, b) => a - b);
}

/** Makes an empty journal that outlasts a loss of power. */
export async function newJournal(
  files: FileLayer,
  directory: string,
  generation: number,
): Promise<JournalFile> {
  const file = await files.open(join(directory, journalName(generation)));
  await file.truncate(0);
  const { header, bytes } = newFileHeader("EMJRNL01");
  await file.append(bytes);
  await file.sync();
  await files.syncDirectory(directory);
  return { file, header, offset: FILE_HEADER_BYTES, nextNumber: 0 };
}

/** Takes off the last journal if its header never got to the disk: it was never written to. */
export async function withoutUnborn(
  files: FileLayer,
  directory: string,
  generations: number[],
): Promise<number[]> {
  const last = generations.at(-1);
  if (generations.length < 2 || last === undefined) return generations;
  const path = join(directory, journalName(last));
  const file = await files.open(path);
  const header = parseFileHeader(await file.read(0, FILE_HEADER_BYTES), "EMJRNL01");
  const unborn = header === undefined && (await file.size()) <= FILE_HEADER_BYTES;
  await file.close();
  if (!unborn) return generations;
  await files.remove(path);
  return generations.slice(0, -1);
}
