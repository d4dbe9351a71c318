import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPracticeLms } from "practice-lms";
import { fillDemo } from "../scripts/demo/fill-demo.js";
import { measureAwards } from "./story/awards.js";
import { measureLaunches, measureLearnerPage } from "./story/visits.js";
import { freePort, openParts, startProduct } from "./story/product.js";

// npm run bench -- story: what the main job costs, as the newcomer runs it: the built product on the
// embedded store, the practice LMS in this process. CPU is that of the product's whole process,
// its store included.

const STARTS = 7;
const note = (line: string): void => void process.stderr.write(`${line}\n`);

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function measureStarts(folder: string): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const dataDir = join(folder, `start-${start}`);
    const product = await startProduct({ port: await freePort(), dataDir });
    times.push(product.startupMs);
    note(`start ${start + 1} of ${STARTS}: ${product.startupMs.toFixed(0)} ms to the first 200`);
    await product.stop();
  }
  return median(times);
}

async function measureVisits(folder: string) {
  const port = await freePort();
  const product = await startProduct({ port, dataDir: join(folder, "visits") });
  const lms = await startPracticeLms({ courses: [] });
  const { parts, close } = await openParts(product);
  try {
    await fillDemo(parts, lms, product.url);
    await close();
    const launches = await measureLaunches(product, lms, note);
    const page = await measureLearnerPage(product, launches.visits, note);
    return { launchCpuMs: launches.cpuMs, ...page, peakRssMb: product.peakRssMb() };
  } finally {
    await lms.stop();
    await product.stop();
  }
}

const folder = await mkdtemp(join(tmpdir(), "rosette-bench-"));
try {
  note("building");
  spawnSync("npm", ["run", "build", "--silent"], { stdio: ["ignore", "ignore", "inherit"] });
  const startupMs = await measureStarts(folder);
  const visits = await measureVisits(folder);
  const resultToAwardCpuMs = await measureAwards(join(folder, "awards"), note);
  const round = (value: number): number => Math.round(value * 100) / 100;
  process.stdout.write(
    `${JSON.stringify({
      launchCpuMs: round(visits.launchCpuMs),
      learnerPageCpuMs: round(visits.learnerPageCpuMs),
      resultToAwardCpuMs: round(resultToAwardCpuMs),
      peakRssMb: round(visits.peakRssMb),
      startupMs: round(startupMs),
      learnerPageBytes: visits.learnerPageBytes,
    })}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
