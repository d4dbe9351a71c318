import { setTimeout as pause } from "node:timers/promises";
import { pushResults } from "../../src/results/push-results.js";
import { newId } from "../../src/stored-record.js";
import type { Product } from "./product.js";

type Item = { id: string; learner: { account: string }; exam: { course: string } };

/** Every course of each of these learners passed, learner by learner, as another system sends it. */
const itemsOf = (learners: readonly string[], courses: readonly string[]): Item[] =>
  learners.flatMap((account) =>
    courses.map((course) => ({
      ...{ id: newId(), learner: { account }, exam: { course } },
      ...{ takenAt: new Date().toISOString(), score: 88, maximum: 100 },
    })),
  );

/** One push, from the body as it arrives. */
async function push(product: Product, items: readonly Item[]): Promise<void> {
  const body = Buffer.from(JSON.stringify({ results: items }));
  const { counts } = await pushResults(product.parts.resultIntake, product.key, body);
  if (counts.stored !== items.length) throw new Error(JSON.stringify(counts));
}

/** Waits until so many awards are stored; how many milliseconds each learner's took to be seen. */
async function untilAwarded(product: Product, learnerIds: readonly string[]): Promise<void> {
  const { connection, organisationId } = product;
  const last = learnerIds.slice(-500);
  const filter = { organisationId, learnerId: { $in: last } };
  while ((await connection.collection("awards").countDocuments(filter)) < last.length)
    await pause(2);
  const all = await connection
    .collection("awards")
    .countDocuments({ organisationId, learnerId: { $in: [...learnerIds] } });
  if (all !== learnerIds.length) throw new Error(`${all} awards of ${learnerIds.length}`);
}

export type Intake = {
  resultsPerSecond: number;
  /** Processor time of the whole path for a learner who passes five courses, in milliseconds. */
  cpuMsPerLearner: { application: number; store: number; both: number };
};

async function measure(
  product: Product,
  about: { learners: readonly string[]; results: number },
  run: () => Promise<void>,
): Promise<Intake> {
  const before = await product.cpuMs();
  const begun = performance.now();
  await run();
  await untilAwarded(product, about.learners);
  const seconds = (performance.now() - begun) / 1000;
  const after = await product.cpuMs();
  const application = (after.application - before.application) / about.learners.length;
  const store = (after.store - before.store) / about.learners.length;
  return {
    resultsPerSecond: about.results / seconds,
    cpuMsPerLearner: { application, store, both: application + store },
  };
}

/** Results that arrive in batches, one after the other, until every award is stored. */
export async function inBatches(
  product: Product,
  about: { learners: readonly string[]; courses: readonly string[]; batch: number },
): Promise<Intake> {
  const items = itemsOf(about.learners, about.courses);
  return await measure(product, { learners: about.learners, results: items.length }, async () => {
    for (let from = 0; from < items.length; from += about.batch)
      await push(product, items.slice(from, from + about.batch));
  });
}

/** Each result by itself, the next when the one before is stored. */
export async function singly(
  product: Product,
  about: { learners: readonly string[]; courses: readonly string[] },
): Promise<Intake> {
  const items = itemsOf(about.learners, about.courses);
  return await measure(product, { learners: about.learners, results: items.length }, async () => {
    for (const item of items) await push(product, [item]);
  });
}

/**
 * Single results at a steady pace: how long a learner waits from the arrival of the last result
 * until the award is seen in the store, in milliseconds, the shortest first.
 */
export async function waits(
  product: Product,
  about: { learners: readonly string[]; courses: readonly string[]; perSecond: number },
): Promise<number[]> {
  const { connection, organisationId } = product;
  const items = itemsOf(about.learners, about.courses);
  const arrived = new Map<string, number>();
  const waited = new Map<string, number>();
  const begun = performance.now();
  const pushing = (async () => {
    const running = items.map(async (item, index) => {
      const due = begun + (index * 1000) / about.perSecond;
      await pause(Math.max(0, due - performance.now()));
      arrived.set(item.learner.account, performance.now());
      await push(product, [item]);
    });
    await Promise.all(running);
  })();
  const open = new Set(about.learners);
  while (open.size > 0) {
    const asked = [...open].filter((id) => arrived.has(id)).slice(0, 50);
    const found = await connection
      .collection("awards")
      .find({ organisationId, learnerId: { $in: asked } }, { projection: { learnerId: 1 } })
      .toArray();
    const seen = performance.now();
    for (const { learnerId } of found as unknown as { learnerId: string }[]) {
      waited.set(learnerId, seen - (arrived.get(learnerId) ?? seen));
      open.delete(learnerId);
    }
    await pause(5);
  }
  await pushing;
  return [...waited.values()].sort((one, other) => one - other);
}

/** The value below which so many of a hundred lie. */
export const percentile = (sorted: readonly number[], percent: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
