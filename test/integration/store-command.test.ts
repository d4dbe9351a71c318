import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Connection, mongo } from "mongoose";
import { CommandError } from "../../scripts/command.js";
import { exportDatabase, importDatabase } from "../../scripts/store/transfer.js";
import { openTestDatabase } from "../support/test-database.js";

const { Decimal128, Long, Int32, Double, Binary, ObjectId, Timestamp } = mongo.BSON;

type Opened = { connection: Connection; close(): Promise<void> };

const dbOf = ({ connection }: Opened): mongo.Db => {
  if (connection.db === undefined) throw new Error("no database");
  return connection.db;
};

describe("npm run store", () => {
  let from: Opened;
  let to: Opened;
  let directory: string;

  beforeEach(async () => {
    [from, to] = [await openTestDatabase(), await openTestDatabase()];
    directory = join(await mkdtemp(join(tmpdir(), "rosette-export-")), "out");
  });
  afterEach(async () => {
    await from.close();
    await to.close();
    await rm(join(directory, ".."), { recursive: true });
  });

  const refusal = async (work: Promise<unknown>): Promise<string> =>
    await work.then(
      () => {
        throw new Error("it went through");
      },
      (error: unknown) => {
        if (error instanceof CommandError) return error.message;
        throw error;
      },
    );

  const every = {
    _id: new ObjectId(),
    long: Long.fromString("9007199254740993"),
    int: new Int32(7),
    double: new Double(7),
    decimal: Decimal128.fromString("1.10"),
    date: new Date(-5),
    binary: new Binary(Buffer.from([0, 255])),
    stamp: new Timestamp({ t: 4, i: 2 }),
    text: "zwölf\n\u2028",
    nothing: null,
    nested: [{ a: [true, {}] }],
    pattern: /a"b/i,
  };

  it("carries values of every type, options and indexes over without loss", async () => {
    const source = dbOf(from);
    await source.createCollection("things", { validator: { text: { $exists: true } } });
    await source.collection("things").insertOne(every);
    const insensitive = { locale: "en", strength: 2 };
    await source.collection("things").createIndexes([
      { key: { text: 1 }, unique: true, collation: insensitive },
      { key: { date: 1 }, expireAfterSeconds: 4_000_000_000 / 2 },
      { key: { int: -1, "nested.a": 1 }, partialFilterExpression: { int: { $gt: 3 } } },
    ]);
    await source
      .collection("many")
      .insertMany(Array.from({ length: 2345 }, (_, n) => ({ _id: n as unknown as never, n })));
    const done = await exportDatabase(source, directory);
    expect(done).to.have.deep.members([
      { name: "things", documents: 1 },
      { name: "many", documents: 2345 },
    ]);
    await importDatabase(dbOf(to), directory, { replace: false });
    const raw = { raw: true } as const;
    const [before, after] = await Promise.all(
      [source, dbOf(to)].map(async (db) => await db.collection("things").find({}, raw).toArray()),
    );
    expect(after).to.deep.equal(before);
    expect(await dbOf(to).collection("many").countDocuments()).to.equal(2345);
    const indexesOf = async (db: mongo.Db) => await db.collection("things").indexes();
    expect(await indexesOf(dbOf(to))).to.deep.equal(await indexesOf(source));
    const optionsOf = async (db: mongo.Db) =>
      (await db.listCollections({ name: "things" }).toArray())[0];
    expect(await optionsOf(dbOf(to))).to.have.deep.property("options", {
      validator: { text: { $exists: true } },
    });
  });

  it("writes over nothing: neither a directory nor a database in use", async () => {
    await dbOf(from).collection("things").insertOne(every);
    await dbOf(to).collection("things").insertOne({ text: "mine" });
    await exportDatabase(dbOf(from), directory);
    expect(await refusal(exportDatabase(dbOf(from), directory))).to.contain("is not empty");
    const refused = await refusal(importDatabase(dbOf(to), directory, { replace: false }));
    expect(refused).to.contain("documents in things").and.to.contain("--replace");
    expect(await dbOf(to).collection("things").findOne({})).to.include({ text: "mine" });
    await importDatabase(dbOf(to), directory, { replace: true });
    expect(await dbOf(to).collection("things").distinct("_id")).to.deep.equal([every._id]);
  });

  it("exports no document that Extended JSON would change", async () => {
    await dbOf(from)
      .collection("things")
      .insertOne({ _id: every._id, v: { $numberInt: "7" } });
    const refused = await refusal(exportDatabase(dbOf(from), directory));
    expect(refused).to.contain(String(every._id)).and.to.contain("in things");
    expect(await refusal(importDatabase(dbOf(to), directory, { replace: false }))).to.contain(
      "no whole export",
    );
  });

  it("imports nothing beside documents of other collections", async () => {
    await dbOf(from).collection("things").insertOne(every);
    await exportDatabase(dbOf(from), directory);
    await dbOf(to).collection("others").insertOne({ n: 1 });
    const refused = await refusal(importDatabase(dbOf(to), directory, { replace: false }));
    expect(refused).to.contain("documents in others");
    await importDatabase(dbOf(to), directory, { replace: true });
    expect(await dbOf(to).collection("others").countDocuments()).to.equal(0);
  });

  it("takes an export that was cut off for none", async () => {
    await dbOf(from).collection("things").insertOne(every);
    await exportDatabase(dbOf(from), directory);
    await rm(join(directory, "manifest.json"));
    const refused = await refusal(importDatabase(dbOf(to), directory, { replace: false }));
    expect(refused).to.contain("no whole export");
    expect(await dbOf(to).listCollections().toArray()).to.deep.equal([]);
  });

  it("names the file and the line that cannot be read, and a document that is missing", async () => {
    const documents = [1, 2, 3].map((n) => ({ n }));
    await dbOf(from).collection("things").insertMany(documents);
    await exportDatabase(dbOf(from), directory);
    const file = join(directory, "things.jsonl");
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, [lines[0], '{"n":', lines[2]].join("\n"));
    const garbled = await refusal(importDatabase(dbOf(to), directory, { replace: true }));
    expect(garbled).to.contain("things.jsonl, line 2");
    await writeFile(file, lines.slice(1).join("\n"));
    const short = await refusal(importDatabase(dbOf(to), directory, { replace: true }));
    expect(short).to.contain("names 3 documents, 2 came in");
    expect(await readdir(directory)).to.have.length(3);
  });
});
