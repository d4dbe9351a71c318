import { expect } from "chai";
import { MongoClient, type Collection, type Db, type Document } from "mongodb";
import { startStore } from "../src/index.js";

const UNKNOWN_EXPRESSION = 168;
const UNKNOWN_STAGE = 40_324;
const NOT_IMPLEMENTED = 238;
const NO_SUCH_COMMAND = 59;

const EXPRESSIONS = [
  ..."acos allElementsTrue asin atan2 bitAnd convert cos dateAdd dateDiff dateFromParts".split(" "),
  ..."dateFromString dateToParts dateTrunc dayOfYear exp function indexOfArray".split(" "),
  ..."isoWeek ln log ltrim meta pow range regexFind regexMatch replaceAll setEquals".split(" "),
  ..."sin sortArray sqrt strcasecmp substrBytes tan toHashedIndexKey week zip".split(" "),
];
const STAGES = [
  ..."bucket bucketAuto densify fill geoNear planCacheStats redact search".split(" "),
  ..."setWindowFields shardedDataDistribution vectorSearch".split(" "),
];
const COMMANDS = [
  ..."applyOps compact convertToCapped currentOp fsync getnonce hostInfo killOp mapReduce".split(
    " ",
  ),
  ..."planCacheClear profile shardCollection top usersInfo validate whatsmyuri".split(" "),
];
const ACCUMULATORS = ["accumulator", "bottom", "firstN", "maxN", "stdDevPop", "top"];

/** Filters, and what else a command may ask for, that this engine has not. */
const REQUESTS: [name: string, run: (rows: Collection) => Promise<unknown>, code: number][] = [
  ["$where", async (rows) => await rows.find({ $where: "1" }).toArray(), NOT_IMPLEMENTED],
  [
    "$text",
    async (rows) => await rows.find({ $text: { $search: "a" } }).toArray(),
    NOT_IMPLEMENTED,
  ],
  ["$near", async (rows) => await rows.find({ a: { $near: [0, 0] } }).toArray(), NOT_IMPLEMENTED],
  [
    "$geoWithin",
    async (rows) => await rows.find({ a: { $geoWithin: {} } }).toArray(),
    NOT_IMPLEMENTED,
  ],
  ["$sampleRate", async (rows) => await rows.find({ $sampleRate: 1 } as Document).toArray(), 2],
  [
    "a text score",
    async (rows) =>
      await rows
        .find()
        .sort({ a: { $meta: "textScore" } })
        .toArray(),
    NOT_IMPLEMENTED,
  ],
  [
    "a geo index",
    async (rows) => await rows.createIndexes([{ key: { a: "2dsphere" } }]),
    NOT_IMPLEMENTED,
  ],
  [
    "a text index",
    async (rows) => await rows.createIndexes([{ key: { a: "text" } }]),
    NOT_IMPLEMENTED,
  ],
  [
    "a wildcard index",
    async (rows) => await rows.createIndexes([{ key: { "a.$**": 1 } }]),
    NOT_IMPLEMENTED,
  ],
  [
    "a time zone",
    async (rows) =>
      await rows.aggregate([{ $set: { h: { $hour: { date: "$a", timezone: "CET" } } } }]).toArray(),
    9,
  ],
  [
    "an update it does not know",
    async (rows) => await rows.updateOne({}, { $nonsense: { a: 1 } }),
    9,
  ],
  [
    "encrypted fields",
    async (rows) => await rows.db.command({ create: "e", encryptedFields: {} }),
    NOT_IMPLEMENTED,
  ],
  [
    "an option it does not know",
    async (rows) => await rows.db.command({ find: "rows", nonsense: 1 }),
    40_415,
  ],
  [
    "an index option it does not know",
    async (rows) => await rows.createIndexes([{ key: { a: 1 }, storageEngine: {} }]),
    72,
  ],
];

describe("what the engine has not", () => {
  let store: Awaited<ReturnType<typeof startStore>>;
  let client: MongoClient;
  let database: Db;
  let rows: Collection;

  before(async () => {
    store = await startStore();
    client = await MongoClient.connect(store.uri);
    database = client.db("refused");
    rows = database.collection("rows");
    await rows.insertOne({ a: new Date() });
  });
  after(async () => {
    await client.close();
    await store.stop();
  });

  const codeOf = async (promise: Promise<unknown>): Promise<number | undefined> =>
    await promise.then(
      () => 0,
      (error: unknown) => (error as { code?: number }).code,
    );
  const runs = async (...stages: Document[]) => await codeOf(rows.aggregate(stages).toArray());

  it("is an unrecognized expression, stage, accumulator or command", async () => {
    for (const name of EXPRESSIONS) {
      expect(await runs({ $project: { v: { [`$${name}`]: "$a" } } }), name).to.equal(
        UNKNOWN_EXPRESSION,
      );
    }
    for (const name of STAGES) {
      expect(await runs({ [`$${name}`]: {} }), name).to.equal(UNKNOWN_STAGE);
    }
    for (const name of ACCUMULATORS) {
      expect(await runs({ $group: { _id: null, v: { [`$${name}`]: "$a" } } }), name).to.equal(
        15_952,
      );
    }
    for (const name of COMMANDS) {
      expect(await codeOf(database.command({ [name]: 1 })), name).to.equal(NO_SUCH_COMMAND);
    }
  });

  for (const [name, run, code] of REQUESTS) {
    it(`is refused, and not passed over: ${name}`, async () => {
      expect(await codeOf(run(rows))).to.equal(code);
    });
  }
});
