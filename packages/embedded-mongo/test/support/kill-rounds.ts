import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient, type Collection } from "mongodb";

export type KillResult = { kills: number; acknowledged: number; lost: number; partial: number };

type Write = { _id: string; worker: number; pair?: string };

/** What the store has acknowledged, and how far counters may be. */
class Ledger {
  readonly acknowledged = new Set<string>();
  /** Called at every acknowledgement: so that kills fall between writes however fast they are. */
  onAcknowledged: () => void = () => undefined;
  readonly counters = new Map<number, { acknowledged: number; attempted: number }>();
  nextId = 0;

  acknowledge(...ids: string[]): void {
    for (const id of ids) this.acknowledged.add(id);
    this.onAcknowledged();
  }
}

// So small a limit that the journal is taken up into a snapshot again and again.
const COMPACT_BYTES = 4096;
/** A round ends this long after its start at the latest. */
const ROUND_MS = 1000;
/** Stores that are killed side by side: starting one takes longer than killing it. */
const LANES = 3;

async function startChild(command: string, directory: string): Promise<[ChildProcess, string]> {
  const args = [command, "--data-dir", directory, "--socket", join(directory, "s.sock")];
  args.push("--compact-bytes", String(COMPACT_BYTES));
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const uri = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    });
    child.once("exit", () => {
      reject(new Error(`the store did not start: ${errors}`));
    });
  });
  return [child, uri];
}

async function writeUntilDead(client: MongoClient, worker: number, ledger: Ledger): Promise<void> {
  const writes = client.db("crash").collection<Write>("writes");
  const counters = client.db("crash").collection<{ _id: number; n: number }>("counters");
  const counter = ledger.counters.get(worker) ?? { acknowledged: 0, attempted: 0 };
  ledger.counters.set(worker, counter);
  try {
    for (;;) {
      const id = String((ledger.nextId += 1));
      await writes.insertOne({ _id: id, worker });
      ledger.acknowledge(id);
      counter.attempted += 1;
      await counters.updateOne({ _id: worker }, { $inc: { n: 1 } }, { upsert: true });
      counter.acknowledged += 1;
      ledger.onAcknowledged();
      const pair = String((ledger.nextId += 1));
      await client.withSession(async (session) => {
        session.startTransaction();
        await writes.insertOne({ _id: `${pair}a`, worker, pair }, { session });
        await writes.insertOne({ _id: `${pair}b`, worker, pair }, { session });
        await session.commitTransaction();
      });
      ledger.acknowledge(`${pair}a`, `${pair}b`);
    }
  } catch {
    // The store was killed.
  }
}

async function verify(
  client: MongoClient,
  ledger: Ledger,
): Promise<{ lost: number; partial: number }> {
  const writes: Collection<Write> = client.db("crash").collection("writes");
  const found = new Set<string>();
  const pairs = new Map<string, number>();
  for await (const { _id, pair } of writes.find()) {
    found.add(_id);
    if (pair !== undefined) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let lost = [...ledger.acknowledged].filter((id) => !found.has(id)).length;
  const counters = client.db("crash").collection<{ _id: number; n: number }>("counters");
  for (const [worker, counter] of ledger.counters) {
    const n = (await counters.findOne({ _id: worker }))?.n ?? 0;
    if (n < counter.acknowledged || n > counter.attempted) lost += 1;
    counter.acknowledged = counter.attempted = n;
  }
  return { lost, partial: [...pairs.values()].filter((count) => count !== 2).length };
}

// The time-out is short because writers meet it at every kill; connecting may take longer.
async function connected(client: MongoClient): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.connect();
      return;
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}

/** Kills store processes at random moments while clients write to them; counts what was lost. */
export async function killRounds(
  command: string,
  kills: number,
  minutes = Infinity,
): Promise<KillResult> {
  const until = Date.now() + minutes * 60_000;
  const total: KillResult = { kills: 0, acknowledged: 0, lost: 0, partial: 0 };
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const result = await killOne(command, { kills: Math.floor((kills + lane) / LANES), until });
    for (const key of ["kills", "acknowledged", "lost", "partial"] as const) {
      total[key] += result[key];
    }
  });
  await Promise.all(lanes);
  return total;
}

/** Kills one store again and again. */
async function killOne(
  command: string,
  { kills, until }: { kills: number; until: number },
): Promise<KillResult> {
  const directory = mkdtempSync(join(tmpdir(), "em-"));
  const ledger = new Ledger();
  let running: ChildProcess | undefined;
  const result: KillResult = { kills: 0, acknowledged: 0, lost: 0, partial: 0 };
  try {
    for (let round = 0; round <= kills; round += 1) {
      const [child, uri] = await startChild(command, directory);
      running = child;
      const client = new MongoClient(uri, {
        serverSelectionTimeoutMS: 50,
        retryWrites: false,
        maxPoolSize: 4,
      });
      await connected(client);
      const isLast = round === kills || Date.now() > until;
      if (round % 10 === 0 || isLast) {
        const { lost, partial } = await verify(client, ledger);
        result.lost += lost;
        result.partial += partial;
        // What is verified is not looked at again: the files stay small.
        await client.db("crash").collection("writes").deleteMany({});
        result.acknowledged += ledger.acknowledged.size;
        ledger.acknowledged.clear();
      }
      if (!isLast) {
        const dead = once(child, "exit");
        const writing = [0, 1, 2].map(async (worker) => {
          await writeUntilDead(client, worker, ledger);
        });
        const latest = setTimeout(() => child.kill("SIGKILL"), ROUND_MS);
        let left = Math.ceil(Math.random() * 24);
        ledger.onAcknowledged = () => {
          left -= 1;
          // The moment lies between this answer and a few more: within a write, a sync, a rename.
          if (left === 0) setTimeout(() => child.kill("SIGKILL"), Math.random() * 6);
        };
        await dead;
        clearTimeout(latest);
        await Promise.all(writing);
        result.kills += 1;
      } else {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await client.close();
      if (isLast) break;
    }
  } finally {
    running?.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
  return result;
}
