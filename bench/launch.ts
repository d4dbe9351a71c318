import { generateKeyPairSync, sign, verify } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulatedPlatform } from "../test/attacks/simulated-platform.js";
import { addLearners, addPlatforms, fillCourse, waitForAwards } from "./launch/fill.js";
import { type Landed, launchOnce, openPage, type Target } from "./launch/launching.js";
import { startLtijs } from "./peers/ltijs.js";
import type { MeasuredProcess } from "./peers/measured-process.js";
import { PUBLIC_URL, registerAt, type Rosette, startRosette } from "./peers/rosette.js";
import { startSharedStore } from "./peers/shared-store.js";

// npm run bench -- launch: what a launch and an authenticated page cost Rosette and ltijs 5.9.9, side
// by side: each a process pinned to the first core, each with its own storage code on one embedded
// store, which runs on the second core together with the platform that signs.

const SERVERS_CORE = 0;
const STORE_CORE = 1;
const ROUNDS = 9;
const LAUNCHES = 60;
const PAGES = 100;
const WARM_UP = 200;
const CLIENT_ID = "benched";
const LEARNERS = Array.from({ length: 20 }, (_, index) => `learner-${index}`);
const PLATFORMS = 1000;
const KNOWN_LEARNERS = 100_000;

const note = (line: string): void => void process.stderr.write(`${line}\n`);
const round = (value: number): number => Math.round(value * 1000) / 1000;
const sorted = (values: number[]): number[] => values.toSorted((a, b) => a - b);
const quantile = (values: number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const median = (values: number[]): number => quantile(values, 0.5);

/** One RS256 verify of about a token's length, as this machine does it. */
function measureVerify(): number {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const data = Buffer.alloc(2000, "x");
  const signature = sign("sha256", data, privateKey);
  const before = process.cpuUsage();
  for (let i = 0; i < 3000; i += 1) verify("sha256", data, publicKey, signature);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / 3000;
}

type Contender = {
  name: string;
  target: Target;
  process: MeasuredProcess;
  landed: Landed[];
  tookMs: number[];
  launchCpuMs: number[];
  pageCpuMs: number[];
  withStoreCpuMs: number[];
};

const contender = (name: string, target: Target, process: MeasuredProcess): Contender => ({
  ...{ name, target, process, landed: [], tookMs: [] },
  ...{ launchCpuMs: [], pageCpuMs: [], withStoreCpuMs: [] },
});

const folder = await mkdtemp(join(tmpdir(), "rosette-bench-"));
const platform = await startSimulatedPlatform("first");
const store = await startSharedStore({ dataDir: folder, core: STORE_CORE });
const rosettes: Rosette[] = [];

async function startOurs(database: string): Promise<{ rosette: Rosette; contender: Contender }> {
  const rosette = await startRosette({ storeUri: store.uri, database, core: SERVERS_CORE });
  rosettes.push(rosette);
  await registerAt(rosette, [platform], CLIENT_ID);
  const { origin } = rosette;
  const paths = { loginPath: "/lti/login", launchPath: "/lti/launch", clientId: CLIENT_ID };
  const target = { origin, publicUrl: PUBLIC_URL, ...paths };
  return { rosette, contender: contender(database, target, rosette.process) };
}

async function launchMany(who: Contender, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const sub = LEARNERS[index % LEARNERS.length] ?? "";
    const landed = await launchOnce(who.target, platform, sub);
    who.tookMs.push(landed.tookMs);
    who.landed[index % LEARNERS.length] = landed;
  }
}

/** Where the visits' pages with data stand: ours is reached by a redirect. */
async function openMany(who: Contender, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const landed = who.landed[index % LEARNERS.length];
    if (landed === undefined) throw new Error("nobody is in");
    const isOurs = landed.path.startsWith("/l/");
    const path = isOurs ? `${/^\/l\/[^/]+/.exec(landed.path)?.[0] ?? ""}/progress` : landed.path;
    const text = await openPage(who.target, { ...landed, path });
    if (index === 0 && isOurs && !text.includes("Compression"))
      throw new Error("a page shows no track");
  }
}

async function measureRound(who: Contender): Promise<void> {
  const [before, storeBefore] = [who.process.cpuMs(), store.process.cpuMs()];
  await launchMany(who, LAUNCHES);
  const spent = who.process.cpuMs() - before;
  who.launchCpuMs.push(spent / LAUNCHES);
  who.withStoreCpuMs.push((spent + store.process.cpuMs() - storeBefore) / LAUNCHES);
}

async function measurePages(who: Contender): Promise<void> {
  const before = who.process.cpuMs();
  await openMany(who, PAGES);
  who.pageCpuMs.push((who.process.cpuMs() - before) / PAGES);
}

const NOT_OURS = new Set(["hello", "ping", "serverStatus", "endSessions", "isMaster"]);
const sumOf = (commands: Record<string, number>): number =>
  Object.entries(commands).reduce((sum, [name, n]) => (NOT_OURS.has(name) ? sum : sum + n), 0);

/** Commands and examined documents per launch, less what the idle servers ask in the same time. */
async function countCommands(who: Contender, run: () => Promise<void>, count: number) {
  const began = performance.now();
  const before = await store.figures();
  await run();
  const after = await store.figures();
  await new Promise((resolve) => setTimeout(resolve, performance.now() - began));
  const idle = await store.figures();
  const used = sumOf(after.commands) - sumOf(before.commands);
  const idling = sumOf(idle.commands) - sumOf(after.commands);
  const examined = after.examined - before.examined - (idle.examined - after.examined);
  const byName = Object.fromEntries(
    Object.entries(after.commands)
      .map(([name, n]) => [name, n - (before.commands[name] ?? 0)] as const)
      .filter(([name, n]) => n > 0 && !NOT_OURS.has(name)),
  );
  note(`${who.name}: ${JSON.stringify(byName)} over ${count}, idle ${idling}`);
  return { commands: (used - idling) / count, examined: examined / count };
}

try {
  note("filling");
  const base = await startOurs("one-platform");
  const many = await startOurs("many-platforms");
  const crowd = await startOurs("many-learners");
  const at = { issuer: platform.issuer, subs: LEARNERS };
  for (const { rosette } of [base, many, crowd]) await fillCourse(rosette, at);
  await addPlatforms(many.rosette, PLATFORMS - 1);
  await addLearners(crowd.rosette, { issuer: platform.issuer, count: KNOWN_LEARNERS });
  for (const { rosette } of [base, many, crowd]) await waitForAwards(rosette, LEARNERS.length);
  const peer = await startLtijs({
    ...{ storeUri: store.uri, database: "ltijs", core: SERVERS_CORE },
    ...{ clientId: CLIENT_ID, platforms: [platform] },
  });
  const paths = { loginPath: "/login", launchPath: "/", clientId: CLIENT_ID };
  const target = { origin: peer.origin, publicUrl: peer.origin, ...paths };
  const ltijs = contender("ltijs", target, peer.process);
  const ours = base.contender;
  const all = [ours, ltijs, many.contender, crowd.contender];
  try {
    note("warming up");
    for (const who of all) await launchMany(who, WARM_UP);
    for (const who of all) await openMany(who, WARM_UP);
    for (const who of all) who.tookMs = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      for (const who of all) await measureRound(who);
      for (const who of [ours, ltijs]) await measurePages(who);
      const now = all.map(({ name, launchCpuMs }) => `${name} ${launchCpuMs.at(-1)?.toFixed(2)}`);
      note(`round ${index + 1} of ${ROUNDS}, ms CPU per launch: ${now.join(", ")}`);
    }
    const counts = new Map<string, { commands: number; examined: number }>();
    for (const who of all) {
      counts.set(
        who.name,
        await countCommands(
          who,
          async () => {
            await launchMany(who, LAUNCHES * 2);
          },
          LAUNCHES * 2,
        ),
      );
    }
    const pages = await countCommands(
      ours,
      async () => {
        await openMany(ours, PAGES);
      },
      PAGES,
    );
    const compare = (read: (who: Contender) => number[]) => {
      const [mine, theirs] = [median(read(ours)), median(read(ltijs))];
      return { ours: round(mine), ltijs: round(theirs), ratio: round(mine / theirs) };
    };
    const flatness = (who: Contender) =>
      round(median(who.withStoreCpuMs.map((cpu, i) => cpu / (ours.withStoreCpuMs[i] ?? cpu))));
    const times = ({ tookMs }: Contender) => ({
      p50: round(quantile(tookMs, 0.5)),
      p99: round(quantile(tookMs, 0.99)),
    });
    process.stdout.write(
      `${JSON.stringify({
        launchCpuMs: compare(({ launchCpuMs }) => launchCpuMs),
        pageCpuMs: compare(({ pageCpuMs }) => pageCpuMs),
        rs256VerifyMs: round(measureVerify()),
        platformsFlatness: flatness(many.contender),
        learnersFlatness: flatness(crowd.contender),
        peakRssMb: round(ours.process.peakRssMb()),
        storeCommandsPerLaunch: round(counts.get(ours.name)?.commands ?? Number.NaN),
        storeCommandsPerPage: round(pages.commands),
        documentsExaminedPerLaunch: Object.fromEntries(
          [...counts].map(([name, { examined }]) => [name, round(examined)]),
        ),
        launchMs: { ours: times(ours), ltijs: times(ltijs) },
        ltijs: {
          peakRssMb: round(ltijs.process.peakRssMb()),
          storeCommandsPerLaunch: round(counts.get("ltijs")?.commands ?? Number.NaN),
        },
      })}\n`,
    );
  } finally {
    await peer.process.stop();
  }
} finally {
  for (const rosette of rosettes) await rosette.stop();
  await store.stop();
  await platform.stop();
  await rm(folder, { recursive: true, force: true });
}
