import { expect } from "chai";
import { Decimal128, Double, Long, type Collection, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Row = Document & { _id: number };
type Case = {
  name: string;
  before: Document;
  update: Document | Document[];
  after: Document;
  filter?: Document;
  arrayFilters?: Document[];
};

const CASES: Case[] = [
  { name: "$set", before: { a: 1 }, update: { $set: { b: 2 } }, after: { a: 1, b: 2 } },
  { name: "$set on a path", before: {}, update: { $set: { "a.b": 1 } }, after: { a: { b: 1 } } },
  {
    name: "$set on an index",
    before: { a: [1, 2] },
    update: { $set: { "a.1": 9 } },
    after: { a: [1, 9] },
  },
  {
    name: "$set beyond an array",
    before: { a: [1] },
    update: { $set: { "a.3": 9 } },
    after: { a: [1, null, null, 9] },
  },
  {
    name: "new fields in the order of their names",
    before: {},
    update: { $set: { z: 1, b: 2, a: 3 } },
    after: { a: 3, b: 2, z: 1 },
  },
  { name: "$unset", before: { a: 1, b: 2 }, update: { $unset: { a: "" } }, after: { b: 2 } },
  {
    name: "$unset in an array leaves null",
    before: { a: [1, 2] },
    update: { $unset: { "a.0": "" } },
    after: { a: [null, 2] },
  },
  { name: "$inc", before: { a: 1 }, update: { $inc: { a: 2, b: 3 } }, after: { a: 3, b: 3 } },
  {
    name: "$inc of an int32 over its range",
    before: { a: 2147483647 },
    update: { $inc: { a: 1 } },
    after: { a: Long.fromNumber(2147483648) },
  },
  {
    name: "$inc of a decimal",
    before: { a: Decimal128.fromString("0.1") },
    update: { $inc: { a: Decimal128.fromString("0.2") } },
    after: { a: Decimal128.fromString("0.3") },
  },
  {
    name: "$inc of an int by a double",
    before: { a: 1 },
    update: { $inc: { a: 0.5 } },
    after: { a: new Double(1.5) },
  },
  { name: "$mul", before: { a: 3 }, update: { $mul: { a: 4, b: 2 } }, after: { a: 12, b: 0 } },
  {
    name: "$min and $max",
    before: { a: 5, b: 5 },
    update: { $min: { a: 3 }, $max: { b: 9, c: 1 } },
    after: { a: 3, b: 9, c: 1 },
  },
  { name: "$max across types", before: { a: 5 }, update: { $max: { a: "x" } }, after: { a: "x" } },
  {
    name: "$rename",
    before: { a: 1, b: { c: 2 } },
    update: { $rename: { a: "b.d" } },
    after: { b: { c: 2, d: 1 } },
  },
  {
    name: "$push",
    before: { a: [1] },
    update: { $push: { a: 2, b: 1 } },
    after: { a: [1, 2], b: [1] },
  },
  {
    name: "$push an array as one",
    before: { a: [] },
    update: { $push: { a: [1, 2] } },
    after: { a: [[1, 2]] },
  },
  {
    name: "$push with $each, $sort, $slice",
    before: { a: [5, 1] },
    update: { $push: { a: { $each: [3, 4], $sort: -1, $slice: 3 } } },
    after: { a: [5, 4, 3] },
  },
  {
    name: "$push with $position",
    before: { a: [1, 4] },
    update: { $push: { a: { $each: [2, 3], $position: 1 } } },
    after: { a: [1, 2, 3, 4] },
  },
  {
    name: "$push with $position from the end",
    before: { a: [1, 4] },
    update: { $push: { a: { $each: [3], $position: -1 } } },
    after: { a: [1, 3, 4] },
  },
  {
    name: "$push with $sort by a field",
    before: { a: [{ n: 2 }] },
    update: { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 } } } },
    after: { a: [{ n: 1 }, { n: 2 }] },
  },
  {
    name: "$push with $slice from the end",
    before: { a: [1, 2] },
    update: { $push: { a: { $each: [3], $slice: -2 } } },
    after: { a: [2, 3] },
  },
  {
    name: "$addToSet",
    before: { a: [1, 2] },
    update: { $addToSet: { a: { $each: [2, 3, 3] } } },
    after: { a: [1, 2, 3] },
  },
  {
    name: "$addToSet across number types",
    before: { a: [1] },
    update: { $addToSet: { a: Long.fromNumber(1) } },
    after: { a: [1] },
  },
  {
    name: "$pop",
    before: { a: [1, 2, 3], b: [1, 2] },
    update: { $pop: { a: 1, b: -1 } },
    after: { a: [1, 2], b: [2] },
  },
  {
    name: "$pull a value",
    before: { a: [1, 2, 1] },
    update: { $pull: { a: 1 } },
    after: { a: [2] },
  },
  {
    name: "$pull by a condition",
    before: { a: [1, 5, 9] },
    update: { $pull: { a: { $gte: 5 } } },
    after: { a: [1] },
  },
  {
    name: "$pull documents",
    before: { a: [{ x: 1, y: 1 }, { x: 2 }] },
    update: { $pull: { a: { x: 1 } } },
    after: { a: [{ x: 2 }] },
  },
  {
    name: "$pullAll",
    before: { a: [1, 2, 3, 1] },
    update: { $pullAll: { a: [1, 3] } },
    after: { a: [2] },
  },
  { name: "$bit", before: { a: 12 }, update: { $bit: { a: { or: 3 } } }, after: { a: 15 } },
  {
    name: "the positional $",
    before: { a: [1, 2, 3] },
    filter: { a: 2 },
    update: { $set: { "a.$": 9 } },
    after: { a: [1, 9, 3] },
  },
  {
    name: "$ in documents",
    before: { a: [{ n: 1 }, { n: 2, v: 0 }] },
    filter: { "a.n": 2 },
    update: { $inc: { "a.$.v": 5 } },
    after: { a: [{ n: 1 }, { n: 2, v: 5 }] },
  },
  {
    name: "$ after $elemMatch",
    before: {
      a: [
        { n: 1, k: 1 },
        { n: 1, k: 2 },
      ],
    },
    filter: { a: { $elemMatch: { n: 1, k: 2 } } },
    update: { $set: { "a.$.hit": true } },
    after: {
      a: [
        { n: 1, k: 1 },
        { n: 1, k: 2, hit: true },
      ],
    },
  },
  { name: "$[]", before: { a: [1, 2] }, update: { $inc: { "a.$[]": 10 } }, after: { a: [11, 12] } },
  {
    name: "$[id] with arrayFilters",
    before: { a: [1, 5, 9] },
    update: { $set: { "a.$[big]": 0 } },
    arrayFilters: [{ big: { $gte: 5 } }],
    after: { a: [1, 0, 0] },
  },
  {
    name: "nested $[id]",
    before: { a: [{ b: [1, 2] }, { b: [3] }] },
    update: { $mul: { "a.$[].b.$[odd]": 10 } },
    arrayFilters: [{ odd: { $mod: [2, 1] } }],
    after: { a: [{ b: [10, 2] }, { b: [30] }] },
  },
  {
    name: "$[id] on a field of documents",
    before: { a: [{ k: 1 }, { k: 2 }] },
    update: { $set: { "a.$[e].v": 1 } },
    arrayFilters: [{ "e.k": 2 }],
    after: { a: [{ k: 1 }, { k: 2, v: 1 }] },
  },
  {
    name: "a pipeline",
    before: { a: 2, b: 3 },
    update: [{ $set: { sum: { $add: ["$a", "$b"] } } }, { $unset: "b" }],
    after: { a: 2, sum: 5 },
  },
  {
    name: "a pipeline with $replaceWith",
    before: { a: { x: 1 } },
    update: [{ $replaceWith: { $mergeObjects: ["$a", { y: 2 }] } }],
    after: { x: 1, y: 2 },
  },
];

const REFUSALS: [name: string, before: Document, update: Document, code: number, text: string][] = [
  [
    "$inc of a string",
    { a: "x" },
    { $inc: { a: 1 } },
    14,
    "Cannot apply $inc to a value of non-numeric type",
  ],
  [
    "$inc by a string",
    { a: 1 },
    { $inc: { a: "x" } },
    14,
    "Cannot increment with non-numeric argument",
  ],
  ["$push to a number", { a: 1 }, { $push: { a: 1 } }, 2, "must be an array but is of type int"],
  [
    "$addToSet to a number",
    { a: 1 },
    { $addToSet: { a: 1 } },
    2,
    "Cannot apply $addToSet to non-array field",
  ],
  [
    "$pull from a number",
    { a: 1 },
    { $pull: { a: 1 } },
    2,
    "Cannot apply $pull to a non-array value",
  ],
  [
    "$rename into an array",
    { a: 1, b: [1] },
    { $rename: { a: "b.0" } },
    2,
    "The destination field cannot be an array element",
  ],
  [
    "$rename out of an array",
    { b: [{ c: 1 }] },
    { $rename: { "b.0.c": "a" } },
    2,
    "The source field cannot be an array element",
  ],
  ["$pop from a number", { a: 1 }, { $pop: { a: 1 } }, 14, "non-array type"],
  [
    "two changes of one path",
    { a: 1 },
    { $set: { a: 1 }, $inc: { a: 1 } },
    40,
    "would create a conflict at 'a'",
  ],
  [
    "a path and what is in it",
    { a: {} },
    { $set: { a: 1, "a.b": 1 } },
    40,
    "would create a conflict at 'a'",
  ],
  [
    "a path through a scalar",
    { a: 1 },
    { $set: { "a.b": 1 } },
    28,
    "Cannot create field 'b' in element {a: 1}",
  ],
  ["another _id", { a: 1 }, { $set: { _id: 99 } }, 66, "immutable field '_id'"],
  ["an unknown modifier", {}, { $foo: { a: 1 } }, 9, "Unknown modifier: $foo"],
  [
    "$ without a match in an array",
    { a: [1] },
    { $set: { "a.$": 1 } },
    2,
    "The positional operator did not find the match",
  ],
  [
    "$[id] without a filter",
    { a: [1] },
    { $set: { "a.$[x]": 1 } },
    2,
    "No array filter found for identifier 'x'",
  ],
  ["an empty path", {}, { $set: { "a..b": 1 } }, 56, "contains an empty field name"],
];

describe("updating", () => {
  let rows: Collection<Row>;

  before(async () => {
    rows = freshDatabase(await openClient()).collection("rows");
  });
  beforeEach(async () => {
    await rows.deleteMany({});
  });
  after(closeAll);

  for (const { name, before, update, after: expected, filter, arrayFilters } of CASES) {
    it(name, async () => {
      await rows.insertOne({ _id: 1, ...before });
      const options = arrayFilters ? { arrayFilters } : {};
      const result = await rows.updateOne({ _id: 1, ...filter }, update, options);
      const found = await rows.findOne({}, { promoteValues: false, projection: { _id: 0 } });
      const plain = (value: unknown) => JSON.stringify(value);
      expect(result.matchedCount).to.equal(1);
      const wanted = freshlyTyped(expected);
      expect(plain(found)).to.equal(plain(wanted));
    });
  }

  function freshlyTyped(doc: Document): Document {
    return JSON.parse(JSON.stringify(doc)) as Document;
  }

  for (const [name, before, update, code, text] of REFUSALS) {
    it(`refuses ${name}`, async () => {
      await rows.insertOne({ _id: 1, ...before });
      const error = await failureOf(rows.updateOne({ _id: 1 }, update));
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(text);
      expect(await rows.findOne({})).to.deep.equal({ _id: 1, ...before });
    });
  }

  it("counts a document that is as it should be as matched, not modified", async () => {
    await rows.insertOne({ _id: 1, a: 1 });
    const result = await rows.updateMany({}, { $set: { a: 1 } });
    expect([result.matchedCount, result.modifiedCount]).to.deep.equal([1, 0]);
  });

  it("upserts from the filter's equalities and $setOnInsert", async () => {
    const result = await rows.updateOne(
      { a: 1, "b.c": { $eq: 2 }, d: { $gt: 5 }, $and: [{ e: "x" }] },
      { $set: { f: 1 }, $setOnInsert: { _id: 7, g: 2 } },
      { upsert: true },
    );
    expect(result.upsertedId).to.equal(7);
    expect(await rows.findOne({})).to.deep.equal({ _id: 7, a: 1, b: { c: 2 }, e: "x", f: 1, g: 2 });
    await rows.updateOne({ _id: 7 }, { $setOnInsert: { g: 9 }, $inc: { f: 1 } }, { upsert: true });
    expect(await rows.findOne({}, { projection: { f: 1, g: 1, _id: 0 } })).to.deep.equal({
      g: 2,
      f: 2,
    });
    for (const filter of [
      { a: 1, "a.b": 2 },
      { "a.b": 2, $and: [{ a: 1 }] },
      { $and: [{ a: 1 }, { a: 2 }] },
    ]) {
      const update = rows.updateOne(filter, { $set: { x: 1 } }, { upsert: true });
      expect((await failureOf(update)).code).to.equal(54);
    }
  });

  it("keeps an _id that is null, wherever it stands", async () => {
    await rows.updateOne({ a: 1 }, { $setOnInsert: { b: 2, _id: null } } as never, {
      upsert: true,
    });
    expect(await rows.findOne({ a: 1 })).to.deep.equal({ _id: null, a: 1, b: 2 });
  });

  it("replaces all but the _id", async () => {
    await rows.insertOne({ _id: 1, a: 1, b: 2 });
    await rows.replaceOne({ _id: 1 }, { c: 3 });
    expect(await rows.findOne({})).to.deep.equal({ _id: 1, c: 3 });
    const error = await failureOf(rows.replaceOne({ _id: 1 }, { _id: 2, c: 3 }));
    expect(error.code).to.equal(66);
  });

  it("finds and changes in one step, before or after, sorted", async () => {
    await rows.insertMany([
      { _id: 1, n: 3 },
      { _id: 2, n: 1 },
    ]);
    expect(await rows.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: 1 } })).to.deep.equal({
      _id: 2,
      n: 1,
    });
    expect(
      await rows.findOneAndUpdate(
        {},
        { $inc: { n: 1 } },
        { sort: { n: -1 }, returnDocument: "after", projection: { n: 1, _id: 0 } },
      ),
    ).to.deep.equal({ n: 12 });
    expect(await rows.findOneAndDelete({ n: 3 })).to.deep.equal({ _id: 1, n: 3 });
    expect(await rows.findOneAndDelete({ n: 3 })).to.equal(null);
    expect(
      await rows.findOneAndReplace(
        { _id: 5 },
        { n: 5 },
        {
          upsert: true,
          returnDocument: "after",
        },
      ),
    ).to.deep.equal({ _id: 5, n: 5 });
  });

  it("stops an ordered batch at the first error and goes on in an unordered one", async () => {
    const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const ordered = (await failureOf(rows.insertMany(docs))) as unknown as {
      result: { insertedCount: number };
    };
    expect(ordered.result.insertedCount).to.equal(1);
    await rows.deleteMany({});
    const unordered = (await failureOf(rows.insertMany(docs, { ordered: false }))) as unknown as {
      writeErrors: { index: number; code: number }[];
      result: { insertedCount: number };
    };
    expect(unordered.result.insertedCount).to.equal(2);
    expect(unordered.writeErrors.map(({ index, code }) => [index, code])).to.deep.equal([
      [1, 11000],
    ]);
  });

  it("runs a mixed bulk write", async () => {
    const result = await rows.bulkWrite([
      { insertOne: { document: { _id: 1, a: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { a: 1 } } } },
      { updateMany: { filter: { a: { $gt: 0 } }, update: { $set: { b: 1 } } } },
      { replaceOne: { filter: { _id: 9 }, replacement: { c: 1 }, upsert: true } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);
    expect(result).to.deep.include({
      insertedCount: 1,
      matchedCount: 2,
      modifiedCount: 2,
      deletedCount: 1,
      upsertedCount: 1,
    });
    expect(await rows.find().toArray()).to.deep.equal([{ _id: 9, c: 1 }]);
  });

  it("lets every one of many contending increments count", async () => {
    await rows.insertOne({ _id: 1, n: 0 });
    await Promise.all(
      Array.from({ length: 100 }, async () => await rows.updateOne({ _id: 1 }, { $inc: { n: 1 } })),
    );
    expect((await rows.findOne({}))?.["n"]).to.equal(100);
  });
});
