import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import { expect } from "chai";
import type { MongoServerError } from "mongodb";
import { MongoClient } from "mongodb";
import mongoose, { Schema } from "mongoose";
import { startStore } from "../src/index.js";

describe("what an application uses", () => {
  let store: Awaited<ReturnType<typeof startStore>>;
  let client: MongoClient;

  before(async () => {
    store = await startStore();
    client = await MongoClient.connect(store.uri);
  });
  after(async () => {
    await client.close();
    await store.stop();
  });

  it("stores, finds, changes and removes documents through the driver", async () => {
    const things = client.db("app").collection<{ _id: number; name: string; n?: number }>("things");
    await things.insertMany([1, 2, 3].map((i) => ({ _id: i, name: `thing ${i}` })));
    expect(
      await things
        .find({ _id: { $gte: 2 } })
        .sort({ _id: -1 })
        .toArray(),
    ).to.deep.equal([
      { _id: 3, name: "thing 3" },
      { _id: 2, name: "thing 2" },
    ]);
    expect((await things.updateOne({ _id: 1 }, { $inc: { n: 2 } })).modifiedCount).to.equal(1);
    expect(
      await things.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: "after" }),
    ).to.deep.equal({
      _id: 1,
      name: "thing 1",
      n: 3,
    });
    expect(await things.countDocuments({ n: 3 })).to.equal(1);
    expect((await things.deleteMany({ _id: { $in: [1, 2] } })).deletedCount).to.equal(2);
    expect(await things.distinct("name")).to.deep.equal(["thing 3"]);
  });

  it("finds an $or by an index for each clause, and what a partial index holds by that index", async () => {
    const visits = client.db("planned").collection<{ _id: string; at?: number }>("visits");
    const where = (field: string) => ({
      ...{ key: { [field]: 1 as const }, name: field },
      partialFilterExpression: { [field]: { $exists: true } },
    });
    await visits.createIndexes([where("token"), where("open")]);
    const many = Array.from({ length: 3000 }, (_, i) => ({ _id: `v${i}`, token: `t${i}` }));
    await visits.insertMany([...many, { _id: "last", open: "yes" }] as never[]);
    const examinedBy = async (filter: object) => {
      const plan = await visits.find(filter).explain("executionStats");
      const { executionStats } = plan as unknown as {
        executionStats: { nReturned: number; totalDocsExamined: number };
      };
      return [executionStats.nReturned, executionStats.totalDocsExamined];
    };
    expect(await examinedBy({ $or: [{ _id: "v1" }, { token: "t2" }] })).to.deep.equal([2, 2]);
    expect(await examinedBy({ open: { $exists: true } })).to.deep.equal([1, 1]);
  });

  it("counts its commands, and what it looks at to answer them: joined collections by index", async () => {
    const database = client.db("counted");
    await database.collection("a").insertMany([{ _id: 1 }] as never[]);
    const many = Array.from({ length: 500 }, (_, i) => ({ _id: i, n: i % 2 }));
    await database.collection("b").insertMany(many as never[]);
    const figures = async () => {
      const { metrics } = await database.command({ serverStatus: 1 });
      const { commands, queryExecutor } = metrics as {
        commands: Record<string, { total: number }>;
        queryExecutor: { scannedObjects: number };
      };
      return { asked: commands["aggregate"]?.total ?? 0, examined: queryExecutor.scannedObjects };
    };
    const before = await figures();
    const found = await database
      .collection("a")
      .aggregate([
        { $match: { _id: 1 } },
        { $unionWith: { coll: "b", pipeline: [{ $match: { _id: 7, n: 1 } }] } },
        { $unionWith: { coll: "b", pipeline: [{ $match: { _id: { $in: [8, 9] } } }] } },
      ])
      .toArray();
    expect(found).to.have.length(4);
    const after = await figures();
    expect(after.asked - before.asked).to.equal(1);
    expect(after.examined - before.examined).to.equal(4);
  });

  it("refuses a second document with the same unique key", async () => {
    const people = client.db("app").collection("people");
    await people.createIndexes([{ key: { organisation: 1, email: 1 }, unique: true }]);
    await people.insertOne({ organisation: "a", email: "x@example.org" });
    const refused = await people.insertOne({ organisation: "a", email: "x@example.org" }).then(
      () => undefined,
      (error: unknown) => error as MongoServerError,
    );
    expect(refused?.code).to.equal(11000);
    expect(refused?.message).to.contain(
      'E11000 duplicate key error collection: app.people index: organisation_1_email_1 dup key: { organisation: "a", email: "x@example.org" }',
    );
    expect(refused?.["keyPattern"]).to.deep.equal({ organisation: 1, email: 1 });
    expect(refused?.["keyValue"]).to.deep.equal({ organisation: "a", email: "x@example.org" });
  });

  it("commits a transaction as one and leaves nothing of an aborted one", async () => {
    const accounts = client.db("app").collection<{ _id: string; balance: number }>("accounts");
    await accounts.insertMany([
      { _id: "a", balance: 10 },
      { _id: "b", balance: 0 },
    ]);
    await client.withSession(async (session) => {
      await session.withTransaction(async () => {
        await accounts.updateOne({ _id: "a" }, { $inc: { balance: -4 } }, { session });
        await accounts.updateOne({ _id: "b" }, { $inc: { balance: 4 } }, { session });
        expect((await accounts.findOne({ _id: "a" }))?.balance).to.equal(10);
        expect((await accounts.findOne({ _id: "a" }, { session }))?.balance).to.equal(6);
      });
    });
    expect((await accounts.find().sort({ _id: 1 }).toArray()).map((a) => a.balance)).to.deep.equal([
      6, 4,
    ]);
    await client.withSession(async (session) => {
      session.startTransaction();
      await accounts.insertOne({ _id: "c", balance: 1 }, { session });
      await session.abortTransaction();
    });
    expect(await accounts.countDocuments()).to.equal(2);
  });

  it("serves Mongoose models with indexes, validation and transactions", async () => {
    const connection = await mongoose.createConnection(store.uri, { dbName: "models" }).asPromise();
    const schema = new Schema({
      _id: String,
      name: { type: String, required: true },
      tags: [String],
    });
    schema.index({ name: 1 }, { unique: true });
    const Model = connection.model("Course", schema);
    await Model.init();
    await Model.create({ _id: "1", name: "one", tags: ["a"] });
    await connection.transaction(async (session) => {
      await Model.create([{ _id: "2", name: "two" }], { session });
      await Model.updateOne({ _id: "1" }, { $push: { tags: "b" } }, { session });
    });
    expect(await Model.find().sort({ _id: 1 }).lean()).to.deep.equal([
      { _id: "1", name: "one", tags: ["a", "b"], __v: 0 },
      { _id: "2", name: "two", tags: [], __v: 0 },
    ]);
    await connection.close();
  });

  it("runs Agenda's jobs", async () => {
    const agenda = new Agenda({
      backend: new MongoBackend({ address: store.uri.replace("/?", "/jobs?") }),
      processEvery: 50,
    });
    const ran = new Promise<string>((resolve) => {
      agenda.define("greet", async (job: { attrs: { data: { name: string } } }) => {
        resolve(job.attrs.data.name);
      });
    });
    await agenda.start();
    await agenda.now("greet", { name: "Ada" });
    expect(await ran).to.equal("Ada");
    await agenda.stop();
  });
});
