import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, normalize } from "node:path";
import ejs from "ejs";
import express from "express";

/** Every view below a folder, as paths without `.ejs`. */
export async function listViews(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith(".ejs"))
    .map((file) => file.slice(0, -".ejs".length))
    .sort();
}

async function addIncluded(folder: string, view: string, seen: Set<string>): Promise<void> {
  if (seen.has(view)) return;
  seen.add(view);
  const text = await readFile(join(folder, `${view}.ejs`), "utf8");
  for (const [, path = ""] of text.matchAll(/include\("([^"]+)"/g)) {
    await addIncluded(folder, normalize(join(dirname(view), path)), seen);
  }
}

/** These views and all that they include, directly or through others. */
export async function withIncluded(folder: string, views: Iterable<string>): Promise<string[]> {
  const seen = new Set<string>();
  for (const view of views) await addIncluded(folder, view, seen);
  return [...seen].sort();
}

export type ViewWatch = { rosette: Set<string>; lms: Set<string>; end(): void };

type Call = (this: unknown, view: string, ...given: unknown[]) => unknown;

/** Puts a note before a method; what is returned takes it away again. */
function noteCalls(target: object, name: string, note: (view: string) => void): () => void {
  const original = Reflect.get(target, name) as Call;
  const noted: Call = function (view, ...given) {
    note(view);
    return original.call(this, view, ...given);
  };
  Reflect.set(target, name, noted);
  return () => void Reflect.set(target, name, original);
}

/**
 * Notes which views are really rendered, until `end`: Rosette's by Express' `response.render`, the
 * practice LMS' by EJS itself.
 */
export function watchViews(): ViewWatch {
  const [rosette, lms] = [new Set<string>(), new Set<string>()];
  const undo = [
    noteCalls(express.response, "render", (view) => rosette.add(view)),
    noteCalls(ejs, "renderFile", (path) => {
      if (path.includes("practice-lms")) lms.add(basename(path, ".ejs"));
    }),
  ];
  return {
    rosette,
    lms,
    end: () => {
      for (const step of undo) step();
    },
  };
}
