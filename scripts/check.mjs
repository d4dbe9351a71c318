// `npm run check`: types, lint, architecture, unused code and format. A tool that silently looked
// at nothing is worse than none, so each must show that it saw our files.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { ESLint } from "eslint";

const filesBelow = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`)
    : [];

const productFiles = [
  ...filesBelow("src"),
  ...filesBelow("config"),
  ...filesBelow("packages/embedded-mongo/src"),
  ...filesBelow("packages/practice-lms/src"),
];
const faults = [];

function run(name, args) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", ...args], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (status !== 0) {
    // What is JSON is told below in words; a list of files read is no fault.
    const told = /^[[{]/.test(stdout) ? "" : stdout.replace(/^\/.*\.d?\.?ts$\n/gm, "");
    console.log(told, stderr);
    faults.push(name);
  }
  return stdout;
}

function mustHaveSeen(name, count) {
  console.log(`     ${name} looked at ${count} of our ${productFiles.length} product files`);
  if (productFiles.length === 0 || count < productFiles.length)
    faults.push(`${name} saw too few files`);
}

const seenByTypes = run("types", ["tsc", "--listFiles"]).split("\n");
mustHaveSeen(
  "types",
  productFiles.filter((file) => seenByTypes.some((seen) => seen.endsWith(`/${file}`))).length,
);

const lint = run("lint", [
  "eslint",
  "--max-warnings",
  "0",
  "--cache",
  "--cache-location",
  "node_modules/.cache/eslint/",
  "--format",
  "json",
  ".",
]);
try {
  const results = JSON.parse(lint);
  mustHaveSeen(
    "lint",
    productFiles.filter((file) => results.some((result) => result.filePath.endsWith(`/${file}`)))
      .length,
  );
  const formatter = await new ESLint().loadFormatter("stylish");
  const text = await formatter.format(results);
  if (text) console.log(text);
} catch {
  faults.push("lint gave no result");
}

const cruise = run("architecture", [
  "depcruise",
  "--config",
  ".dependency-cruiser.cjs",
  "--output-type",
  "json",
  "src",
  "config",
  "packages",
]);
try {
  const { modules, summary } = JSON.parse(cruise);
  const seen = new Set(modules.map((module) => module.source));
  mustHaveSeen("architecture", productFiles.filter((file) => seen.has(file)).length);
  for (const { rule, from, to } of summary.violations)
    console.log(`     ${rule.name}: ${from} → ${to}`);
  if (summary.violations.length > 0) faults.push("architecture");
} catch {
  faults.push("architecture gave no result");
}

run("unused code", ["knip"]);
const knipFiles = spawnSync("npx", ["--no-install", "knip", "--debug"], {
  encoding: "utf8",
  maxBuffer: 256 * 1024 * 1024,
}).stdout;
mustHaveSeen("unused code", productFiles.filter((file) => knipFiles.includes(file)).length);

run("format", ["prettier", "--check", "--log-level", "log", "."]);

if (faults.length > 0) {
  console.log(`\ncheck failed: ${faults.join("; ")}`);
  process.exitCode = 1;
}
