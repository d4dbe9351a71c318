import { expect } from "chai";
import type { EventEmitter } from "node:events";
import { once } from "node:events";
import { connect } from "node:net";
import { MongoClient, type Collection, type Db, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient, serverUri } from "./support.js";

type Row = Document & { _id: number };

describe("collections, indexes and cursors", () => {
  let client: MongoClient;
  let database: Db;
  let rows: Collection<Row>;

  before(async () => {
    client = await openClient();
  });
  beforeEach(() => {
    database = freshDatabase(client);
    rows = database.collection<Row>("rows");
  });
  after(closeAll);

  async function usedIndex(filter: Document, options: Document = {}): Promise<string> {
    const plan = await rows.find(filter, options).explain("queryPlanner");
    const find = (stage: Document): string => {
      const inner = stage["inputStage"] as Document | undefined;
      return String(stage["indexName"] ?? (inner ? find(inner) : stage["stage"]));
    };
    return find((plan["queryPlanner"] as { winningPlan: Document }).winningPlan);
  }

  it("chooses indexes by equality, range, prefix and order", async () => {
    await rows.insertMany(
      Array.from({ length: 300 }, (_, i) => ({ _id: i, a: i % 10, b: i, s: `k${i}` })),
    );
    await rows.createIndexes([{ key: { a: 1, b: -1 } }, { key: { s: 1 } }]);
    expect(await usedIndex({ _id: 5 })).to.equal("_id_");
    expect(await usedIndex({ a: 3, b: { $gt: 100 } })).to.equal("a_1_b_-1");
    expect(await usedIndex({ s: /^k29/ })).to.equal("s_1");
    expect(await usedIndex({ s: { $in: ["k1", "k2"] } })).to.equal("s_1");
    expect(await usedIndex({ c: 1 })).to.equal("COLLSCAN");
    expect(await usedIndex({ a: 3 }, { sort: { b: 1 } })).to.equal("a_1_b_-1");
    const sorted = await rows.find({ a: 3 }).sort({ b: 1 }).limit(2).toArray();
    expect(sorted.map(({ b }) => b as number)).to.deep.equal([3, 13]);
    expect((await failureOf(rows.find({}, { hint: "none" }).toArray())).code).to.equal(2);
  });

  it("holds unique, sparse and partial indexes to what they say", async () => {
    await rows.createIndexes([
      { key: { a: 1 }, unique: true, sparse: true, name: "a" },
      { key: { b: 1 }, unique: true, partialFilterExpression: { on: true }, name: "b" },
      {
        key: { tags: 1 },
        unique: true,
        partialFilterExpression: { tags: { $exists: true } },
        name: "tags",
      },
    ]);
    await rows.insertMany([
      { _id: 1 },
      { _id: 2 },
      { _id: 3, b: 1, on: false },
      { _id: 4, b: 1, on: false },
      { _id: 5, b: 1, on: true, tags: ["x", "y"] },
    ]);
    expect((await failureOf(rows.insertOne({ _id: 6, b: 1, on: true }))).code).to.equal(11000);
    expect((await failureOf(rows.insertOne({ _id: 6, tags: ["z", "y"] }))).code).to.equal(11000);
    expect((await failureOf(rows.updateOne({ _id: 3 }, { $set: { on: true } }))).code).to.equal(
      11000,
    );
    expect(await usedIndex({ b: 1, on: true })).to.equal("b");
    expect(await usedIndex({ b: 1 })).to.equal("COLLSCAN");
    expect(await rows.countDocuments({ a: null })).to.equal(5);
  });

  it("takes letters of both cases as one under a case-insensitive collation", async () => {
    const collation = { locale: "en", strength: 2 };
    await rows.createIndexes([{ key: { email: 1 }, unique: true, collation }]);
    await rows.insertOne({ _id: 1, email: "Ada@Example.org" });
    expect((await failureOf(rows.insertOne({ _id: 2, email: "ADA@example.ORG" }))).code).to.equal(
      11000,
    );
    expect(await rows.findOne({ email: "ada@example.org" })).to.equal(null);
    expect((await rows.findOne({ email: "ada@example.org" }, { collation }))?._id).to.equal(1);
    await rows.insertOne({ _id: 2, email: "bob" });
    const order = await rows.find({}, { collation }).sort({ email: -1 }).toArray();
    expect(order.map(({ _id }) => _id)).to.deep.equal([2, 1]);
  });

  it("says how indexes that exist differ from ones that are wanted", async () => {
    await rows.createIndexes([{ key: { a: 1 } }]);
    await rows.createIndexes([{ key: { a: 1 } }]);
    expect((await failureOf(rows.createIndexes([{ key: { a: 1 }, unique: true }]))).code).to.equal(
      86,
    );
    expect((await failureOf(rows.createIndexes([{ key: { a: 1 }, name: "x" }]))).code).to.equal(85);
    expect((await failureOf(rows.createIndexes([{ key: { a: "2dsphere" } }]))).code).to.equal(238);
    expect(await rows.indexes()).to.deep.equal([
      { v: 2, key: { _id: 1 }, name: "_id_" },
      { v: 2, key: { a: 1 }, name: "a_1" },
    ]);
    await rows.dropIndex("a_1");
    expect((await failureOf(rows.dropIndex("a_1"))).code).to.equal(27);
    await rows.insertMany([
      { _id: 1, d: 1 },
      { _id: 2, d: 1 },
    ]);
    expect((await failureOf(rows.createIndexes([{ key: { d: 1 }, unique: true }]))).code).to.equal(
      11000,
    );
    expect(
      (
        await failureOf(
          rows
            .insertOne({ _id: 3, p: [1], q: [1] })
            .then(async () => await rows.createIndexes([{ key: { p: 1, q: 1 } }])),
        )
      ).code,
    ).to.equal(171);
  });

  it("creates, lists, renames and drops", async () => {
    await database.createCollection("rows", { capped: true, size: 4096, max: 3 });
    for (let i = 0; i < 5; i += 1) await rows.insertOne({ _id: i });
    expect((await rows.find().toArray()).map(({ _id }) => _id)).to.deep.equal([2, 3, 4]);
    expect((await failureOf(database.createCollection("rows"))).code).to.equal(48);
    await rows.rename("others");
    expect(
      (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name),
    ).to.deep.equal(["others"]);
    expect(await database.dropCollection("others")).to.equal(true);
    // Since MongoDB 7.0 also when it is not there any more.
    expect(await database.command({ drop: "others" })).to.include({ ok: 1 });
    expect(await database.collections()).to.deep.equal([]);
    await rows.insertOne({ _id: 1 });
    await database.dropDatabase();
    const { databases } = await client.db("admin").admin().listDatabases();
    expect(databases.map(({ name }) => name)).not.to.include(database.databaseName);
  });

  it("reads through views and does not write to them", async () => {
    await rows.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 5 },
      { _id: 3, a: 9 },
    ]);
    const pipeline = [
      { $match: { a: { $gt: 1 } } },
      { $addFields: { b: { $multiply: ["$a", 2] } } },
    ];
    await database.createCollection("seen", { viewOn: "rows", pipeline });
    const view = database.collection<Row>("seen");
    expect(await view.find({ b: 18 }, { projection: { a: 1 } }).toArray()).to.deep.equal([
      { _id: 3, a: 9 },
    ]);
    expect(await view.estimatedDocumentCount()).to.equal(2);
    expect(await view.countDocuments({ a: 5 })).to.equal(1);
    expect(await view.distinct("b")).to.deep.equal([10, 18]);
    expect((await failureOf(view.insertOne({ _id: 4 }))).code).to.equal(166);
    expect((await failureOf(view.updateOne({}, { $set: { a: 1 } }))).code).to.equal(166);
  });

  it("lets in only what a validator lets in", async () => {
    await database.createCollection("rows", { validator: { x: { $type: "string" } } });
    await rows.insertOne({ _id: 1, x: "text" });
    const refused = await failureOf(rows.insertOne({ _id: 2, x: 1 }));
    expect(refused.code).to.equal(121);
    expect((await failureOf(rows.updateOne({ _id: 1 }, { $set: { x: 1 } }))).code).to.equal(121);
    await rows.insertOne({ _id: 3, x: 1 }, { bypassDocumentValidation: true });
    await database.command({ collMod: "rows", validator: {} });
    await rows.insertOne({ _id: 4, x: 1 });
  });

  it("lets in only what a JSON schema lets in, and says which of its rules did not hold", async () => {
    const $jsonSchema = {
      bsonType: "object",
      required: ["_id", "name"],
      properties: { name: { bsonType: "string" }, age: { bsonType: ["number", "null"] } },
    };
    await database.createCollection("rows", { validator: { $jsonSchema } });
    await rows.insertMany([
      { _id: 1, name: "Ada", age: 36 },
      { _id: 2, name: "Bo", age: null },
      { _id: 3, name: "Cy" },
    ]);
    const refused = await failureOf(rows.insertOne({ _id: 4, age: 3 }));
    expect(refused).to.include({ code: 121, message: "Document failed validation" });
    expect(refused).to.have.nested.property(
      "errInfo.details.schemaRulesNotSatisfied[0].operatorName",
      "required",
    );
    const update = rows.updateOne({ _id: 1 }, { $set: { age: "old" } });
    expect((await failureOf(update)).code).to.equal(121);
    const source = database.collection<Row>("source");
    await source.insertOne({ _id: 5 });
    for (const stage of [{ $out: "rows" }, { $merge: "rows" }]) {
      const piped = await failureOf(source.aggregate([stage]).toArray());
      expect(piped.code, Object.keys(stage)[0]).to.equal(121);
    }
    await source.aggregate([{ $merge: "rows" }], { bypassDocumentValidation: true }).toArray();
    expect(await rows.countDocuments()).to.equal(4);
  });

  it("keeps a time series: its options, its times, its documents' lives", async () => {
    const options = { timeseries: { timeField: "at", metaField: "of" }, expireAfterSeconds: 3600 };
    await database.createCollection("rows", options);
    const [listed] = await database.listCollections({ name: "rows" }).toArray();
    expect(listed).to.deep.include({ type: "timeseries" });
    expect(listed).to.have.nested.property("options.timeseries.granularity", "seconds");
    expect(listed).to.have.nested.property("options.expireAfterSeconds", 3600);
    await rows.insertMany([
      { _id: 1, at: new Date(), of: "a", x: 1 },
      { _id: 2, at: new Date(), of: "b", x: 2 },
    ]);
    expect(await rows.find({ of: "b" }, { projection: { at: 0 } }).toArray()).to.deep.equal([
      { _id: 2, of: "b", x: 2 },
    ]);
    await rows.insertOne({ _id: 2, at: new Date(), of: "b", x: 3 });
    expect(await rows.countDocuments({ _id: 2 })).to.equal(2);
    expect((await failureOf(rows.insertOne({ _id: 3, at: 5 }))).code).to.equal(2);
    const unfit = database.createCollection("other", { expireAfterSeconds: 3600 });
    expect((await failureOf(unfit)).code).to.equal(72);
  });

  it("removes documents when their time is over, whatever the index's direction", async () => {
    const old = new Date(Date.now() - 60_000);
    await rows.createIndexes([
      { key: { up: 1 }, expireAfterSeconds: 30 },
      { key: { down: -1 }, expireAfterSeconds: 30 },
      { key: { part: 1 }, expireAfterSeconds: 0, partialFilterExpression: { done: true } },
    ]);
    await rows.insertMany([
      { _id: 1, up: old },
      { _id: 2, down: old },
      { _id: 3, down: [new Date(), old] },
      { _id: 4, part: old, done: true },
      { _id: 5, part: old, done: false },
      { _id: 6, up: new Date(), down: new Date() },
      { _id: 7, up: "a text" },
    ]);
    const admin = client.db("admin");
    await admin.command({ setParameter: 1, ttlMonitorSleepSecs: 1 });
    for (let wait = 0; wait < 100 && (await rows.countDocuments()) > 3; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await admin.command({ setParameter: 1, ttlMonitorSleepSecs: 60 });
    expect(await rows.distinct("_id")).to.deep.equal([5, 6, 7]);
  });

  it("knows nobody by a password", async () => {
    const uri = (await serverUri()).replace("mongodb://", "mongodb://someone:secret@");
    const refused = await failureOf(MongoClient.connect(uri));
    expect(refused).to.include({ code: 18, message: "Authentication failed." });
  });

  it("gives answers in batches and closes what is killed", async () => {
    await rows.insertMany(Array.from({ length: 250 }, (_, i) => ({ _id: i })));
    const cursor = rows.find().batchSize(100);
    expect(await cursor.next()).to.deep.equal({ _id: 0 });
    const { id } = cursor;
    await cursor.close();
    const error = await failureOf(database.command({ getMore: id, collection: "rows" }));
    expect(error.code).to.equal(43);
    expect(await rows.find().batchSize(7).toArray()).to.have.length(250);
    const one = await database.command({ find: "rows", limit: 9, singleBatch: true, batchSize: 2 });
    expect(one).to.have.nested.property("cursor.firstBatch").with.length(2);
    expect(one)
      .to.have.nested.property("cursor.id")
      .that.satisfies((id: unknown) => Number(id) === 0);
    const big = "x".repeat(1_000_000);
    await rows.updateMany({ _id: { $lt: 40 } }, { $set: { big } });
    expect(await rows.find({ _id: { $lt: 40 } }).toArray()).to.have.length(40);
  });

  it("projects fields, slices and elements", async () => {
    await rows.insertOne({
      _id: 1,
      a: 1,
      b: { c: 1, d: 2 },
      l: [1, 2, 3],
      o: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    });
    const one = async (projection: Document, filter: Document = {}) =>
      await rows.findOne(filter, { projection });
    expect(await one({ a: 1 })).to.deep.equal({ _id: 1, a: 1 });
    expect(await one({ "b.c": 1, _id: 0 })).to.deep.equal({ b: { c: 1 } });
    expect(await one({ l: 0, o: 0, "b.d": 0 })).to.deep.equal({ _id: 1, a: 1, b: { c: 1 } });
    expect(await one({ l: { $slice: -2 }, o: 0, b: 0 })).to.deep.equal({ _id: 1, a: 1, l: [2, 3] });
    expect(await one({ o: { $elemMatch: { x: 2 } } })).to.deep.equal({
      _id: 1,
      o: [{ x: 2, y: 2 }],
    });
    expect(await one({ "o.$": 1 }, { "o.x": 2 })).to.deep.equal({ _id: 1, o: [{ x: 2, y: 2 }] });
    expect(await one({ "o.x": 1, _id: 0 })).to.deep.equal({ o: [{ x: 1 }, { x: 2 }] });
    expect(await one({ sum: { $add: ["$a", "$b.d"] }, _id: 0 })).to.deep.equal({ sum: 3 });
    expect((await failureOf(one({ a: 1, b: 0 }))).code).to.equal(31254);
  });

  it("refuses what it does not know instead of ignoring it", async () => {
    const codeOf = async (command: Document) => (await failureOf(database.command(command))).code;
    expect(await codeOf({ nonsense: 1 })).to.equal(59);
    expect(await codeOf({ find: "rows", nonsense: 1 })).to.equal(40415);
    expect(await codeOf({ insert: "rows", documents: [] })).to.equal(16);
    expect(await codeOf({ aggregate: "rows", pipeline: [{ $nonsense: 1 }], cursor: {} })).to.equal(
      40324,
    );
    expect(
      await codeOf({
        aggregate: "rows",
        pipeline: [{ $project: { a: { $nonsense: 1 } } }],
        cursor: {},
      }),
    ).to.equal(168);
    expect(await codeOf({ create: "rows", encryptedFields: { fields: [] } })).to.equal(238);
    expect(await codeOf({ find: "rows", filter: { $where: "1" } })).to.equal(238);
    expect(await codeOf({ find: 1 })).to.equal(73);
    expect(await codeOf({ find: "rows", filter: 1 })).to.equal(14);
  });

  it("bounds documents, nesting, time and patterns", async () => {
    expect(
      (await failureOf(rows.insertOne({ _id: 1, x: "x".repeat(16_900_000) }))).message,
    ).to.match(/larger|too large|size/i);
    let nested: Document = {};
    for (let i = 0; i < 250; i += 1) nested = { n: nested };
    expect((await failureOf(rows.insertOne({ _id: 1, nested }))).code).to.equal(15);
    await rows.insertMany(Array.from({ length: 5000 }, (_, i) => ({ _id: i, s: "a".repeat(40) })));
    const hostile = rows.find({ s: /^(a+)+$b/ }, { maxTimeMS: 100 }).toArray();
    expect((await failureOf(hostile)).code).to.equal(50);
    expect(
      await rows.countDocuments({ _id: { $in: Array.from({ length: 20_000 }, (_, i) => i) } }),
    ).to.equal(5000);
    expect((await failureOf(rows.find({}, { maxTimeMS: -1 }).toArray())).code).to.equal(2);
  });

  it("survives connections that send garbage or half a message", async () => {
    const uri = await serverUri();
    const host = decodeURIComponent(/^mongodb:\/\/([^/]*)\//.exec(uri)?.[1] ?? "");
    const target = host.startsWith("/")
      ? { path: host }
      : { host: host.split(":")[0] ?? "", port: Number(host.split(":")[1]) };
    for (const bytes of [
      Buffer.from("GET / HTTP/1.1\r\n\r\n".repeat(9)),
      Buffer.alloc(64, 255),
      Buffer.from([40, 0, 0, 0, 1]),
    ]) {
      const socket = connect(target as never);
      socket.on("error", () => undefined);
      await once(socket as EventEmitter, "connect");
      socket.end(bytes);
      await once(socket as EventEmitter, "close");
    }
    expect(await client.db("admin").command({ ping: 1 })).to.include({ ok: 1 });
  });

  it("tells watchers of changes and lets them go on where they stopped", async () => {
    const stream = rows.watch([{ $match: { operationType: { $ne: "delete" } } }], {
      fullDocument: "updateLookup",
    });
    const next = stream.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await rows.insertOne({ _id: 1, a: 1, b: { c: 1 } });
    const first = (await next) as Document;
    expect([first["operationType"], first["fullDocument"], first["documentKey"]]).to.deep.equal([
      "insert",
      { _id: 1, a: 1, b: { c: 1 } },
      { _id: 1 },
    ]);
    await rows.updateOne({ _id: 1 }, { $set: { "b.c": 2 }, $unset: { a: 1 } });
    const second = (await stream.next()) as Document;
    expect(second["updateDescription"]).to.deep.equal({
      updatedFields: { "b.c": 2 },
      removedFields: ["a"],
      truncatedArrays: [],
    });
    await stream.close();
    await rows.deleteOne({ _id: 1 });
    await rows.insertOne({ _id: 2 });
    const resumed = rows.watch([], { resumeAfter: second["_id"] });
    expect(((await resumed.next()) as Document)["operationType"]).to.equal("delete");
    expect(((await resumed.next()) as Document)["operationType"]).to.equal("insert");
    await rows.drop();
    expect(((await resumed.next()) as Document)["operationType"]).to.equal("drop");
    expect(((await resumed.next()) as Document)["operationType"]).to.equal("invalidate");
    await resumed.close();
  });

  it("prepares an index to be unique, names what is in the way, and makes it so", async () => {
    await rows.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);
    await rows.createIndexes([{ key: { a: 1 } }]);
    const modify = async (change: Document) =>
      await database.command({ collMod: "rows", index: { name: "a_1", ...change } });
    expect((await failureOf(modify({ unique: true }))).code).to.equal(72);
    await modify({ prepareUnique: true });
    expect((await failureOf(rows.insertOne({ _id: 3, a: 1 }))).code).to.equal(11000);
    const refused = await failureOf(modify({ unique: true }));
    expect(refused.code).to.equal(359);
    expect((refused as unknown as { errorResponse: Document }).errorResponse).to.deep.include({
      violations: [{ ids: [1, 2] }],
    });
    await rows.deleteOne({ _id: 2 });
    await modify({ unique: true });
    const index = (await rows.listIndexes().toArray())[1] as Document;
    expect(index).to.deep.include({ name: "a_1", unique: true });
    expect(index).not.to.have.property("prepareUnique");
  });

  it("changes an index and a validator in one command, and tells what the index was", async () => {
    await rows.insertOne({ _id: 1, at: new Date() });
    await rows.createIndexes([{ key: { at: 1 }, expireAfterSeconds: 100 }]);
    const index = { keyPattern: { at: 1 }, expireAfterSeconds: 200, hidden: true };
    const validator = { at: { $type: "date" } };
    const reply = await database.command({ collMod: "rows", index, validator });
    expect(reply).to.include({ hidden_old: false, hidden_new: true });
    expect(Number(reply["expireAfterSeconds_old"])).to.equal(100);
    expect(Number(reply["expireAfterSeconds_new"])).to.equal(200);
    expect((await failureOf(rows.insertOne({ _id: 2, at: 1 }))).code).to.equal(121);
    expect((await failureOf(rows.find({}, { hint: "at_1" }).toArray())).code).to.equal(2);
  });

  it("makes a collection that is ordered by its _id, and says so", async () => {
    const clusteredIndex = { key: { _id: 1 }, unique: true, name: "by id" };
    await database.createCollection("clustered", { clusteredIndex });
    const [described] = await database.listCollections({ name: "clustered" }).toArray();
    expect(described).to.deep.include({ options: { clusteredIndex: { v: 2, ...clusteredIndex } } });
    expect(await database.collection("clustered").listIndexes().toArray()).to.deep.equal([
      { v: 2, ...clusteredIndex, clustered: true },
    ]);
    const wrong = database.createCollection("wrong", {
      clusteredIndex: { key: { a: 1 }, unique: true },
    });
    expect((await failureOf(wrong)).code).to.equal(197);
  });

  it("holds a client to the version of the API that it declares", async () => {
    const strict = await openClient({ serverApi: { version: "1", strict: true } });
    const things = strict.db(database.databaseName).collection<Row>("things");
    await things.insertOne({ _id: 1 });
    expect(await things.findOne()).to.deep.equal({ _id: 1 });
    expect((await failureOf(things.distinct("_id"))).code).to.equal(323);
    expect((await failureOf(strict.db("a").command({ nothing: 1 }))).code).to.equal(323);
    const statistics = things.aggregate([{ $collStats: { count: {} } }]).toArray();
    expect((await failureOf(statistics)).code).to.equal(323);
  });
});
