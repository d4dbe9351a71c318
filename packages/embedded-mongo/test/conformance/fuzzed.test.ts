/* eslint-disable n/no-process-env -- the runner says when golden answers are recorded */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import {
  BSON,
  Decimal128,
  type Db,
  Double,
  Int32,
  Long,
  type MongoClient,
  ObjectId,
} from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

const { EJSON } = BSON;

/** Answers of a real MongoDB; `RECORD_GOLDEN=yes npm run test:mongod` writes them. */
const GOLDEN = new URL("golden-answers.json", import.meta.url);
const ROUNDS = 400;

type Random = () => number;
type Doc = Record<string, unknown>;

/** The same numbers for the same seed, everywhere (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
};

/** Values that lie close together, so that queries hit, of every type that is compared. */
const scalars: readonly unknown[] = [
  null,
  true,
  false,
  "",
  "a",
  "ab",
  "B",
  "ä",
  new Int32(0),
  new Int32(1),
  new Int32(-1),
  new Int32(2),
  new Double(1),
  new Double(1.5),
  new Double(-0),
  new Double(Number.NaN),
  Long.fromNumber(1),
  Long.fromString("9007199254740993"),
  Decimal128.fromString("1.50"),
  Decimal128.fromString("2"),
  new Date(0),
  new Date(1),
  new ObjectId("000000000000000000000001"),
];
const fields = ["a", "b", "a.b", "c"] as const;

function aValue(random: Random, depth = 0): unknown {
  const die = random();
  if (die < 0.65 || depth > 1) return pick(random, scalars);
  if (die < 0.85) {
    return Array.from({ length: Math.floor(random() * 4) }, () => aValue(random, depth + 1));
  }
  return { b: aValue(random, depth + 1), ...(random() < 0.3 ? { c: pick(random, scalars) } : {}) };
}

const aDocument = (random: Random, id: number): Doc => {
  const given = ["a", "b", "c"].filter(() => random() < 0.8);
  return { _id: id, ...Object.fromEntries(given.map((name) => [name, aValue(random)])) };
};

function aCondition(random: Random): unknown {
  const value = () => aValue(random, 1);
  return pick<() => unknown>(random, [
    value,
    () => ({ $gt: value() }),
    () => ({ $gte: value(), $lt: value() }),
    () => ({ $lte: value() }),
    () => ({ $ne: value() }),
    () => ({ $in: [value(), value(), value()] }),
    () => ({ $nin: [value(), value()] }),
    () => ({ $exists: random() < 0.5 }),
    () => ({ $type: pick(random, ["number", "string", "array", "object", "null", "date"]) }),
    () => ({ $size: Math.floor(random() * 3) }),
    () => ({ $all: [value(), value()] }),
    () => ({ $elemMatch: { $gte: pick(random, scalars) } }),
    () => ({ $not: { $gt: value() } }),
  ])();
}

function aFilter(random: Random, depth = 0): Doc {
  const die = random();
  if (depth < 2 && die < 0.25) {
    const parts = [aFilter(random, depth + 1), aFilter(random, depth + 1)];
    return { [pick(random, ["$and", "$or", "$nor"])]: parts };
  }
  const filter: Doc = { [pick(random, fields)]: aCondition(random) };
  if (random() < 0.3) filter[pick(random, ["b", "c"])] = aCondition(random);
  return filter;
}

const aSort = (random: Random): Record<string, 1 | -1> => ({
  [pick(random, fields)]: random() < 0.5 ? 1 : -1,
  _id: 1,
});

function anUpdate(random: Random): Doc {
  const field = pick(random, fields);
  const value = aValue(random, 1);
  return pick<Doc>(random, [
    { $set: { [field]: value } },
    { $unset: { [field]: "" } },
    { $inc: { [field]: new Int32(1) } },
    { $mul: { [field]: new Double(1.5) } },
    { $min: { [field]: value } },
    { $max: { [field]: value } },
    { $push: { [field]: value } },
    { $addToSet: { [field]: value } },
    { $pull: { [field]: value } },
    { $pop: { [field]: 1 } },
    { $rename: { [field]: "d" } },
  ]);
}

const exact = { promoteValues: false, promoteBuffers: false } as const;
const shown = (value: unknown): string => EJSON.stringify(value, { relaxed: false });

/** What an operation answered: its documents, or the code of its refusal. */
async function answerOf(work: () => Promise<unknown>): Promise<string> {
  try {
    return shown(await work());
  } catch (error) {
    return `error ${String((error as { code?: unknown }).code)}`;
  }
}

const indexes: Record<string, 1 | -1>[] = [
  { a: 1 },
  { "a.b": -1 },
  { b: 1, c: -1 },
  { c: 1, a: 1 },
];

describe("random documents, queries and updates", function () {
  this.timeout(120_000);
  let client: MongoClient;
  let db: Db;

  before(async () => {
    client = await openClient();
    db = freshDatabase(client);
  });
  after(async () => {
    await db.dropDatabase();
    await closeAll();
  });

  async function fill(name: string, seed: number) {
    const random = randomFrom(seed);
    const collection = db.collection<Doc>(name);
    const documents = Array.from({ length: 60 }, (_, id) => aDocument(random, id));
    await collection.insertMany(documents);
    return { collection, random };
  }

  it("are answered alike with and without indexes", async () => {
    const { collection: plain } = await fill("plain", 7);
    const { collection: indexed } = await fill("indexed", 7);
    for (const index of indexes) {
      // Two arrays side by side cannot be indexed together: such an index is left out by both.
      await indexed.createIndexes([{ key: index }]).catch(() => undefined);
    }
    expect((await indexed.indexes()).length).to.be.at.least(3);
    const random = randomFrom(11);
    let found = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const filter = aFilter(random);
      const sort = aSort(random);
      const ask = async (collection: typeof plain) =>
        await answerOf(async () => await collection.find(filter, exact).sort(sort).toArray());
      const wanted = await ask(plain);
      if (wanted.length > 2 && !wanted.startsWith("error")) found += 1;
      expect(await ask(indexed), `${shown(filter)} by ${shown(sort)}`).to.equal(wanted);
    }
    expect(found, "queries that found something").to.be.greaterThan(ROUNDS / 3);
  });

  it("are matched by a document exactly as they are counted, updated and deleted", async () => {
    const { collection, random } = await fill("matched", 13);
    for (let round = 0; round < ROUNDS / 4; round += 1) {
      const filter = aFilter(random);
      const found = (await collection.find(filter, exact).toArray()).length;
      expect(await collection.countDocuments(filter), shown(filter)).to.equal(found);
      const touched = await collection.updateMany(filter, { $set: { round } });
      expect(touched.matchedCount, shown(filter)).to.equal(found);
      const grouped = await collection
        .aggregate<{ n: number }>([{ $match: filter }, { $count: "n" }])
        .toArray();
      expect(grouped[0]?.n ?? 0, shown(filter)).to.equal(found);
    }
  });

  it("leave a document as it was when an update is refused", async () => {
    const { collection, random } = await fill("refused", 17);
    let refusals = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const filter = { _id: Math.floor(random() * 60) as never };
      const update = anUpdate(random);
      const before = await collection.findOne(filter, exact);
      const answer = await answerOf(async () => await collection.updateOne(filter, update));
      if (!answer.startsWith("error")) continue;
      refusals += 1;
      expect(shown(await collection.findOne(filter, exact)), shown(update)).to.equal(shown(before));
    }
    expect(refusals, "refused updates").to.be.greaterThan(20);
    const refused = await failureOf(collection.updateOne({}, { $inc: { a: "x" as never } }));
    expect(refused.code).to.equal(14);
  });

  /** Everything above once more, as one list of answers that another server can give as well. */
  async function answers(): Promise<string[]> {
    const { collection, random } = await fill("golden", 23);
    const given: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const filter = aFilter(random);
      const sort = aSort(random);
      const update = anUpdate(random);
      given.push(
        await answerOf(async () => await collection.find(filter, exact).sort(sort).toArray()),
      );
      const changed = { _id: (round % 60) as never };
      given.push(
        await answerOf(async () => await collection.findOneAndUpdate(changed, update, exact)),
      );
    }
    return given;
  }

  // Never of the engine itself: its own answers would prove nothing.
  const isReal = (process.env["MONGODB_URI"] ?? "") !== "";
  const isRecording = isReal && process.env["RECORD_GOLDEN"] === "yes";
  if (isRecording || existsSync(GOLDEN)) {
    it("are answered as MongoDB answered them", async () => {
      const given = await answers();
      if (isRecording) writeFileSync(GOLDEN, `${JSON.stringify(given, undefined, 1)}\n`);
      expect(given).to.deep.equal(JSON.parse(readFileSync(GOLDEN, "utf8")));
    });
  }
});
