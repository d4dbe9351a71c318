import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

// npm run bench -- NAME: runs bench/NAME.ts, which prints its progress to stderr and one JSON
// object as the last line of stdout.
const [name = ""] = process.argv.slice(2);
const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && file !== "run.ts")
  .map((file) => file.replace(/\.ts$/, ""));

if (!/^[a-z-]+$/.test(name) || !existsSync(join(folder, `${name}.ts`)) || name === "run") {
  process.stderr.write(`Usage: npm run bench -- NAME, where NAME is one of: ${names.join(", ")}\n`);
  process.exit(2);
}
await import(`./${name}.ts`);
