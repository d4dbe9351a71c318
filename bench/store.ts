import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MongoClient, type Collection } from "mongodb";
import { startStore } from "../packages/embedded-mongo/src/index.js";
import { DirectAccess } from "../packages/embedded-mongo/src/storage/direct-access.js";
import { Store } from "../packages/embedded-mongo/src/storage/store.js";
import { docOf } from "../packages/embedded-mongo/src/values/value.js";
import { encodeDoc, RawDoc } from "../packages/embedded-mongo/src/wire/encode-bson.js";
import { processorTime } from "./store/processor-time.js";
import { perSecond, row, say, type Row } from "./store/rows.js";

// The embedded store on this machine: the driver in this thread, the engine in a worker, every
// acknowledged write synced to the disk. Code is warmed up before it is measured.
const DOCUMENTS = 100_000;
const RESTART_DOCUMENTS = Number(process.env["BENCH_DOCUMENTS"] ?? 1_000_000);

/** The 99.9th percentile of this thread's delay while something runs, in milliseconds. */
async function delayDuring(run: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await run();
  delay.disable();
  return delay.percentile(99.9) / 1e6;
}

/** The middle one of three measurements, so that a moment's disturbance does not decide. */
async function middle(measure: (round: number) => Promise<number>): Promise<number> {
  const figures = [await measure(0), await measure(1), await measure(2)];
  return figures.sort((a, b) => a - b)[1] ?? 0;
}

async function inserts(rows: Collection<Row>) {
  let next = 1_000_000;
  const insert = async () => await rows.insertOne(row(next++));
  // Just-in-time compilation is no part of what is measured.
  await perSecond(6000, 32, insert);
  const insertPerSecond32 = await middle(async () => await perSecond(6000, 32, insert));
  say(`insertOne, 32 at once: ${insertPerSecond32}/s`);
  const insertPerSecond1 = await middle(async () => await perSecond(500, 1, insert));
  say(`insertOne: ${insertPerSecond1}/s`);
  return { insertPerSecond32, insertPerSecond1 };
}

async function operations(rows: Collection<Row>, client: MongoClient) {
  await rows.createIndexes([{ key: { key: 1 } }]);
  const single = client.db("bench").collection<Row>("single");
  await single.createIndexes([{ key: { key: 1 }, unique: true }]);
  const { insertPerSecond32, insertPerSecond1 } = await inserts(single);
  const started = performance.now();
  for (let at = 0; at < DOCUMENTS; at += 1000) {
    await rows.insertMany(Array.from({ length: 1000 }, (_, i) => row(at + i)));
  }
  const insertManyPerSecond = Math.round(DOCUMENTS / ((performance.now() - started) / 1000));
  say(`insertMany: ${insertManyPerSecond} documents/s`);
  const pick = (i: number) => (i * 7919) % DOCUMENTS;
  const byId = async (i: number) => await rows.findOne({ _id: pick(i) });
  const byIndex = async (i: number) => await rows.findOne({ key: `key-${pick(i)}` });
  await perSecond(2000, 1, byId);
  const findByIdPerSecond = await middle(async () => await perSecond(2000, 1, byId));
  const findByIndexPerSecond = await middle(async () => await perSecond(2000, 1, byIndex));
  say(`findOne by _id ${findByIdPerSecond}/s, by index ${findByIndexPerSecond}/s`);
  const updatePerSecond = await middle(
    async () =>
      await perSecond(500, 1, async (i) => {
        await rows.updateOne({ _id: pick(i) }, { $inc: { n: 1 } });
      }),
  );
  const session = client.startSession();
  const transactionPerSecond = await middle(
    async () =>
      await perSecond(200, 1, async (i) => {
        await session.withTransaction(async () => {
          await rows.updateOne({ _id: pick(i) }, { $inc: { n: 1 } }, { session });
          await rows.updateOne({ _id: pick(i + 1) }, { $inc: { n: 1 } }, { session });
        });
      }),
  );
  await session.endSession();
  say(`updateOne ${updatePerSecond}/s, transactions of two ${transactionPerSecond}/s`);
  return {
    insertPerSecond32,
    insertPerSecond1,
    insertManyPerSecond,
    findByIdPerSecond,
    findByIndexPerSecond,
    updatePerSecond,
    transactionPerSecond,
  };
}

/** How much longer this thread is held up while the engine scans and groups than when idle. */
async function eventLoop(rows: Collection<Row>): Promise<number> {
  const blockedMs = await middle(async () => {
    const idle = await delayDuring(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2000));
    });
    const busy = await delayDuring(async () => {
      const until = Date.now() + 2000;
      while (Date.now() < until) {
        await rows.aggregate([{ $group: { _id: "$group", n: { $sum: 1 } } }]).toArray();
        await rows.find({ text: "nothing" }).toArray();
      }
    });
    say(`event loop p99.9: idle ${idle.toFixed(1)} ms, busy ${busy.toFixed(1)} ms`);
    return busy - idle;
  });
  return Math.max(0, Math.round(blockedMs * 10) / 10);
}

function heapPer100k(): number {
  // What the benchmarks before have let go must not be counted.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1_048_576;
  };
  const before = used();
  const store = new Store();
  const access = new DirectAccess(store);
  const collection = access.openCollection("bench.heap");
  for (let i = 0; i < 100_000; i += 1) {
    const doc = docOf(row(i));
    const bytes = encodeDoc(doc);
    access.insert(collection, new RawDoc(bytes, 0, bytes.length), doc);
  }
  access.changes.length = 0;
  const mb = Math.round(used() - before);
  say(`heap: ${mb} MB per ${collection.size} documents`);
  return mb;
}

async function restart(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    let store = await startStore({ dataDir: directory, durability: "off" });
    let client = await MongoClient.connect(store.uri);
    let rows = client.db("bench").collection<Row>("rows");
    await rows.createIndexes([{ key: { key: 1 } }]);
    for (let at = 0; at < RESTART_DOCUMENTS; at += 5000) {
      await rows.insertMany(Array.from({ length: 5000 }, (_, i) => row(at + i)));
    }
    await client.close();
    await store.stop();
    const started = performance.now();
    store = await startStore({ dataDir: directory });
    const elapsed = Math.round(performance.now() - started);
    client = await MongoClient.connect(store.uri);
    rows = client.db("bench").collection<Row>("rows");
    const found = await rows.countDocuments();
    if (found !== RESTART_DOCUMENTS) throw new Error(`${found} documents after the restart`);
    await client.close();
    await store.stop();
    say(`restart with ${found} documents: ${elapsed} ms`);
    return elapsed;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const directory = mkdtempSync(join(tmpdir(), "bench-"));
const store = await startStore({ dataDir: directory });
const client = await MongoClient.connect(store.uri, { maxPoolSize: 40 });
const rows = client.db("bench").collection<Row>("rows");
const measured = await operations(rows, client);
const maxEventLoopBlockMs = await eventLoop(rows);
await client.close();
await store.stop();
rmSync(directory, { recursive: true, force: true });
const cpu = await processorTime();
const restart1mMs = await restart();
const heapMbPer100k = heapPer100k();
process.stdout.write(
  `${JSON.stringify({ ...measured, heapMbPer100k, restart1mMs, maxEventLoopBlockMs, ...cpu })}\n`,
);
