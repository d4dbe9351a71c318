import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { deserialize, EJSON, serialize, type Document } from "bson";
import type { Collection } from "./storage/collection.js";
import { DirectAccess } from "./storage/direct-access.js";
import { splitNamespace, type Store } from "./storage/store.js";
import { prepare } from "./commands/prepare-insert.js";
import { decodeDoc } from "./wire/decode-bson.js";
import { encodeDoc, RawDoc } from "./wire/encode-bson.js";
import type { Doc } from "./values/value.js";

/** How many documents of which collection were written or read. */
export type Transferred = { namespace: string; documents: number };

const BATCH = 1000;

function plain(doc: Doc): Document {
  return deserialize(encodeDoc(doc), { promoteValues: false });
}

function engineDoc(document: Document): Doc {
  const bytes = Buffer.from(serialize(document));
  return decodeDoc(bytes, { start: 0, end: bytes.length });
}

function* lines(collection: Collection): Generator<string> {
  for (const { buf, start, end } of collection.docs.values()) {
    const document = deserialize(buf.subarray(start, end), { promoteValues: false });
    yield `${EJSON.stringify(document, { relaxed: false })}\n`;
  }
}

/**
 * Writes every collection as `<directory>/<database>/<collection>.jsonl`, one document of
 * canonical Extended JSON a line, and its options and indexes beside it as `.meta.json`.
 */
export async function exportStore(store: Store, directory: string): Promise<Transferred[]> {
  const done: Transferred[] = [];
  for (const collection of store.allCollections()) {
    const { database, name } = splitNamespace(collection.namespace);
    await mkdir(join(directory, database), { recursive: true, mode: 0o700 });
    const file = join(directory, database, encodeURIComponent(name));
    await pipeline(lines(collection), createWriteStream(`${file}.jsonl`, { mode: 0o600 }));
    const indexes = [...collection.indexes.values()].map(({ definition }) =>
      plain(definition.spec),
    );
    const meta = { options: plain(collection.options.shown), indexes };
    await writeFile(`${file}.meta.json`, `${EJSON.stringify(meta, { relaxed: false })}\n`, {
      mode: 0o600,
    });
    done.push({ namespace: collection.namespace, documents: collection.size });
  }
  return done;
}

/** Reads what `exportStore` wrote into a store that has none of these collections. */
export async function importStore(store: Store, directory: string): Promise<Transferred[]> {
  const done: Transferred[] = [];
  for (const database of await readdir(directory)) {
    for (const file of await readdir(join(directory, database))) {
      if (!file.endsWith(".jsonl")) continue;
      const path = join(directory, database, file.slice(0, -".jsonl".length));
      const namespace = `${database}.${decodeURIComponent(file.slice(0, -".jsonl".length))}`;
      done.push({ namespace, documents: await importCollection(store, namespace, path) });
    }
  }
  return done;
}

async function importCollection(store: Store, namespace: string, path: string): Promise<number> {
  const meta = EJSON.parse(await readFile(`${path}.meta.json`, "utf8"), {
    relaxed: false,
  }) as { options: Document; indexes: Document[] };
  let access = new DirectAccess(store);
  const options = engineDoc(meta.options);
  const collection = store.createCollection({ namespace, options }, access.changes);
  let documents = 0;
  const seal = async () => {
    store.seal(access.changes);
    access = new DirectAccess(store);
    await store.durable();
  };
  const input = createInterface({ input: createReadStream(`${path}.jsonl`), crlfDelay: Infinity });
  for await (const line of input) {
    if (line === "") continue;
    const bytes = Buffer.from(serialize(EJSON.parse(line, { relaxed: false }) as Document));
    const { doc, raw } = prepare(new RawDoc(bytes, 0, bytes.length));
    access.insert(collection, raw, doc);
    documents += 1;
    if (documents % BATCH === 0) await seal();
  }
  for (const spec of meta.indexes) {
    if (spec["name"] !== "_id_") store.createIndex(collection, engineDoc(spec), access.changes);
  }
  await seal();
  return documents;
}
