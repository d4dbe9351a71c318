import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Connection } from "mongoose";
import { readEnvironment } from "../../config/environment.js";
import { buildIndexes, connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import type { PushKey } from "../../src/results/push-key.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts, type Parts } from "../../src/parts/parts.js";
import { newId } from "../../src/stored-record.js";
import {
  aCourse,
  allOf,
  anExam,
  aTrackContent,
  examStep,
} from "../../test/support/core-fixtures.js";

/** The product over an embedded store in a process of its own, as a server runs it but for HTTP. */
export type Product = {
  parts: Parts;
  /** The store's address. */
  uri: string;
  connection: Connection;
  organisationId: string;
  /** Who pushes results. */
  key: PushKey;
  /** Milliseconds of processor time so far. */
  cpuMs: () => Promise<{ application: number; store: number }>;
  stop: () => Promise<void>;
};

async function storeCpuMs(store: ChildProcess): Promise<number> {
  store.send("cpu");
  const [{ microseconds }] = (await once(store, "message")) as [{ microseconds: number }];
  return microseconds / 1000;
}

export async function openProduct(): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), "rosette-bench-"));
  const enginePath = fileURLToPath(new URL("../store/engine-process.ts", import.meta.url));
  const store = fork(enginePath, [join(folder, "store"), join(folder, "store.sock")], {
    execArgv: [...process.execArgv, "--max-old-space-size=12000"],
  });
  const [{ uri }] = (await once(store, "message")) as [{ uri: string }];
  const connection = await connectDatabase(uri);
  const parts = createParts({
    connection,
    settings: readEnvironment({ NODE_ENV: "test", PUBLIC_URL: "http://localhost:4790" }),
    log: createLog({ logLevel: "error" }),
    sealedBox: createSealedBox(randomBytes(32).toString("hex")),
    now: () => new Date(),
  });
  await buildIndexes(connection);
  const { id: organisationId } = await parts.organisations.ensureFirst("Association", new Date());
  await parts.work.start({ isAlone: true });
  return {
    ...{ parts, uri, connection, organisationId },
    key: {
      ...{ id: newId(), organisationId, sender: "Bench", sealedSecret: "" },
      ...{ createdAt: new Date(), createdBy: "bench", revokedAt: undefined },
    },
    cpuMs: async () => {
      const { user, system } = process.cpuUsage();
      return { application: (user + system) / 1000, store: await storeCpuMs(store) };
    },
    stop: async () => {
      await parts.work.stop();
      await parts.stopThreads();
      await connection.close();
      store.send("stop");
      await once(store, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until what publications and arrivals have set going is done. */
export async function untilIdle({ connection }: Product): Promise<void> {
  const deadline = performance.now() + 120_000;
  const jobs = connection.collection("jobs");
  while ((await jobs.countDocuments()) > 0 && performance.now() < deadline) await pause(50);
}

/** Waits until the store has written away what it was given in bulk. */
export async function untilStoreRests(product: Product): Promise<void> {
  const deadline = performance.now() + 180_000;
  let before = (await product.cpuMs()).store;
  while (performance.now() < deadline) {
    await pause(1000);
    const after = (await product.cpuMs()).store;
    if (after - before < 100) return;
    before = after;
  }
}

/** A course with an exam that another system grades. */
async function addExam({ parts, organisationId }: Product, title: string) {
  const course = aCourse({ organisationId, title });
  const exam = anExam({ organisationId, courseId: course.id });
  await parts.courses.addOnce(course);
  await parts.exams.add(exam);
  return { exam, course };
}

/** Publishes one more badge for five courses of its own; the codes of the courses. */
export async function addBadge(product: Product, name: string): Promise<string[]> {
  const { parts, organisationId } = product;
  const pieces = [];
  for (let index = 1; index <= 5; index += 1)
    pieces.push(await addExam(product, `${name}, part ${index}`));
  const trackId = newId();
  const at = new Date();
  const requirement = allOf("root", ...pieces.map(({ exam }) => examStep(exam.id)));
  await parts.tracks.add({
    ...{ id: trackId, organisationId, name, publishedVersion: 0 },
    draft: aTrackContent({ name, requirement }),
    ...{ createdAt: at, updatedAt: at },
  });
  const wanted = { organisationId, trackId, publishedBy: "bench" };
  const published = await parts.journey.publishTrack(wanted);
  if (published.kind !== "published") throw new Error(JSON.stringify(published));
  return pieces.map(({ course }) => course.code);
}
