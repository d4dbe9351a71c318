import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { MongoClient, type Collection, type Document } from "mongodb";
import { startStore } from "../src/index.js";
import { WireServer } from "../src/wire/server.js";

/** Matched against many letters a and a b, this takes longer than anybody waits. */
const HOSTILE = "(a+)+$";

describe("a client that asks for too much", () => {
  let store: Awaited<ReturnType<typeof startStore>>;
  let client: MongoClient;
  let rows: Collection<{ _id: number } & Document>;

  before(async () => {
    store = await startStore({ port: 0 });
    client = await MongoClient.connect(store.uri);
    rows = client.db("bounds").collection("rows");
    const text = `${"a".repeat(34)}b`;
    await rows.insertMany([1, 2, 3].map((i) => ({ _id: i, text, list: [text], docs: [{ text }] })));
  });
  after(async () => {
    await client.close();
    await store.stop();
  });

  const codeOf = async (promise: Promise<unknown>): Promise<number> =>
    await promise.then(
      () => 0,
      (error: unknown) => (error as { code: number }).code,
    );
  const limit = { maxTimeMS: 50 };
  const aggregate = async (...stages: Document[]) => await rows.aggregate(stages, limit).toArray();
  const pattern = new RegExp(HOSTILE);
  const numbered = (length: number) => ({ $literal: Array.from({ length }, (_, i) => i) });

  const places: [name: string, run: () => Promise<unknown>][] = [
    ["a filter", async () => await rows.find({ text: pattern }, limit).toArray()],
    ["$in", async () => await rows.find({ text: { $in: [pattern] } }, limit).toArray()],
    ["distinct", async () => await rows.distinct("_id", { text: pattern }, limit)],
    [
      "a projection",
      async () =>
        await rows
          .find({}, { projection: { docs: { $elemMatch: { text: pattern } } }, ...limit })
          .toArray(),
    ],
    ["a later $match", async () => await aggregate({ $skip: 1 }, { $match: { text: pattern } })],
    [
      "a joined pipeline",
      async () =>
        await aggregate({
          $lookup: { from: "rows", pipeline: [{ $match: { text: pattern } }], as: "x" },
        }),
    ],
    [
      "$pull",
      async () => await rows.updateOne({ _id: 1 }, { $pull: { list: pattern } } as Document, limit),
    ],
    [
      "arrayFilters",
      async () =>
        await rows.updateOne(
          { _id: 1 },
          { $set: { "docs.$[d].x": 1 } },
          { arrayFilters: [{ "d.text": pattern }], ...limit },
        ),
    ],
  ];
  for (const [name, run] of places) {
    it(`is not kept waiting by a hostile pattern in ${name}`, async () => {
      expect(await codeOf(run())).to.equal(50);
    });
  }

  const numbers = { $project: { a: numbered(1000) } };
  const multiplied = [numbers, { $set: { b: "$a" } }, { $unwind: "$a" }, { $unwind: "$b" }];
  const doubled = (initialValue: unknown, operator: string) => ({
    $reduce: {
      input: numbered(40),
      initialValue,
      in: { [operator]: ["$$value", "$$value"] },
    },
  });
  const bombs: [name: string, stages: Document[], code: number][] = [
    ["a stage that keeps millions of documents", [...multiplied, { $sort: { a: 1 } }], 292],
    [
      "a group that gathers millions",
      [...multiplied, { $group: { _id: null, all: { $push: "$a" } } }],
      292,
    ],
    ["a list that doubles", [{ $project: { x: doubled([1], "$concatArrays") } }], 146],
    ["a text that doubles", [{ $project: { x: doubled("x", "$concat") } }], 146],
  ];
  for (const [name, stages, code] of bombs) {
    it(`is refused ${name}`, async () => {
      expect(await codeOf(rows.aggregate(stages).toArray())).to.equal(code);
    });
  }

  it("is stopped in time while a stage multiplies documents or an expression loops", async () => {
    const more = [...multiplied, { $set: { c: numbered(1000) } }, { $unwind: "$c" }];
    expect(await codeOf(aggregate(...more, { $count: "n" }))).to.equal(50);
    const inner = { $map: { input: numbered(3000), in: 1 } };
    const outer = { $map: { input: numbered(3000), in: inner } };
    expect(await codeOf(aggregate({ $project: { x: { $size: outer } } }))).to.equal(50);
  });

  it("is not read from while what it sent before has no answer", async () => {
    const server = new WireServer(async () => await new Promise(() => undefined));
    const port = await server.listen({ port: 0 });
    const socket = connect(port, "127.0.0.1");
    const message = Buffer.alloc(65_536);
    message.writeInt32LE(message.length, 0);
    message.writeInt32LE(2013, 12);
    message.writeInt32LE(message.length - 21, 21);
    message.write("\x05b\0", 25, "latin1");
    message.writeInt32LE(message.length - 34, 28);
    // What the system keeps on the way is some megabytes; a server that reads on takes all of it.
    for (let i = 0; i < 600; i += 1) socket.write(message);
    let [before, left] = [0, -1];
    while (before !== left) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      [before, left] = [left, socket.writableLength];
    }
    expect(left).to.be.greaterThan(100 * message.length);
    socket.destroy();
    await once(socket, "close");
    await server.close();
  });

  it("is cut off when it sends what is no message, and nobody else notices", async () => {
    const faults = [Buffer.from("GET / HTTP/1.1\r\n\r\n"), Buffer.alloc(64), Buffer.alloc(21)];
    faults[2]?.writeInt32LE(21, 0);
    for (const fault of faults) {
      const socket = connect(Number(new URL(store.uri).port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(fault);
      await once(socket, "close");
    }
    const half = connect(Number(new URL(store.uri).port), "127.0.0.1");
    half.write(Buffer.from([100, 0, 0, 0, 1]));
    expect(await rows.countDocuments()).to.equal(3);
    half.destroy();
  });
});
