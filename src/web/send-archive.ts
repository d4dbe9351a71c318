import { createHash } from "node:crypto";
import { extname } from "node:path";
import { Writable } from "node:stream";
import { Uint8ArrayReader, ZipWriter } from "@zip.js/zip.js";
import type { Response } from "express";

/** One file in an archive; `/` parts folders. */
export type ArchivedFile = { path: string; bytes: Buffer };

/** A file as an archive's own list names it. */
export type ListedFile = { path: string; sizeBytes: number; sha256: string };

export const listedFile = ({ path, bytes }: ArchivedFile): ListedFile => ({
  path,
  sizeBytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** What is packed already gains nothing from being packed again. */
const PACKED = new Set([".gif", ".gz", ".jpeg", ".jpg", ".mp4", ".pdf", ".png", ".webp", ".zip"]);

/** Longer than a slow line needs; who reads still slower holds nothing open for ever. */
const LONGEST_MS = 15 * 60_000;

/**
 * Answers with a ZIP file of what is given, each file read only when the one before is on its way:
 * a client that reads slowly slows the making, and one that goes away ends it.
 */
export async function sendArchive(
  response: Response,
  about: { name: string; madeAt: Date },
  files: AsyncIterable<ArchivedFile>,
): Promise<void> {
  response.attachment(about.name).type("application/zip");
  response.set("cache-control", "no-store");
  const limit = setTimeout(() => response.destroy(), LONGEST_MS).unref();
  const zip = new ZipWriter(Writable.toWeb(response) as WritableStream, {
    ...{ lastModDate: about.madeAt, useWebWorkers: false },
  });
  try {
    for await (const { path, bytes } of files) {
      const level = PACKED.has(extname(path).toLowerCase()) ? 0 : 6;
      await zip.add(path, new Uint8ArrayReader(bytes), { level });
    }
    await zip.close();
  } catch (error) {
    // Whoever has gone away is told nothing.
    if (response.destroyed) return;
    if (!response.headersSent) response.removeHeader("content-disposition");
    throw error;
  } finally {
    clearTimeout(limit);
  }
}
