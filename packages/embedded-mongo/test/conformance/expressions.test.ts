import { expect } from "chai";
import { ObjectId, Timestamp, type Collection, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Case = [expression: unknown, expected: unknown];

const at = (text: string) => new Date(text);
const DATE = at("2024-02-29T12:34:56.789Z");

const PARTS: Record<string, number> = {
  $year: 2024,
  $month: 2,
  $dayOfMonth: 29,
  $hour: 12,
  $minute: 34,
  $second: 56,
  $millisecond: 789,
  $dayOfWeek: 5,
};

const CASES: Case[] = [
  ...Object.entries(PARTS).flatMap(([name, expected]): Case[] => [
    [{ [name]: "$d" }, expected],
    [{ [name]: ["$d"] }, expected],
    [{ [name]: { date: "$d" } }, expected],
    [{ [name]: "$missing" }, null],
  ]),
  [{ $year: new ObjectId("64b000000000000000000000") }, 2023],
  [{ $year: new Timestamp({ t: 1_700_000_000, i: 1 }) }, 2023],
  [{ $dateToString: { date: "$d" } }, "2024-02-29T12:34:56.789Z"],
  [
    { $dateToString: { date: "$d", format: "%d/%m/%Y %H:%M:%S.%L 100%%" } },
    "29/02/2024 12:34:56.789 100%",
  ],
  [{ $dateToString: { date: "$missing", onNull: "none" } }, "none"],
  [{ $toDate: "2024-02-29T12:00:00" }, at("2024-02-29T12:00:00Z")],
  [{ $toDate: "2024-02-29T12:00:00+0100" }, at("2024-02-29T11:00:00Z")],
  [{ $toDate: "2024-02-29" }, at("2024-02-29")],
  [{ $toUpper: "abç" }, "ABç"],
  [{ $substrCP: ["héllo", 1, 3] }, "éll"],
  [{ $strLenCP: "héllo" }, 5],
  [{ $trim: { input: "xax", chars: "x" } }, "a"],
  [
    {
      $setIntersection: [
        [2, 1],
        [1, 3, 2],
      ],
    },
    [1, 2],
  ],
  [{ $setDifference: [[2, 1], [1]] }, [2]],
  [{ $concatArrays: [[1], [2]] }, [1, 2]],
  [{ $setField: { field: { $literal: "$x.y" }, input: {}, value: 1 } }, { "$x.y": 1 }],
  [{ $unsetField: { field: "a", input: { a: 1, b: 2 } } }, { b: 2 }],
  [{ $getField: { field: "a", input: { a: 1 } } }, 1],
  [{ $lt: [{ $rand: {} }, 1] }, true],
  [{ $reverseArray: [[1, 2]] }, [2, 1]],
  [{ $toLong: "7" }, 7],
  [{ $toDouble: "1.5" }, 1.5],
  [{ $toBool: 0 }, false],
  [{ $type: { $toDecimal: "1.50" } }, "decimal"],
  [{ $toObjectId: "64b000000000000000000000" }, new ObjectId("64b000000000000000000000")],
];

const REFUSALS: [expression: Document, code: number][] = [
  [{ $year: "x" }, 16006],
  [{ $toDate: "nothing" }, 241],
  [{ $dateToString: { date: "$d", format: "%q" } }, 18536],
  [{ $toInt: "1.5" }, 241],
  [{ $size: "$d" }, 17124],
];

describe("expressions on dates, texts and lists", () => {
  let rows: Collection;

  before(async () => {
    rows = freshDatabase(await openClient()).collection("rows");
    await rows.insertOne({ d: DATE });
  });
  after(closeAll);

  const valueOf = async (expression: unknown): Promise<unknown> => {
    const [row] = await rows.aggregate([{ $project: { _id: 0, v: expression } }]).toArray();
    return row?.["v"];
  };

  it("come to what MongoDB says they do", async () => {
    for (const [expression, expected] of CASES) {
      expect(await valueOf(expression), JSON.stringify(expression)).to.deep.equal(expected);
    }
  });

  it("refuse what they cannot take, by MongoDB's codes", async () => {
    for (const [expression, code] of REFUSALS) {
      const error = await failureOf(valueOf(expression));
      expect(error.code, JSON.stringify(expression)).to.equal(code);
    }
  });
});
