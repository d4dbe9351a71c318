import { setTimeout as pause } from "node:timers/promises";
import { resolve } from "node:path";
import { startPracticeLms } from "practice-lms";
import { readEnvironment } from "../../config/environment.js";
import { createLog } from "../../src/log.js";
import { startServer, type RunningServer } from "../../src/server.js";
import { examIdsOf } from "../../src/tracks/requirement.js";
import { fillDemo } from "../../scripts/demo/fill-demo.js";
import { listPublishedTracks } from "../../src/tracks/list-published-tracks.js";
import { kindOf } from "../../src/tracks/track.js";
import { freePort } from "./product.js";

const LEARNERS = 60;
const WARM_UP = 10;
const WAIT_MS = 120_000;

type Parts = RunningServer["parts"];

type Track = {
  organisationId: string;
  exams: { examId: string; courseId: string; offeringId: string; passMarkPercent: number }[];
};

/**
 * The first published micro-credential of an organisation, with an offering for each of its exams. A
 * certificate takes a licence besides.
 */
async function findTrack(parts: Parts, organisationId: string): Promise<Track> {
  const published = await listPublishedTracks(parts, { organisationId });
  const version = published.find((track) => kindOf(track) === "micro-credential");
  if (version === undefined) throw new Error("No published track");
  const found = await parts.exams.listByIds(organisationId, examIdsOf(version.requirement));
  const exams = await Promise.all(
    found.map(async ({ id: examId, courseId, passMarkPercent }) => {
      const [offering] = await parts.offerings.listByCourse(organisationId, courseId);
      if (offering === undefined) throw new Error("No offering");
      return { examId, courseId, offeringId: offering.id, passMarkPercent };
    }),
  );
  return { organisationId, exams };
}

async function passAll(parts: Parts, track: Track, sub: string): Promise<void> {
  const { organisationId, exams } = track;
  const now = new Date();
  const key = { organisationId, issuer: "https://bench.example", sub };
  const account = await parts.accounts.findOrCreate(key, now);
  const name = `Learner ${sub}`;
  await parts.profiles.noteFromLms({ id: account.id, organisationId, name, email: undefined });
  for (const exam of exams) {
    await parts.journey.recordResult({
      ...exam,
      organisationId,
      accountId: account.id,
      sourceKey: `hosted:${sub}-${exam.examId}`,
      source: "hosted",
      outcome: { kind: "graded", score: 100, maximum: 100 },
      occurredAt: now,
      isTestUser: false,
    });
  }
}

const countIssued = async (parts: Parts, organisationId: string): Promise<number> => {
  const search = { search: "", page: 1, pageSize: 1000 };
  const { items } = await parts.awards.list(organisationId, search);
  return items.filter(({ credential }) => credential === "issued").length;
};

async function waitForIssued(parts: Parts, track: Track, count: number): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while ((await countIssued(parts, track.organisationId)) < count) {
    if (Date.now() > deadline) throw new Error("Awards did not come in time");
    await pause(250);
  }
}

/**
 * CPU per learner from results arriving to the award stored and its credential signed, store
 * included: every exam of one track each, on the product's own queue.
 */
export async function measureAwards(
  dataDir: string,
  note: (line: string) => void,
): Promise<number> {
  const settings = readEnvironment({
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ENCRYPTION_KEY: "00".repeat(32),
    LOG_LEVEL: "silent",
    ALLOW_PRIVATE_PLATFORMS: "true",
  });
  const log = createLog(settings);
  const server = await startServer({ settings, log, rootDir: resolve(".") });
  const lms = await startPracticeLms({ courses: [] });
  try {
    const { parts } = server;
    const [filled] = await fillDemo(parts, lms, settings.publicUrl);
    if (filled === undefined) throw new Error("Nothing was filled in");
    const track = await findTrack(parts, filled.organisationId);
    for (let index = 0; index < WARM_UP; index += 1) await passAll(parts, track, `w${index}`);
    await waitForIssued(parts, track, WARM_UP);
    const before = process.cpuUsage();
    for (let index = 0; index < LEARNERS; index += 1) await passAll(parts, track, `l${index}`);
    await waitForIssued(parts, track, WARM_UP + LEARNERS);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000 / LEARNERS;
    note(`${LEARNERS} awards over ${track.exams.length} exams: ${cpuMs.toFixed(2)} ms CPU each`);
    return cpuMs;
  } finally {
    await lms.stop();
    await server.stop();
  }
}
