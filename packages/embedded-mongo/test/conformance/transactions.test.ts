import { expect } from "chai";
import { MongoClient, type Collection, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient, serverUri } from "./support.js";

type Row = Document & { _id: number };

async function armed(
  client: MongoClient,
  data: Document,
  mode: unknown = { times: 1 },
): Promise<void> {
  await client.db("admin").command({ configureFailPoint: "failCommand", mode, data });
}

describe("sessions, transactions and retries", () => {
  let client: MongoClient;
  let rows: Collection<Row>;

  before(async () => {
    client = await openClient();
  });
  beforeEach(async () => {
    rows = freshDatabase(client).collection<Row>("rows");
    await rows.insertMany([
      { _id: 1, n: 0 },
      { _id: 2, n: 0 },
    ]);
  });
  afterEach(async () => {
    await client.db("admin").command({ configureFailPoint: "failCommand", mode: "off" });
  });
  after(closeAll);

  it("reads the state of its start, whatever others do meanwhile", async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      expect(await rows.countDocuments({}, { session })).to.equal(2);
      await rows.insertOne({ _id: 3 });
      await rows.updateOne({ _id: 1 }, { $set: { n: 5 } });
      await rows.deleteOne({ _id: 2 });
      expect(await rows.find({}, { session }).sort({ _id: 1 }).toArray()).to.deep.equal([
        { _id: 1, n: 0 },
        { _id: 2, n: 0 },
      ]);
      expect(await rows.distinct("n", { n: 0 }, { session })).to.deep.equal([0]);
      await session.commitTransaction();
      expect(await rows.countDocuments({}, { session })).to.equal(2);
    });
  });

  it("reads its own changes through indexes, sorted, and shows them to nobody before the commit", async () => {
    await rows.createIndexes([{ key: { n: 1 } }]);
    await client.withSession(async (session) => {
      session.startTransaction();
      await rows.updateOne({ _id: 1 }, { $set: { n: 7 } }, { session });
      await rows.insertOne({ _id: 3, n: 6 }, { session });
      await rows.deleteOne({ _id: 2 }, { session });
      const own = await rows
        .find({ n: { $gte: 0 } }, { session })
        .sort({ n: -1 })
        .toArray();
      expect(own.map(({ _id }) => _id)).to.deep.equal([1, 3]);
      expect(await rows.countDocuments({ n: 0 })).to.equal(2);
      expect(
        await rows.aggregate([{ $group: { _id: null, s: { $sum: "$n" } } }], { session }).toArray(),
      ).to.deep.equal([{ _id: null, s: 13 }]);
      await session.commitTransaction();
    });
    expect(await rows.find().sort({ _id: 1 }).toArray()).to.deep.equal([
      { _id: 1, n: 7 },
      { _id: 3, n: 6 },
    ]);
  });

  it("meets a write conflict where another one has changed the document, labelled transient", async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await rows.findOne({}, { session });
      await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } });
      const error = await failureOf(rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
      expect([error.code, error.codeName]).to.deep.equal([112, "WriteConflict"]);
      expect(error.hasErrorLabel("TransientTransactionError")).to.equal(true);
      const again = await failureOf(rows.findOne({}, { session }));
      expect([again.code, again.hasErrorLabel("TransientTransactionError")]).to.deep.equal([
        251,
        true,
      ]);
    });
  });

  it("lets of two transactions the first writer win and a writer outside wait", async () => {
    const [a, b] = [client.startSession(), client.startSession()];
    a.startTransaction();
    b.startTransaction();
    await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: a });
    expect(
      (await failureOf(rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: b }))).code,
    ).to.equal(112);
    const outside = rows.updateOne({ _id: 1 }, { $inc: { n: 10 } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await a.commitTransaction();
    await outside;
    expect((await rows.findOne({ _id: 1 }))?.["n"]).to.equal(11);
    await Promise.all([a.endSession(), b.endSession()]);
  });

  it("keeps unique keys apart between transactions and writers outside", async () => {
    await rows.createIndexes([{ key: { u: 1 }, unique: true, sparse: true }]);
    const [a, b] = [client.startSession(), client.startSession()];
    a.startTransaction();
    b.startTransaction();
    await rows.insertOne({ _id: 10, u: "x" }, { session: a });
    expect((await failureOf(rows.insertOne({ _id: 11, u: "x" }, { session: b }))).code).to.equal(
      112,
    );
    const outside = failureOf(rows.insertOne({ _id: 12, u: "x" }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await a.commitTransaction();
    expect((await outside).code).to.equal(11000);
    await Promise.all([a.endSession(), b.endSession()]);
  });

  it("ends a transaction at a duplicate key, without a transient label", async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      const error = await failureOf(rows.insertOne({ _id: 1 }, { session }));
      expect([error.code, error.hasErrorLabel("TransientTransactionError")]).to.deep.equal([
        11000,
        false,
      ]);
      expect((await failureOf(rows.findOne({}, { session }))).code).to.equal(251);
    });
  });

  it("makes collections and their indexes in a transaction, or not at all", async () => {
    const database = freshDatabase(client);
    await client.withSession(async (session) => {
      session.startTransaction();
      await database.createCollection("made", { session });
      await database.createIndex("made", { a: 1 }, { session });
      await database.collection("implied").insertOne({ a: 1 }, { session });
      expect(await database.listCollections().toArray()).to.deep.equal([]);
      await session.commitTransaction();
      expect(
        (await database.listCollections().toArray()).map(({ name }) => name).sort(),
      ).to.deep.equal(["implied", "made"]);
      expect((await database.collection("made").indexes()).map(({ name }) => name)).to.deep.equal([
        "_id_",
        "a_1",
      ]);
      session.startTransaction();
      await database.collection("never").insertOne({ a: 1 }, { session });
      await session.abortTransaction();
      expect(await database.listCollections({ name: "never" }).toArray()).to.deep.equal([]);
    });
  });

  it("refuses commands that transactions do not have", async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      const error = await failureOf(rows.db.command({ count: rows.collectionName }, { session }));
      expect(error.code).to.equal(263);
      await session.abortTransaction();
    });
  });

  it("commits once, however often it is told to", async () => {
    await client.withSession(async (session) => {
      session.startTransaction();
      await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      await session.commitTransaction();
      await session.commitTransaction();
    });
    expect((await rows.findOne({ _id: 1 }))?.["n"]).to.equal(1);
  });

  it("runs a whole transaction again after a transient error", async () => {
    let runs = 0;
    await client.withSession(async (session) => {
      await session.withTransaction(async () => {
        runs += 1;
        await rows.findOne({}, { session });
        if (runs === 1) await rows.updateOne({ _id: 1 }, { $inc: { n: 100 } });
        await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      });
    });
    expect([runs, (await rows.findOne({ _id: 1 }))?.["n"]]).to.deep.equal([2, 101]);
  });

  it("does a retried write once although its answer was lost", async () => {
    await client
      .db("admin")
      .command({ configureFailPoint: "onPrimaryTransactionalWrite", mode: { times: 1 } });
    await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    expect((await rows.findOne({ _id: 1 }))?.["n"]).to.equal(1);
    await client
      .db("admin")
      .command({ configureFailPoint: "onPrimaryTransactionalWrite", mode: { times: 1 } });
    expect(
      await rows.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: "after" }),
    ).to.deep.equal({ _id: 1, n: 2 });
    await client.db("admin").command({
      configureFailPoint: "onPrimaryTransactionalWrite",
      mode: { times: 1 },
      data: { failBeforeCommitExceptionCode: 1 },
    });
    await rows.insertOne({ _id: 3 });
    expect(await rows.countDocuments()).to.equal(3);
  });

  it("labels errors that may be retried", async () => {
    await armed(client, { failCommands: ["insert"], errorCode: 11600 });
    await rows.insertOne({ _id: 3 });
    const plain = await MongoClient.connect(await serverUri(), { retryWrites: false });
    await armed(client, { failCommands: ["insert"], errorCode: 11600 });
    const error = await failureOf(
      plain.db(rows.dbName).collection<Row>("rows").insertOne({ _id: 4 }),
    );
    expect([error.code, error.hasErrorLabel("RetryableWriteError")]).to.deep.equal([11600, false]);
    await plain.close();
  });

  it("reads on after a connection was lost", async () => {
    await armed(
      client,
      { failCommands: ["find", "aggregate"], closeConnection: true },
      { times: 1 },
    );
    expect(await rows.find().toArray()).to.have.length(2);
    await armed(client, { failCommands: ["aggregate"], errorCode: 91 });
    expect(await rows.countDocuments()).to.equal(2);
  });

  it("adds an armed write concern error to the answer", async () => {
    await armed(client, {
      failCommands: ["insert"],
      writeConcernError: { code: 100, errmsg: "no" },
    });
    const error = await failureOf(rows.insertOne({ _id: 3 }));
    expect(error.code).to.equal(100);
    expect(await rows.countDocuments()).to.equal(3);
  });

  it("reads at one time throughout a snapshot session", async () => {
    const session = client.startSession({ snapshot: true });
    expect(await rows.countDocuments({}, { session })).to.equal(2);
    await rows.insertOne({ _id: 3 });
    expect(await rows.find({}, { session }).toArray()).to.have.length(2);
    expect(await rows.countDocuments()).to.equal(3);
    expect((await failureOf(rows.db.listCollections({}, { session }).toArray())).code).to.equal(72);
    await session.endSession();
  });
});
