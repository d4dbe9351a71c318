import { expect } from "chai";
import type { ChangeStreamOptions, Collection, Db, Document, MongoClient } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Row = Document & { _id: number };

describe("change streams", () => {
  let client: MongoClient;
  let database: Db;
  let rows: Collection<Row>;

  before(async () => {
    client = await openClient();
  });
  beforeEach(async () => {
    database = freshDatabase(client);
    rows = await database.createCollection<Row>("rows");
  });
  after(closeAll);

  /** The events of what is done, as many as are asked for. */
  async function eventsOf(
    count: number,
    run: () => Promise<unknown>,
    options: ChangeStreamOptions & { pipeline?: Document[] } = {},
  ): Promise<Document[]> {
    const { pipeline = [], ...rest } = options;
    const stream = rows.watch(pipeline, { maxAwaitTimeMS: 50, ...rest });
    try {
      await stream.tryNext();
      await run();
      const events: Document[] = [];
      while (events.length < count) events.push(await stream.next());
      return events;
    } finally {
      await stream.close();
    }
  }

  const described = async (
    before: Document,
    update: Document | Document[],
    options: ChangeStreamOptions = {},
  ) => {
    await rows.insertOne({ _id: 1, ...before });
    const run = async () => await rows.updateOne({ _id: 1 }, update);
    const [event] = await eventsOf(1, run, options);
    return event?.["updateDescription"] as Document;
  };

  it("tell every change with its document or its key, in order", async () => {
    const events = await eventsOf(4, async () => {
      await rows.insertOne({ _id: 1, a: 1 });
      await rows.updateOne({ _id: 1 }, { $set: { a: 2 } });
      await rows.replaceOne({ _id: 1 }, { b: 3 });
      await rows.deleteOne({ _id: 1 });
    });
    expect(events.map(({ operationType }) => operationType as string)).to.deep.equal([
      "insert",
      "update",
      "replace",
      "delete",
    ]);
    expect(events[0]).to.deep.include({ fullDocument: { _id: 1, a: 1 } });
    expect(events[1]).not.to.have.property("fullDocument");
    expect(events[2]).to.deep.include({ fullDocument: { _id: 1, b: 3 } });
    expect(events.every(({ documentKey }) => (documentKey as Row)._id === 1)).to.equal(true);
    expect(events[3]).to.deep.include({ ns: { db: database.databaseName, coll: "rows" } });
  });

  it("tell an update by the paths that it changed", async () => {
    expect(
      await described(
        { a: { b: 1, c: 1 }, list: [1], gone: 1 },
        { $set: { "a.b": 2 }, $push: { list: 2 }, $unset: { gone: 1 } },
      ),
    ).to.deep.include({
      updatedFields: { "a.b": 2, "list.1": 2 },
      removedFields: ["gone"],
      truncatedArrays: [],
    });
  });

  it("tell how short a pipeline has cut an array, and what it changed in the rest", async () => {
    expect(
      await described({ list: [1, { n: 2 }, 3, 4] }, [{ $set: { list: [1, { n: 5 }] } }]),
    ).to.deep.include({
      updatedFields: { "list.1.n": 5 },
      truncatedArrays: [{ field: "list", newSize: 2 }],
    });
  });

  it("tell an array that an operator has cut as a whole", async () => {
    expect(await described({ list: [1, 2, 3] }, { $pull: { list: 2 } })).to.deep.include({
      updatedFields: { list: [1, 3] },
      truncatedArrays: [],
    });
  });

  it("tell paths apart that read alike, when asked for more", async () => {
    const expanded = { showExpandedEvents: true };
    expect(
      await described({ a: [{ "1": 1 }] }, { $set: { "a.0.1": 2 } }, expanded),
    ).to.deep.include({
      updatedFields: { "a.0.1": 2 },
      disambiguatedPaths: { "a.0.1": ["a", 0, "1"] },
    });
  });

  it("tell what happens to indexes and collections, when asked for more, under the name of that time", async () => {
    await database.createCollection("other");
    const events = await eventsOf(
      6,
      async () => {
        await rows.insertOne({ _id: 1 });
        await rows.createIndexes([{ key: { x: 1 }, name: "x" }]);
        await database.command({ collMod: "rows" });
        await database.command({ collMod: "rows", index: { name: "x", hidden: true } });
        await rows.dropIndex("x");
        await rows.rename("other", { dropTarget: true });
      },
      { showExpandedEvents: true },
    );
    expect(events.map(({ operationType }) => operationType as string)).to.deep.equal([
      "insert",
      "createIndexes",
      "modify",
      "modify",
      "dropIndexes",
      "rename",
    ]);
    for (const { ns, collectionUUID } of events) {
      expect(ns).to.deep.equal({ db: database.databaseName, coll: "rows" });
      expect(collectionUUID).to.exist;
    }
    expect(events[5]?.["operationDescription"]).to.have.property("dropTarget");
  });

  it("show documents as they were only where the collection keeps that", async () => {
    await rows.insertOne({ _id: 1, n: 1 });
    const update = async () => await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    const wanted = { fullDocument: "required", fullDocumentBeforeChange: "required" };
    expect((await failureOf(eventsOf(1, update, wanted))).code).to.equal(47);
    const [without] = await eventsOf(1, update, {
      fullDocument: "whenAvailable",
      fullDocumentBeforeChange: "whenAvailable",
    });
    expect(without).to.deep.include({ fullDocument: null, fullDocumentBeforeChange: null });
    await database.command({ collMod: "rows", changeStreamPreAndPostImages: { enabled: true } });
    const [event] = await eventsOf(1, update, wanted);
    expect(event).to.deep.include({
      fullDocument: { _id: 1, n: 4 },
      fullDocumentBeforeChange: { _id: 1, n: 3 },
    });
  });

  it("refuse pipelines that lose the place, that are unknown, or that gather events", async () => {
    const run = async () => await rows.insertOne({ _id: Math.random() });
    const codeOf = async (stage: Document) =>
      (await failureOf(eventsOf(1, run, { pipeline: [stage] }))).code;
    expect(await codeOf({ $project: { _id: 0 } })).to.equal(280);
    expect(await codeOf({ $nothing: {} })).to.equal(40324);
    expect(await codeOf({ $group: { _id: null } })).to.equal(20);
  });

  it("go on after an error that allows it, without losing an event", async () => {
    const stream = rows.watch([], { maxAwaitTimeMS: 50 });
    await stream.tryNext();
    await rows.insertOne({ _id: 1 });
    await client.db("admin").command({
      configureFailPoint: "failGetMoreAfterCursorCheckout",
      mode: { times: 1 },
      data: { errorCode: 262, closeConnection: false },
    });
    expect(await stream.next()).to.deep.include({ fullDocument: { _id: 1 } });
    await stream.close();
  });
});
