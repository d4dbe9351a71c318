import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/** Bundles the command into one file that starts quickly; returns its path. */
export async function buildCommand(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "em-bin-"));
  process.once("exit", () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const outfile = join(directory, "command.mjs");
  await build({
    entryPoints: [resolve("packages/embedded-mongo/src/command.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: {
      js: 'import { createRequire as cr } from "node:module"; const require = cr(import.meta.url);',
    },
  });
  return outfile;
}
