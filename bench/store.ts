import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { MongoClient, type Collection, type Document } from "mongodb";
import { runEngine } from "../packages/embedded-mongo/src/engine.js";
import { startStore } from "../packages/embedded-mongo/src/index.js";
import { DirectAccess } from "../packages/embedded-mongo/src/storage/direct-access.js";
import { Store } from "../packages/embedded-mongo/src/storage/store.js";
import { docOf } from "../packages/embedded-mongo/src/values/value.js";
import { encodeDoc, RawDoc } from "../packages/embedded-mongo/src/wire/encode-bson.js";

// The embedded store on this machine: the driver in this thread, the engine in a worker, every
// acknowledged write synced to the disk.
const RESTART_DOCUMENTS = Number(process.env["BENCH_DOCUMENTS"] ?? 1_000_000);

type Row = Document & { _id: number };

const row = (i: number): Row => ({
  _id: i,
  key: `key-${i}`,
  group: i % 100,
  at: new Date(1_700_000_000_000 + i),
  text: "a small document of about a hundred and fifty bytes",
});

async function perSecond(count: number, run: (i: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < count; i += 1) await run(i);
  return Math.round(count / ((performance.now() - started) / 1000));
}

async function concurrently(workers: number, each: number, run: (i: number) => Promise<unknown>) {
  const started = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let i = 0; i < each; i += 1) await run(worker * each + i);
    }),
  );
  return Math.round((workers * each) / ((performance.now() - started) / 1000));
}

/** The 99.9th percentile of this thread's delay while something runs, in milliseconds. */
async function delayDuring(run: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await run();
  delay.disable();
  return delay.percentile(99.9) / 1e6;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function operations(rows: Collection<Row>, client: MongoClient) {
  const single = client.db("bench").collection<Row>("single");
  await single.createIndexes([{ key: { key: 1 }, unique: true }]);
  const insertPerSecond32 = await concurrently(
    32,
    300,
    async (i) => await single.insertOne(row(i)),
  );
  say(`insertOne, 32 at once: ${insertPerSecond32}/s`);
  const insertPerSecond1 = await perSecond(1000, async (i) => await single.insertOne(row(1e6 + i)));
  say(`insertOne: ${insertPerSecond1}/s`);
  await rows.createIndexes([{ key: { key: 1 } }]);
  const started = performance.now();
  for (let at = 0; at < 100_000; at += 1000) {
    await rows.insertMany(Array.from({ length: 1000 }, (_, i) => row(at + i)));
  }
  const insertManyPerSecond = Math.round(100_000 / ((performance.now() - started) / 1000));
  say(`insertMany: ${insertManyPerSecond} documents/s`);
  const pick = (i: number) => (i * 7919) % 100_000;
  const findByIdPerSecond = await perSecond(
    3000,
    async (i) => await rows.findOne({ _id: pick(i) }),
  );
  const findByIndexPerSecond = await perSecond(
    3000,
    async (i) => await rows.findOne({ key: `key-${pick(i)}` }),
  );
  say(`findOne by _id ${findByIdPerSecond}/s, by index ${findByIndexPerSecond}/s`);
  const updatePerSecond = await perSecond(
    1000,
    async (i) => await rows.updateOne({ _id: pick(i) }, { $inc: { n: 1 } }),
  );
  const session = client.startSession();
  const transactionPerSecond = await perSecond(500, async (i) => {
    await session.withTransaction(async () => {
      await rows.updateOne({ _id: pick(i) }, { $inc: { n: 1 } }, { session });
      await rows.updateOne({ _id: pick(i + 1) }, { $inc: { n: 1 } }, { session });
    });
  });
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
  const wait = async () => await new Promise((resolve) => setTimeout(resolve, 3000));
  const idle = await delayDuring(wait);
  const busy = await delayDuring(async () => {
    const until = Date.now() + 3000;
    while (Date.now() < until) {
      await rows.aggregate([{ $group: { _id: "$group", n: { $sum: 1 } } }]).toArray();
      await rows.find({ text: "nothing" }).toArray();
    }
  });
  say(`event loop p99.9: idle ${idle.toFixed(1)} ms, busy ${busy.toFixed(1)} ms`);
  return Math.max(0, Math.round((busy - idle) * 10) / 10);
}

function heapPer100k(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  const used = () => {
    collect?.();
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

/** CPU microseconds an operation costs: driver and server together, and the server's share. */
async function processorTime() {
  const engine = await runEngine({
    address: { socketPath: join(tmpdir(), `bench-${process.pid}.sock`) },
    durability: "off",
  });
  const client = await MongoClient.connect(engine.uri);
  const rows = client.db("bench").collection<Row>("rows");
  await rows.insertMany(Array.from({ length: 1000 }, (_, i) => row(i)));
  const start = process.cpuUsage();
  await perSecond(3000, async (i) => await rows.findOne({ _id: i % 1000 }));
  const { user, system } = process.cpuUsage(start);
  await client.close();
  await engine.stop();
  return { cpuMicrosecondsPerFindDriverAndServer: Math.round((user + system) / 3000) };
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
const heapMbPer100k = heapPer100k();
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
process.stdout.write(
  `${JSON.stringify({ ...measured, heapMbPer100k, restart1mMs, maxEventLoopBlockMs, ...cpu })}\n`,
);
