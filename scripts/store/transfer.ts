import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { mongo } from "mongoose";
import { z } from "zod";
import { CommandError } from "../command.js";

const { deserialize, EJSON, serialize } = mongo.BSON;
type Document = mongo.BSON.Document;

/** How many documents of a collection were written or read. */
export type Transferred = { name: string; documents: number };

const MANIFEST = "manifest.json";
const BATCH = 1000;
const BATCH_CHARACTERS = 8_000_000;
/** Every value as the type that is stored: no number or date becomes another. */
const exact = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

const Manifest = z.object({
  format: z.literal(1),
  collections: z.array(z.object({ name: z.string().min(1), documents: z.number().int().min(0) })),
});
const Meta = z.object({
  options: z.record(z.string(), z.unknown()),
  indexes: z.array(z.looseObject({ name: z.string(), key: z.looseObject({}) })),
});

const fileOf = (directory: string, name: string): string =>
  join(directory, encodeURIComponent(name));
const asLine = (document: Document): string => `${EJSON.stringify(document, { relaxed: false })}\n`;

/** A stored document as a line. A field called `$date`, say, would be read back as a date. */
function exactLine(raw: Uint8Array, name: string): string {
  const line = asLine(deserialize(raw, exact));
  if (Buffer.compare(serialize(readLine(line, { file: name, number: 1 })), raw) === 0) return line;
  const id = EJSON.stringify(deserialize(raw, exact)["_id"]);
  throw new CommandError(
    `The document ${id} in ${name} cannot be written as Extended JSON without changing it.`,
  );
}

async function listCollections(db: mongo.Db) {
  const all = await db.listCollections({}, { nameOnly: false }).toArray();
  return all.filter(({ name, type }) => type === "collection" && !name.startsWith("system."));
}

async function exportCollection(
  db: mongo.Db,
  file: string,
  collection: { name: string; options: Document },
): Promise<Transferred> {
  const { name, options } = collection;
  const indexes = await db.collection(name).listIndexes(exact).toArray();
  await writeFile(`${file}.meta.json`, asLine({ options, indexes }), { mode: 0o600 });
  let documents = 0;
  const lines = async function* () {
    const cursor = db.collection(name).find({}, { raw: true });
    for await (const raw of cursor as unknown as AsyncIterable<Uint8Array>) {
      documents += 1;
      yield exactLine(raw, name);
    }
  };
  await pipeline(lines, createWriteStream(`${file}.jsonl`, { mode: 0o600 }));
  return { name, documents };
}

/**
 * Writes a database into an empty directory: `<collection>.jsonl`, one document of canonical
 * Extended JSON a line (what `mongoimport --file` reads), its options and indexes beside it in
 * `.meta.json`, and last of all the manifest: an export without one is not whole.
 * @throws CommandError when the directory is not empty, or a document cannot be told exactly
 */
export async function exportDatabase(db: mongo.Db, directory: string): Promise<Transferred[]> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) {
    throw new CommandError(`${directory} is not empty. Name a new directory.`);
  }
  const collections: Transferred[] = [];
  for (const { name, options } of await listCollections(db)) {
    const about = { name, options: options ?? {} };
    collections.push(await exportCollection(db, fileOf(directory, name), about));
  }
  const manifest = `${JSON.stringify({ format: 1, collections }, undefined, 2)}\n`;
  await writeFile(join(directory, MANIFEST), manifest, { mode: 0o600 });
  return collections;
}

async function readManifest(directory: string) {
  const path = join(directory, MANIFEST);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new CommandError(`There is no ${MANIFEST} in ${directory}: it is no whole export.`);
  }
  try {
    return Manifest.parse(JSON.parse(text));
  } catch {
    throw new CommandError(`${path} cannot be read: it is no export of this program.`);
  }
}

function readLine(line: string, at: { file: string; number: number }): Document {
  try {
    return EJSON.parse(line, { relaxed: false }) as Document;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${at.file}, line ${at.number} cannot be read: ${why}`);
  }
}

async function insertLines(collection: mongo.Collection, file: string): Promise<number> {
  const input = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let batch: Document[] = [];
  let characters = 0;
  let number = 0;
  const write = async () => {
    if (batch.length > 0) await collection.insertMany(batch, { ordered: true });
    batch = [];
    characters = 0;
  };
  for await (const line of input) {
    number += 1;
    if (line === "") continue;
    batch.push(readLine(line, { file, number }));
    characters += line.length;
    if (batch.length === BATCH || characters > BATCH_CHARACTERS) await write();
  }
  await write();
  return await collection.countDocuments();
}

async function importCollection(
  db: mongo.Db,
  file: string,
  { name, documents }: Transferred,
): Promise<void> {
  const meta = Meta.parse(
    readLine(await readFile(`${file}.meta.json`, "utf8"), { file, number: 1 }),
  );
  const collection = await db.createCollection(name, meta.options);
  const stored = await insertLines(collection, `${file}.jsonl`);
  if (stored !== documents) {
    throw new CommandError(
      `${name}: the manifest names ${documents} documents, ${stored} came in. The export is damaged.`,
    );
  }
  const indexes = meta.indexes.filter((spec) => spec.name !== "_id_");
  if (indexes.length > 0) await db.command({ createIndexes: name, indexes });
}

/**
 * Reads what `exportDatabase` wrote into a database without a document; `replace` drops all that
 * is there first. What failed half-way is repeated with `replace`.
 * @throws CommandError for a database in use and for files that cannot be read, naming the line
 */
export async function importDatabase(
  db: mongo.Db,
  directory: string,
  { replace }: { replace: boolean },
): Promise<Transferred[]> {
  const { collections } = await readManifest(directory);
  const present = await listCollections(db);
  for (const { name } of present) {
    const isUsed = (await db.collection(name).findOne({}, { projection: { _id: 1 } })) !== null;
    if (isUsed && !replace) {
      throw new CommandError(
        `The database has documents in ${name} already. Import into an empty one, or say --replace.`,
      );
    }
  }
  for (const { name } of present) await db.collection(name).drop();
  for (const collection of collections) {
    await importCollection(db, fileOf(directory, collection.name), collection);
  }
  return collections;
}
