// `npm test`: every test. Groups of files run in processes of their own, as many at a time as there
// are processors (two at least); each group's output is printed whole when it ends, then one closing
// line for all. A group that dies, or that ran nothing, is a failure.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

/** The slowest first, so that none is left to run alone at the end; the last has all the others. */
const GROUPS = {
  "in the browser": ["test/e2e/**/*.test.ts"],
  integration: ["test/integration/**/*.test.ts"],
  packages: ["packages/*/test/**/*.test.ts"],
  "rules, contracts and attacks": ["test/!(e2e|integration)/**/*.test.ts"],
};
const CLOSING_LINE = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m;

async function runGroup([name, files]) {
  const child = spawn("npx", ["--no-install", "mocha", ...files], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => {
      out += chunk;
    });
  const started = Date.now();
  const code = await new Promise((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\n── ${name} (${seconds} s)\n${out.replace(CLOSING_LINE, "")}`);
  const [, passed, failed, skipped] =
    CLOSING_LINE.exec(out)?.map((count) => Number(count ?? 0)) ?? [];
  if (passed === undefined || passed === 0) {
    console.log(`The tests of "${name}" came to no end (exit code ${code}).`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return { passed, failed: code === 0 ? failed : Math.max(1, failed), skipped };
}

const waiting = Object.entries(GROUPS);
const total = { passed: 0, failed: 0, skipped: 0 };
async function runWaiting() {
  for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
    console.log(`Running the tests: ${group[0]} …`);
    const counts = await runGroup(group);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
}
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runWaiting));

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
