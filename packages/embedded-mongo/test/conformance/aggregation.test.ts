import { expect } from "chai";
import { Decimal128, type Collection, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Row = Document & { _id: number };

const DOCS: Row[] = [
  { _id: 1, item: "a", price: 10, qty: 2, at: new Date("2024-03-01T08:00:00Z"), tags: ["x", "y"] },
  { _id: 2, item: "b", price: 20, qty: 1, at: new Date("2024-03-01T09:30:00Z"), tags: ["y"] },
  { _id: 3, item: "a", price: 5.5, qty: 10, at: new Date("2024-04-15T00:00:00Z"), tags: [] },
  {
    _id: 4,
    item: "c",
    price: Decimal128.fromString("0.1"),
    qty: 3,
    at: new Date("2025-01-01T00:00:00Z"),
  },
];

const PIPELINES: [name: string, stages: Document[], expected: unknown[]][] = [
  [
    "$group with sums, averages and sets",
    [
      { $match: { _id: { $lte: 3 } } },
      {
        $group: {
          _id: "$item",
          total: { $sum: { $multiply: ["$price", "$qty"] } },
          mean: { $avg: "$qty" },
          n: { $sum: 1 },
          days: { $addToSet: { $dayOfMonth: "$at" } },
        },
      },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: "a", total: 75, mean: 6, n: 2, days: [1, 15] },
      { _id: "b", total: 20, mean: 20 / 20, n: 1, days: [1] },
    ],
  ],
  [
    "$group with first, last, push, min and max",
    [
      { $sort: { _id: 1 } },
      {
        $group: {
          _id: null,
          f: { $first: "$item" },
          l: { $last: "$item" },
          p: { $push: "$qty" },
          lo: { $min: "$qty" },
          hi: { $max: "$qty" },
          n: { $count: {} },
        },
      },
    ],
    [{ _id: null, f: "a", l: "c", p: [2, 1, 10, 3], lo: 1, hi: 10, n: 4 }],
  ],
  [
    "a sum of decimals",
    [
      { $group: { _id: null, s: { $sum: "$price" } } },
      { $project: { _id: 0, s: { $toString: "$s" } } },
    ],
    [{ s: "35.6" }],
  ],
  [
    "$project with _id first",
    [{ $match: { _id: 1 } }, { $project: { item: 1, twice: { $multiply: ["$qty", 2] } } }],
    [{ _id: 1, item: "a", twice: 4 }],
  ],
  [
    "$addFields into paths and $unset",
    [
      { $match: { _id: 2 } },
      { $addFields: { "a.b": "$qty", qty: "$$REMOVE" } },
      { $unset: ["tags", "at", "price"] },
    ],
    [{ _id: 2, item: "b", a: { b: 1 } }],
  ],
  [
    "$unwind",
    [{ $unwind: "$tags" }, { $project: { tags: 1 } }],
    [
      { _id: 1, tags: "x" },
      { _id: 1, tags: "y" },
      { _id: 2, tags: "y" },
    ],
  ],
  [
    "$unwind that keeps empty ones",
    [
      { $unwind: { path: "$tags", preserveNullAndEmptyArrays: true, includeArrayIndex: "i" } },
      { $match: { _id: { $gte: 3 } } },
      { $project: { tags: 1, i: 1 } },
    ],
    [
      { _id: 3, i: null },
      { _id: 4, i: null },
    ],
  ],
  ["$sortByCount", [{ $sortByCount: "$item" }, { $limit: 1 }], [{ _id: "a", count: 2 }]],
  [
    "$group by a field that is null here and missing there",
    [
      {
        $project: {
          k: {
            $switch: {
              branches: [
                { case: { $eq: ["$_id", 1] }, then: null },
                { case: { $eq: ["$_id", 2] }, then: "x" },
              ],
              default: "$$REMOVE",
            },
          },
        },
      },
      { $group: { _id: "$k", n: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: null, n: 3 },
      { _id: "x", n: 1 },
    ],
  ],
  ["$count", [{ $match: { qty: { $gt: 1 } } }, { $count: "n" }], [{ n: 3 }]],
  [
    "$facet",
    [
      {
        $facet: {
          cheap: [{ $match: { price: { $lt: 6 } } }, { $count: "n" }],
          first: [{ $sort: { _id: 1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
        },
      },
    ],
    [{ cheap: [{ n: 2 }], first: [{ _id: 1 }] }],
  ],
  [
    "$replaceRoot",
    [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { k: "$item" } } }],
    [{ k: "a" }],
  ],
  [
    "$lookup by field",
    [
      { $match: { _id: 1 } },
      { $lookup: { from: "items", localField: "item", foreignField: "_id", as: "found" } },
      { $project: { found: 1 } },
    ],
    [{ _id: 1, found: [{ _id: "a", name: "Apple" }] }],
  ],
  [
    "$lookup by pipeline",
    [
      { $match: { _id: 2 } },
      {
        $lookup: {
          from: "items",
          let: { i: "$item" },
          pipeline: [{ $match: { $expr: { $eq: ["$_id", "$$i"] } } }, { $project: { _id: 0 } }],
          as: "found",
        },
      },
      { $project: { found: 1 } },
    ],
    [{ _id: 2, found: [{ name: "Bread" }] }],
  ],
  [
    "$unionWith",
    [
      { $match: { _id: 1 } },
      { $project: { _id: 1 } },
      { $unionWith: { coll: "items", pipeline: [{ $project: { _id: 1 } }] } },
    ],
    [{ _id: 1 }, { _id: "a" }, { _id: "b" }],
  ],
  [
    "$unionWith by a pipeline that begins with a search",
    [
      { $match: { _id: 1 } },
      { $project: { _id: 1 } },
      {
        $unionWith: {
          coll: "items",
          pipeline: [{ $match: { _id: "b" } }, { $sort: { _id: -1 } }, { $project: { _id: 1 } }],
        },
      },
    ],
    [{ _id: 1 }, { _id: "b" }],
  ],
  ["$documents are of a database", [{ $match: { _id: 99 } }], []],
];

const EXPRESSIONS: [name: string, expression: unknown, expected: unknown][] = [
  ["$cond", { $cond: [{ $gt: ["$qty", 1] }, "many", "one"] }, "many"],
  [
    "$switch",
    { $switch: { branches: [{ case: { $eq: ["$qty", 2] }, then: "two" }], default: "?" } },
    "two",
  ],
  ["$ifNull", { $ifNull: ["$missing", null, "none"] }, "none"],
  ["$concat and $toUpper", { $concat: [{ $toUpper: "$item" }, "-", { $toString: "$qty" }] }, "A-2"],
  ["$map", { $map: { input: "$tags", as: "t", in: { $concat: ["$$t", "!"] } } }, ["x!", "y!"]],
  ["$filter", { $filter: { input: [1, 2, 3], cond: { $gt: ["$$this", 1] } } }, [2, 3]],
  [
    "$reduce",
    { $reduce: { input: [1, 2, 3], initialValue: 0, in: { $add: ["$$value", "$$this"] } } },
    6,
  ],
  ["$let", { $let: { vars: { a: 2 }, in: { $multiply: ["$$a", "$qty"] } } }, 4],
  ["$arrayElemAt", { $arrayElemAt: ["$tags", -1] }, "y"],
  ["$slice and $size", { $size: { $slice: ["$tags", 1] } }, 1],
  ["$in", { $in: ["x", "$tags"] }, true],
  ["$setUnion", { $setUnion: ["$tags", ["a"]] }, ["a", "x", "y"]],
  ["$mergeObjects", { $mergeObjects: [{ a: 1 }, { b: 2 }, null] }, { a: 1, b: 2 }],
  ["$objectToArray", { $objectToArray: { a: 1 } }, [{ k: "a", v: 1 }]],
  ["$arrayToObject", { $arrayToObject: [[["a", 1]]] }, { a: 1 }],
  ["$dateToString", { $dateToString: { date: "$at", format: "%Y-%m-%d" } }, "2024-03-01"],
  ["$year", { $year: "$at" }, 2024],
  ["$subtract of dates", { $subtract: ["$at", new Date("2024-03-01T00:00:00Z")] }, 8 * 3_600_000],
  ["$round half to even", { $round: [2.5] }, 2],
  ["$divide", { $divide: ["$qty", 4] }, 0.5],
  ["$mod", { $mod: [7, 4] }, 3],
  ["$toInt", { $toInt: "42" }, 42],
  ["$type", { $type: "$missing" }, "missing"],
  ["$split and $trim", { $split: [{ $trim: { input: " a,b " } }, ","] }, ["a", "b"]],
  ["$cmp across types", { $cmp: ["$qty", "x"] }, -1],
  ["$literal", { $literal: "$x" }, "$x"],
  ["$first and $last", [{ $first: "$tags" }, { $last: "$tags" }], ["x", "y"]],
];

const REFUSALS: [name: string, stages: Document[], code: number][] = [
  ["a group without _id", [{ $group: { n: { $sum: 1 } } }], 15955],
  ["an unknown accumulator", [{ $group: { _id: 1, n: { $nonsense: 1 } } }], 15952],
  ["a limit of zero", [{ $limit: 0 }], 15958],
  ["two fields in one stage", [{ $match: {}, $limit: 1 }], 40323],
  ["an undefined variable", [{ $project: { a: "$$nothing" } }], 17276],
  ["division by zero", [{ $project: { a: { $divide: [1, 0] } } }], 2],
  ["adding a string", [{ $project: { a: { $add: [1, "x"] } } }], 14],
  ["$out in the middle", [{ $out: "x" }, { $match: {} }], 40601],
  [
    "server-side JavaScript",
    [{ $project: { a: { $function: { body: "x", args: [], lang: "js" } } } }],
    168,
  ],
];

describe("aggregation", () => {
  let rows: Collection<Row>;

  before(async () => {
    const database = freshDatabase(await openClient());
    rows = database.collection("rows");
    await rows.insertMany(DOCS);
    await database.collection<{ _id: string; name: string }>("items").insertMany([
      { _id: "a", name: "Apple" },
      { _id: "b", name: "Bread" },
    ]);
  });
  after(closeAll);

  for (const [name, stages, expected] of PIPELINES) {
    it(name, async () => {
      expect(await rows.aggregate(stages).toArray()).to.deep.equal(expected);
    });
  }

  for (const [name, expression, expected] of EXPRESSIONS) {
    it(name, async () => {
      const [row] = await rows
        .aggregate([{ $match: { _id: 1 } }, { $project: { v: expression } }])
        .toArray();
      expect(row?.["v"]).to.deep.equal(expected);
    });
  }

  for (const [name, stages, code] of REFUSALS) {
    it(`refuses ${name}`, async () => {
      expect((await failureOf(rows.aggregate(stages).toArray())).code).to.equal(code);
    });
  }

  it("writes its results with $out and $merge", async () => {
    const target = rows.db.collection<Row>("target");
    await rows.aggregate([{ $project: { qty: 1 } }, { $out: "target" }]).toArray();
    expect(await target.countDocuments()).to.equal(4);
    await rows
      .aggregate([
        { $match: { _id: 1 } },
        { $project: { seen: { $literal: true } } },
        { $merge: "target" },
      ])
      .toArray();
    expect(await target.findOne({ _id: 1 })).to.deep.equal({ _id: 1, qty: 2, seen: true });
    const merge = async (whenMatched: string) =>
      await rows
        .aggregate([
          { $match: { _id: 1 } },
          { $project: { v: "new" } },
          { $merge: { into: "target", whenMatched, whenNotMatched: "discard" } },
        ])
        .toArray();
    expect((await failureOf(merge("fail"))).code).to.equal(11000);
    await merge("keepExisting");
    expect(await target.findOne({ _id: 1 })).to.deep.equal({ _id: 1, qty: 2, seen: true });
    await merge("replace");
    expect(await target.findOne({ _id: 1 })).to.deep.equal({ _id: 1, v: "new" });
  });

  it("counts and lists distinct values", async () => {
    expect(await rows.countDocuments({ item: "a" })).to.equal(2);
    expect(await rows.estimatedDocumentCount()).to.equal(4);
    expect((await rows.distinct("tags")).sort()).to.deep.equal(["x", "y"]);
  });
});
