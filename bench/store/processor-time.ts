import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { findDocs } from "../../packages/embedded-mongo/src/query/search.js";
import { Deadline } from "../../packages/embedded-mongo/src/query/watch.js";
import { compileMatch } from "../../packages/embedded-mongo/src/query/match.js";
import { DirectAccess } from "../../packages/embedded-mongo/src/storage/direct-access.js";
import { Store } from "../../packages/embedded-mongo/src/storage/store.js";
import { docOf, type Doc } from "../../packages/embedded-mongo/src/values/value.js";
import { encodeDoc, RawDoc } from "../../packages/embedded-mongo/src/wire/encode-bson.js";
import { perSecond, row, say, type Row } from "./rows.js";

const COUNT = 10_000;
const WARM_UP = 5000;
const AT_ONCE = 32;

const used = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** CPU microseconds that one operation costs in the driver and in the server's process. */
async function driverAndServer() {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const server = fork(join(import.meta.dirname, "engine-process.ts"), [
    directory,
    join(directory, "bench.sock"),
  ]);
  try {
    const [{ uri }] = (await once(server, "message")) as [{ uri: string }];
    const serverUsed = async () => {
      const answer = once(server, "message");
      server.send("cpu");
      return ((await answer) as [{ microseconds: number }])[0].microseconds;
    };
    const client = await MongoClient.connect(uri);
    const rows = client.db("bench").collection<Row>("rows");
    await rows.createIndexes([{ key: { key: 1 }, unique: true }]);
    const measure = async (run: (i: number) => Promise<unknown>) => {
      await perSecond(WARM_UP, AT_ONCE, run);
      const [ours, theirs] = [used(), await serverUsed()];
      await perSecond(COUNT, AT_ONCE, async (i) => await run(WARM_UP + i));
      const [driver, all] = [used() - ours, (await serverUsed()) - theirs];
      return { driver: Math.round(driver / COUNT), server: Math.round(all / COUNT) };
    };
    const insert = await measure(async (i) => await rows.insertOne(row(i)));
    const find = await measure(async (i) => await rows.findOne({ _id: (i * 7919) % COUNT }));
    await client.close();
    const end = once(server, "exit");
    server.send("stop");
    await end;
    return { insert, find };
  } finally {
    server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The same operations on the engine alone: no socket, no messages, no journal. */
function engine() {
  const access = new DirectAccess(new Store());
  const collection = access.openCollection("bench.rows");
  const measure = (run: (i: number) => void) => {
    for (let i = 0; i < WARM_UP; i += 1) run(i);
    const before = used();
    for (let i = 0; i < COUNT; i += 1) run(WARM_UP + i);
    return Math.round(((used() - before) / COUNT) * 10) / 10;
  };
  const insert = measure((i) => {
    const doc = docOf(row(i));
    const bytes = encodeDoc(doc);
    access.insert(collection, new RawDoc(bytes, 0, bytes.length), doc);
    access.changes.length = 0;
  });
  const find = measure((i) => {
    const filter: Doc = new Map([["_id", (i * 7919) % COUNT]]);
    const query = { collation: undefined, variables: new Map(), seen: () => undefined };
    const matcher = compileMatch(filter, query);
    const search = { filter, matcher, sort: [], skip: 0, limit: 1, hint: undefined };
    const found = findDocs(access, collection, {
      ...search,
      collation: undefined,
      deadline: new Deadline(undefined),
    });
    if (found.length !== 1) throw new Error("not found");
  });
  return { insert, find };
}

/** CPU microseconds per operation: of the engine alone, the whole server, and the driver. */
export async function processorTime() {
  const alone = engine();
  const { insert, find } = await driverAndServer();
  const figures = {
    engineCpuMicrosecondsPerFind: alone.find,
    serverCpuMicrosecondsPerFind: find.server,
    driverCpuMicrosecondsPerFind: find.driver,
    engineCpuMicrosecondsPerInsert: alone.insert,
    serverCpuMicrosecondsPerInsert: insert.server,
    driverCpuMicrosecondsPerInsert: insert.driver,
  };
  for (const [name, value] of Object.entries(figures)) say(`${name}: ${value}`);
  return figures;
}
