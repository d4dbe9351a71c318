import { expect } from "chai";
import fc from "fast-check";
import { Sessions } from "../src/commands/sessions.js";
import { DirectAccess } from "../src/storage/direct-access.js";
import { Persistence, type PersistenceOptions } from "../src/storage/persistence.js";
import { Store } from "../src/storage/store.js";
import { Transaction } from "../src/storage/transaction.js";
import { Bin, docOf, type Value } from "../src/values/value.js";
import { encodeDoc, RawDoc } from "../src/wire/encode-bson.js";
import { LosingFiles } from "./support/losing-files.js";

const NAMESPACE = "db.things";

type Opened = { store: Store; persistence: Persistence; sessions: Sessions; lines: string[] };

async function open(files: LosingFiles, more: Partial<PersistenceOptions> = {}): Promise<Opened> {
  const store = new Store();
  const sessions = new Sessions();
  const lines: string[] = [];
  const persistence = await Persistence.open(store, {
    directory: "/data",
    durability: "always",
    salvage: false,
    files: files.layer(),
    onRollBack: () => {
      sessions.abortAll();
    },
    sessions: {
      restore: (record) => {
        sessions.restore(record);
      },
      records: () => sessions.records(),
    },
    report: (line) => lines.push(line),
    ...more,
  });
  return { store, persistence, sessions, lines };
}

function put(access: DirectAccess | Transaction, fields: Record<string, Value>): void {
  const doc = docOf(fields);
  const bytes = encodeDoc(doc);
  const collection = access.openCollection(NAMESPACE);
  const old = [...collection.docs.values()].find(
    (each) => each.decode().get("_id") === fields["_id"],
  );
  const raw = new RawDoc(bytes, 0, bytes.length);
  if (old) access.replace(collection, old, raw);
  else access.insert(collection, raw, doc);
}

async function write(store: Store, fields: Record<string, Value>): Promise<void> {
  const access = new DirectAccess(store);
  put(access, fields);
  store.seal(access.changes);
  await store.durable();
}

function contents(store: Store): Record<string, Value> {
  const docs = [...(store.findCollection(NAMESPACE)?.docs.values() ?? [])].map((d) => d.decode());
  return Object.fromEntries(docs.map((doc) => [Number(doc.get("_id")), doc.get("v")]));
}

async function failureOf(promise: Promise<unknown>): Promise<{ code?: unknown; message: string }> {
  return await promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error as { code?: unknown; message: string },
  );
}

describe("durability", () => {
  it("has every acknowledged write and no half transaction after losses of power", async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("write" as const),
          id: fc.nat(9),
          v: fc.nat(999),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("both" as const), v: fc.nat(999) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("unawaited" as const),
          id: fc.nat(9),
          v: fc.nat(999),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("crash" as const),
          keep: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const files = new LosingFiles();
        const known: Record<string, Value> = {};
        let unsure: Record<string, Value>[] = [];
        let opened = await open(files, { compactBytes: 600 });
        for (const each of [...steps, { kind: "crash" as const, keep: 0.5 }]) {
          if (each.kind === "write") {
            await write(opened.store, { _id: each.id, v: each.v });
            known[each.id] = each.v;
            unsure = unsure.filter((other) => !(each.id in other));
          } else if (each.kind === "both") {
            const transaction = new Transaction(opened.store);
            put(transaction, { _id: 100, v: each.v });
            put(transaction, { _id: 101, v: each.v });
            opened.store.seal(transaction.commit());
            await opened.store.durable();
            Object.assign(known, { 100: each.v, 101: each.v });
          } else if (each.kind === "unawaited") {
            write(opened.store, { _id: each.id, v: each.v }).catch(() => undefined);
            unsure.push({ [each.id]: each.v });
          } else {
            files.losePower(() => each.keep);
            opened = await open(files, { compactBytes: 600 });
            const found = contents(opened.store);
            expect(found["100"]).to.equal(found["101"]);
            for (const [id, v] of Object.entries(known)) {
              const allowed = [v, ...unsure.filter((u) => id in u).map((u) => u[id])];
              expect(allowed, `document ${id}`).to.include(found[id]);
            }
            Object.assign(known, found);
            unsure = [];
          }
        }
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);

  it("keeps collections, indexes and results of retryable writes across a restart", async () => {
    const files = new LosingFiles();
    const first = await open(files);
    let { store, sessions } = first;
    const access = new DirectAccess(store);
    const collection = access.openCollection(NAMESPACE);
    store.createIndex(collection, docOf({ key: docOf({ v: 1 }), unique: true }), access.changes);
    put(access, { _id: 1, v: 5 });
    const session = sessions.open(docOf({ id: store.findCollection(NAMESPACE) && uuid() }));
    session.advance(7n);
    const results = new Map([[0, docOf({ n: 1 })]]);
    session.statements = results;
    store.seal(access.changes, session.recordOf(7n, results));
    await first.persistence.close();
    ({ store, sessions } = await open(files));
    expect([...(store.findCollection(NAMESPACE)?.indexes.keys() ?? [])]).to.deep.equal([
      "_id_",
      "v_1",
    ]);
    const again = await failureOf(write(store, { _id: 2, v: 5 }));
    expect(again.code).to.equal(11000);
    expect(sessions.open(docOf({ id: uuid() })).statements.get(0)).to.deep.equal(docOf({ n: 1 }));
  });

  it("removes a write that was cut off and says so", async () => {
    const files = new LosingFiles();
    const { store } = await open(files);
    await write(store, { _id: 1, v: 1 });
    const whole = files.contentOf("journal-1.log");
    await write(store, { _id: 2, v: 2 });
    files.setContent(
      "journal-1.log",
      files.contentOf("journal-1.log").subarray(0, whole.length + 9),
    );
    const { store: later, lines } = await open(files);
    expect(contents(later)).to.deep.equal({ "1": 1 });
    expect(lines.join()).to.contain("9 bytes of a write that was cut off");
  });

  for (const where of ["head", "payload"]) {
    it(`refuses to start on damage in the middle (${where}), naming file and place; salvages`, async () => {
      const files = new LosingFiles();
      const { store } = await open(files);
      await write(store, { _id: 1, v: 1 });
      const offset = files.contentOf("journal-1.log").length;
      await write(store, { _id: 2, v: 2 });
      await write(store, { _id: 3, v: 3 });
      const damaged = Buffer.from(files.contentOf("journal-1.log"));
      const at = offset + (where === "head" ? 5 : 40);
      damaged[at] = (damaged[at] ?? 0) ^ 64;
      files.setContent("journal-1.log", damaged);
      const refused = await failureOf(open(files));
      expect(refused.code).to.equal("store-corrupt");
      expect(refused.message).to.contain(`journal-1.log is damaged at byte ${offset}`);
      expect(files.contentOf("journal-1.log").equals(damaged)).to.equal(true);
      const { store: saved, persistence } = await open(files, { salvage: true });
      expect(contents(saved)).to.deep.equal({ "1": 1 });
      expect(persistence.aside).to.have.length(1);
      expect(persistence.aside[0]).to.include({ offset, bytes: damaged.length - offset });
      await write(saved, { _id: 4, v: 4 });
      expect(contents((await open(files)).store)).to.deep.equal({ "1": 1, "4": 4 });
    });
  }

  it("fails the write when the disk is full, keeps what was there, and goes on with room", async () => {
    const files = new LosingFiles();
    const { store } = await open(files);
    await write(store, { _id: 1, v: 1 });
    files.room = 30;
    const [first, second] = await Promise.all([
      failureOf(write(store, { _id: 1, v: 9 })),
      failureOf(write(store, { _id: 2, v: 2 })),
    ]);
    expect([first.code, second.code]).to.deep.equal([14031, 14031]);
    expect(contents(store)).to.deep.equal({ "1": 1 });
    files.room = Infinity;
    await write(store, { _id: 3, v: 3 });
    expect(contents((await open(files)).store)).to.deep.equal({ "1": 1, "3": 3 });
  });

  it("accepts no more writes once the disk does not say whether it has them", async () => {
    const files = new LosingFiles();
    const { store } = await open(files);
    await write(store, { _id: 1, v: 1 });
    files.failsToSync = true;
    expect((await failureOf(write(store, { _id: 2, v: 2 }))).code).to.equal(1);
    files.failsToSync = false;
    expect((await failureOf(write(store, { _id: 3, v: 3 }))).code).to.equal(1);
    expect(contents(store)).to.deep.equal({ "1": 1 });
  });

  it("compacts the journal into a snapshot and forgets the old files", async () => {
    const files = new LosingFiles();
    const { store, persistence } = await open(files, { compactBytes: 2000 });
    for (let i = 0; i < 200; i += 1) await write(store, { _id: i % 10, v: i });
    await persistence.close();
    expect(files.names().filter((name) => name.startsWith("snapshot"))).to.have.length(1);
    expect(files.names().filter((name) => name.startsWith("journal"))).to.have.length(1);
    expect(files.bytes).to.be.lessThan(8000);
    expect(Object.values(contents((await open(files)).store))).to.have.members(
      Array.from({ length: 10 }, (_, i) => 190 + i),
    );
  });
});

function uuid() {
  return new Bin(4, Buffer.alloc(16, 7));
}
