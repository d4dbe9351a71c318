import { newId } from "../stored-record.js";
import { noCounts } from "./import-results.js";
import type { ImportKind } from "./imported-row.js";
import { importLimits, type ResultImport } from "./result-import.js";
import type { ResultImportStore } from "./result-import-store.js";

/** What was received, or why nothing was kept of it. */
export type FileReception =
  { kind: "received"; id: string } | { kind: "empty" } | { kind: "too-many" };

const PIECE_BYTES = 256 * 1024;

/** The same bytes in pieces of one size, so that few documents hold them. */
async function* piecesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    length += chunk.length;
    if (length < PIECE_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}

/**
 * Keeps an uploaded file as it arrives, in memory that does not grow with it, to be looked at.
 * Nothing is left of one whose `chunks` fail; what a process that died has left is swept.
 */
export async function receiveFile(
  needs: {
    imports: Pick<ResultImportStore, "add" | "addPiece" | "countKept" | "move" | "remove">;
    now: () => Date;
  },
  about: { organisationId: string; kind: ImportKind; fileName: string; uploadedBy: string },
  chunks: AsyncIterable<Uint8Array>,
): Promise<FileReception> {
  const { imports, now } = needs;
  const { organisationId } = about;
  if ((await imports.countKept(organisationId)) >= importLimits.filesKept) {
    return { kind: "too-many" };
  }
  const at = now();
  const record: ResultImport = {
    ...{ ...about, id: newId(), fileName: about.fileName.slice(-200), sizeBytes: 0 },
    ...{ uploadedAt: at, touchedAt: at, state: "receiving", checkedBytes: 0 },
    ...{ checked: noCounts, imported: noCounts, sentence: undefined, decidedBy: undefined },
  };
  await imports.add(record);
  let sizeBytes = 0;
  let number = 0;
  try {
    for await (const bytes of piecesOf(chunks)) {
      sizeBytes += bytes.length;
      number += 1;
      await imports.addPiece(record, { number, bytes });
    }
  } catch (error) {
    await imports.remove(record);
    throw error;
  }
  if (sizeBytes === 0) {
    await imports.remove(record);
    return { kind: "empty" };
  }
  const set = { sizeBytes };
  await imports.move(record, { from: "receiving", to: "checking", at: now(), set });
  return { kind: "received", id: record.id };
}
