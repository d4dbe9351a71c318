import { expect } from "chai";
import {
  Binary,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  type Collection,
  type Document,
  type Filter,
} from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Case = [name: string, filter: Document, expected: number[]];
type Row = Document & { _id: number };

const DOCS: Row[] = [
  { _id: 1, a: 1, tags: ["x", "y"], when: new Date(1000), sub: { b: 1, c: [1, 2] } },
  { _id: 2, a: 2.5, tags: ["y"], when: new Date(2000), sub: { b: 2, c: [] }, s: "Hello" },
  { _id: 3, a: Long.fromNumber(3), tags: [], s: "hello world", sub: [{ b: 3 }, { b: 4, d: 1 }] },
  { _id: 4, a: Decimal128.fromString("4.0"), s: "HELLO", n: null },
  {
    _id: 5,
    a: "text",
    s: "über",
    list: [
      { q: 1, r: 5 },
      { q: 2, r: 7 },
    ],
  },
  { _id: 6, a: [1, 5, 9], list: [{ q: 1, r: 7 }], n: [null] },
  { _id: 7, a: null, bits: 54, id: new ObjectId("64b000000000000000000001") },
  {
    _id: 8,
    bits: Long.fromString("9007199254740993"),
    grid: [
      [1, 2],
      [3, 4],
    ],
  },
  { _id: 9, a: { b: 1 }, bits: new Binary(Buffer.from([54])), flag: true },
  { _id: 10, a: NaN, flag: false, r: /^ab/i },
];

const CASES: Case[] = [
  ["equality across number types", { a: 3 }, [3]],
  ["equality of a decimal and an int", { a: 4 }, [4]],
  ["equality inside an array", { a: 5 }, [6]],
  ["equality of a whole array", { a: [1, 5, 9] }, [6]],
  ["an array in another order is not equal", { a: [9, 5, 1] }, []],
  ["null stands for null and missing", { a: null }, [7, 8]],
  ["null inside an array", { n: null }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["$eq null", { a: { $eq: null } }, [7, 8]],
  ["$ne", { a: { $ne: 1 } }, [2, 3, 4, 5, 7, 8, 9, 10]],
  ["$ne null", { a: { $ne: null } }, [1, 2, 3, 4, 5, 6, 9, 10]],
  ["$gt stays within a type", { a: { $gt: 2 } }, [2, 3, 4, 6]],
  ["$gte and $lte", { a: { $gte: 2.5, $lte: 3 } }, [2, 3, 6]],
  ["$lt on strings", { a: { $lt: "u" } }, [5]],
  ["$lte null", { a: { $lte: null } }, [7, 8]],
  ["$gt MinKey takes every value", { a: { $gt: new MinKey() } }, [1, 2, 3, 4, 5, 6, 7, 9, 10]],
  ["$lt MaxKey", { flag: { $lt: new MaxKey() } }, [9, 10]],
  ["$eq NaN", { a: NaN }, [10]],
  ["$lt does not take NaN", { a: { $lt: 100 } }, [1, 2, 3, 4, 6]],
  ["dates by order", { when: { $gt: new Date(1500) } }, [2]],
  ["a document equal in order", { a: { b: 1 } }, [9]],
  [
    "$in with numbers of several types",
    { a: { $in: [1, new Int32(3), Decimal128.fromString("4")] } },
    [1, 3, 4, 6],
  ],
  ["$in with null", { a: { $in: [null] } }, [7, 8]],
  ["$in with a pattern", { s: { $in: [/^hello/i] } }, [2, 3, 4]],
  ["$in nothing", { a: { $in: [] } }, []],
  ["$nin", { a: { $nin: [1, null, "text"] } }, [2, 3, 4, 9, 10]],
  ["$exists", { a: { $exists: true } }, [1, 2, 3, 4, 5, 6, 7, 9, 10]],
  ["$exists false", { a: { $exists: false } }, [8]],
  ["$exists of a path in an array", { "sub.d": { $exists: true } }, [3]],
  ["$type by name", { a: { $type: "string" } }, [5]],
  ["$type number", { a: { $type: "number" } }, [1, 2, 3, 4, 6, 10]],
  ["$type array", { a: { $type: "array" } }, [6]],
  ["$type of several", { a: { $type: ["null", "object"] } }, [7, 9]],
  ["$type objectId", { id: { $type: "objectId" } }, [7]],
  ["$type by number", { a: { $type: 18 } }, [3]],
  ["a pattern", { s: /^h/ }, [3]],
  ["a pattern without case", { s: { $regex: "^hello$", $options: "i" } }, [2, 4]],
  ["a pattern as a value", { r: /^ab/i }, [10]],
  ["$not with a pattern", { s: { $not: /hello/i } }, [1, 5, 6, 7, 8, 9, 10]],
  ["$not", { a: { $not: { $gt: 2 } } }, [1, 5, 7, 8, 9, 10]],
  ["$size", { tags: { $size: 2 } }, [1]],
  ["$size 0", { tags: { $size: 0 } }, [3]],
  ["$all", { tags: { $all: ["x", "y"] } }, [1]],
  ["$all on a scalar", { a: { $all: [1] } }, [1, 6]],
  ["$all of nothing", { tags: { $all: [] } }, []],
  [
    "$all with $elemMatch",
    { list: { $all: [{ $elemMatch: { q: 1, r: 5 } }, { $elemMatch: { q: 2 } }] } },
    [5],
  ],
  ["$elemMatch on documents", { list: { $elemMatch: { q: 1, r: { $gt: 5 } } } }, [6]],
  ["conditions on different elements", { "list.q": 2, "list.r": 5 }, [5]],
  ["$elemMatch on values", { a: { $elemMatch: { $gt: 4, $lt: 6 } } }, [6]],
  ["$elemMatch on nested arrays", { grid: { $elemMatch: { $elemMatch: { $gt: 3 } } } }, [8]],
  ["$elemMatch with $size", { grid: { $elemMatch: { $size: 2 } } }, [8]],
  ["a path into a document", { "sub.b": 2 }, [2]],
  ["a path into documents of an array", { "sub.b": 4 }, [3]],
  ["a path with an index", { "list.0.r": 7 }, [6]],
  ["a path with an index of values", { "a.1": 5 }, [6]],
  ["null at a path", { "sub.d": null }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["null at a path through a scalar", { "when.x": null }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ["null below an array of scalars", { "tags.z": null }, [4, 5, 6, 7, 8, 9, 10]],
  ["$mod", { a: { $mod: [2, 1] } }, [1, 3, 6]],
  ["$bitsAllSet", { bits: { $bitsAllSet: 50 } }, [7, 9]],
  ["$bitsAnySet by positions", { bits: { $bitsAnySet: [0] } }, [8]],
  ["$bitsAllClear", { bits: { $bitsAllClear: [0, 3] } }, [7, 9]],
  ["$bitsAnyClear", { bits: { $bitsAnyClear: 1 } }, [7, 9]],
  ["$and", { $and: [{ a: { $gte: 1 } }, { a: { $lt: 3 } }] }, [1, 2, 6]],
  ["$or", { $or: [{ a: 1 }, { s: "HELLO" }] }, [1, 4, 6]],
  ["$nor", { $nor: [{ a: { $exists: true } }, { _id: 9 }] }, [8]],
  ["$expr", { $expr: { $gt: ["$_id", { $add: [7, 1] }] } }, [9, 10]],
  ["$comment", { _id: 1, $comment: "why" }, [1]],
  ["an int64 beyond a double", { bits: Long.fromString("9007199254740993") }, [8]],
  ["its neighbour", { bits: Long.fromString("9007199254740992") }, []],
];

const schemaOf = (name: string, schema: Document) => ({
  $jsonSchema: { required: [name], properties: { [name]: schema } },
});

const SCHEMA_CASES: Case[] = [
  ["types by BSON's names", schemaOf("a", { bsonType: ["string", "object"] }), [5, 9]],
  ["types by JSON's names", schemaOf("a", { type: "number" }), [1, 2, 3, 4, 10]],
  [
    "what a field must be, if it is there",
    { $jsonSchema: { properties: { a: { type: "null" } } } },
    [7, 8],
  ],
  ["values", schemaOf("a", { enum: [3, "text", { b: 1 }] }), [3, 5, 9]],
  ["items", schemaOf("a", { type: "array", items: { type: "number" } }), [6]],
  [
    "no other fields",
    {
      $jsonSchema: { properties: { _id: {}, r: {}, flag: {}, a: {} }, additionalProperties: false },
    },
    [10],
  ],
  [
    "other fields only of one type",
    { $jsonSchema: { additionalProperties: { type: "number" }, description: "numbers" } },
    [],
  ],
  [
    "any of several",
    { $jsonSchema: { anyOf: [{ required: ["r"] }, { required: ["when"] }] } },
    [1, 2, 10],
  ],
];

const REFUSALS: [name: string, filter: Document, code: number][] = [
  ["an unknown operator", { a: { $foo: 1 } }, 2],
  ["an unknown top level operator", { $foo: 1 }, 2],
  ["$in without an array", { a: { $in: 1 } }, 2],
  ["$or without clauses", { $or: [] }, 2],
  ["$regex that is none", { a: { $regex: "(" } }, 51091],
  ["$options without $regex", { a: { $options: "i" } }, 2],
  ["$size below zero", { a: { $size: -1 } }, 2],
  ["$type that there is not", { a: { $type: "nothing" } }, 2],
  ["$elemMatch of a number", { a: { $elemMatch: 1 } }, 2],
  ["$mod with one number", { a: { $mod: [1] } }, 2],
  ["$not of a number", { a: { $not: 1 } }, 2],
  ["$jsonSchema that is no document", { $jsonSchema: 1 }, 14],
  ["$jsonSchema with a word it does not know", { $jsonSchema: { shape: 1 } }, 9],
  ["$jsonSchema with a word it does not serve", { $jsonSchema: { format: "date" } }, 9],
  ["$jsonSchema with two kinds of type", { $jsonSchema: { type: "null", bsonType: "null" } }, 9],
  ["$jsonSchema of type integer", { $jsonSchema: { type: "integer" } }, 9],
];

describe("matching", () => {
  const collections: Record<"without an index" | "with indexes", Collection<Row>> = {} as never;

  before(async () => {
    const client = await openClient({ ignoreUndefined: true });
    collections["without an index"] = freshDatabase(client).collection("plain");
    collections["with indexes"] = freshDatabase(client).collection("indexed");
    await collections["with indexes"].createIndexes(
      [
        { a: 1 },
        { tags: -1 },
        { s: 1, a: -1 },
        { "sub.b": 1 },
        { "list.q": 1, "list.r": 1 },
        { bits: 1 },
      ].map((key) => ({ key }) as never),
    );
    for (const collection of Object.values(collections)) await collection.insertMany(DOCS);
  });
  after(closeAll);

  for (const how of ["without an index", "with indexes"] as const) {
    describe(how, () => {
      for (const [name, filter, expected] of [...CASES, ...SCHEMA_CASES]) {
        it(name, async () => {
          const found = await collections[how]
            .find(filter as Filter<Row>)
            .sort({ _id: 1 })
            .toArray();
          expect(found.map(({ _id }) => _id)).to.deep.equal(expected);
        });
      }
    });
  }

  for (const [name, filter, code] of REFUSALS) {
    it(`refuses ${name}`, async () => {
      const error = await failureOf(
        collections["without an index"].find(filter as Filter<Row>).toArray(),
      );
      expect(error.code).to.equal(code);
    });
  }

  it("sorts values of all types as BSON orders them, with and without an index", async () => {
    const client = await openClient();
    const ordered = freshDatabase(client).collection<Document & { _id: number }>("ordered");
    const values: unknown[] = [
      new MinKey(),
      null,
      NaN,
      -Infinity,
      Decimal128.fromString("-1.5"),
      new Int32(-1),
      new Double(0),
      Decimal128.fromString("1E-6176"),
      Decimal128.fromString("0.1"),
      0.1,
      new Int32(1),
      Long.fromString("9007199254740992"),
      Long.fromString("9007199254740993"),
      Decimal128.fromString("9007199254740993.5"),
      1e300,
      Decimal128.fromString("1E+6000"),
      Infinity,
      "",
      "A",
      "a",
      "aa",
      "é",
      "\uffff",
      "\u{1f600}",
      {},
      { a: 1 },
      { a: 2 },
      { a: "x" },
      new Binary(Buffer.from("b")),
      new Binary(Buffer.from("aa")),
      new ObjectId("64b000000000000000000000"),
      new ObjectId("64b000000000000000000001"),
      false,
      true,
      new Date(-1),
      new Date(0),
      new Timestamp({ t: 1, i: 1 }),
      /a/,
      new MaxKey(),
    ];
    const shuffled = values
      .map((v, _id) => ({ _id, v }))
      .sort((a, b) => ((a._id * 7) % 13) - ((b._id * 7) % 13));
    await ordered.insertMany(shuffled);
    const expected = values.map((_, i) => i);
    const ids = async (direction: 1 | -1) =>
      (await ordered.find().sort({ v: direction, _id: direction }).toArray()).map(({ _id }) => _id);
    expect(await ids(1)).to.deep.equal(expected);
    await ordered.createIndexes([{ key: { v: 1, _id: 1 } }]);
    expect(await ids(1)).to.deep.equal(expected);
    expect(await ids(-1)).to.deep.equal(expected.toReversed());
  });
});
