import type { Response } from "express";

/**
 * Answers with a file that somebody has uploaded: only ever saved, never shown, so that nothing in
 * it runs under our address, whatever it is.
 */
export function sendForSaving(response: Response, file: { name: string; bytes: Buffer }): void {
  response.attachment(file.name);
  response.set({
    "content-type": "application/octet-stream",
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.send(file.bytes);
}
