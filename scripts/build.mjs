// Turns TypeScript into what Node runs. Types are checked by `npm run types`, not here.
import { readdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const common = {
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
};

const typescriptIn = async (folder) =>
  (await readdir(folder, { recursive: true }))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`);

// Packages keep their file layout; the application becomes one file per command.
for (const name of ["embedded-mongo", "practice-lms"]) {
  const folder = `packages/${name}`;
  await rm(`${folder}/dist`, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: await typescriptIn(`${folder}/src`),
    outdir: `${folder}/dist`,
    outbase: `${folder}/src`,
  });
}

await rm("dist", { recursive: true, force: true });
await build({
  ...common,
  bundle: true,
  splitting: true,
  packages: "external",
  entryPoints: [
    "src/main.ts",
    "scripts/demo.ts",
    "scripts/platform.ts",
    "scripts/keys.ts",
    "scripts/issuer.ts",
    "scripts/results.ts",
    "scripts/store.ts",
    "src/documents/document-thread.ts",
    "src/documents/drawing-thread.ts",
    "src/signing/signing-thread.ts",
  ],
  outdir: "dist",
  entryNames: "[name]",
  chunkNames: "chunks/[name]-[hash]",
});
