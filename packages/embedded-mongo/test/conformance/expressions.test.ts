import { expect } from "chai";
import { ObjectId, Timestamp, type Collection, type Document } from "mongodb";
import { closeAll, failureOf, freshDatabase, openClient } from "./support.js";

type Case = [expression: unknown, expected: unknown];

const at = (text: string) => new Date(text);
const DATE = at("2024-02-29T12:34:56.789Z");
const NEW_YORK = "America/New_York";

const add = (startDate: string, unit: string, amount: number, more: Document = {}) => ({
  $dateAdd: { startDate: at(startDate), unit, amount, ...more },
});
const between = (start: string, end: string, unit: string, more: Document = {}) => ({
  $dateDiff: { startDate: at(start), endDate: at(end), unit, ...more },
});
const trunc = (unit: string, more: Document = {}) => ({
  $dateTrunc: { date: at("2024-05-17T13:45:12.345Z"), unit, ...more },
});
const text = (format: string, more: Document = {}) => ({
  $dateToString: { date: "$d", format, ...more },
});

const PARTS: Record<string, number> = {
  $year: 2024,
  $month: 2,
  $dayOfMonth: 29,
  $hour: 12,
  $minute: 34,
  $second: 56,
  $millisecond: 789,
  $dayOfWeek: 5,
  $dayOfYear: 60,
  $week: 8,
  $isoWeek: 9,
  $isoWeekYear: 2024,
  $isoDayOfWeek: 4,
};

const DATES: Case[] = [
  ...Object.entries(PARTS).flatMap(([name, expected]): Case[] => [
    [{ [name]: "$d" }, expected],
    [{ [name]: ["$d"] }, expected],
    [{ [name]: { date: "$d", timezone: "UTC" } }, expected],
    [{ [name]: "$missing" }, null],
  ]),
  [{ $hour: { date: "$d", timezone: "Asia/Kolkata" } }, 18],
  [{ $minute: { date: "$d", timezone: "+0530" } }, 4],
  [{ $dayOfMonth: { date: at("2024-01-01T02:00:00Z"), timezone: NEW_YORK } }, 31],
  [{ $hour: { date: "$d", timezone: "$missing" } }, null],
  [{ $isoWeek: at("2021-01-03") }, 53],
  [{ $isoWeekYear: at("2021-01-03") }, 2020],
  [{ $week: at("2024-01-06") }, 0],
  [{ $week: at("2024-01-07") }, 1],
  [{ $year: new ObjectId("64b000000000000000000000") }, 2023],
  [{ $year: new Timestamp({ t: 1_700_000_000, i: 1 }) }, 2023],
  [add("2024-01-31", "month", 1), at("2024-02-29")],
  [add("2023-01-31", "month", 1), at("2023-02-28")],
  [add("2024-02-29", "year", 1), at("2025-02-28")],
  [add("2024-08-31", "quarter", 1), at("2024-11-30")],
  [add("2024-01-01", "week", 2), at("2024-01-15")],
  [add("2024-01-01", "hour", -5), at("2023-12-31T19:00:00Z")],
  [add("2024-03-09T17:00:00Z", "day", 1, { timezone: NEW_YORK }), at("2024-03-10T16:00:00Z")],
  [{ $dateAdd: { startDate: null, unit: "day", amount: 1 } }, null],
  [{ $dateSubtract: { startDate: at("2024-03-31"), unit: "month", amount: 1 } }, at("2024-02-29")],
  [between("2023-12-31T23:59:59Z", "2024-01-01", "year"), 1],
  [between("2024-01-31", "2024-03-01", "month"), 2],
  [between("2024-01-01", "2024-12-31", "quarter"), 3],
  [between("2024-01-06", "2024-01-07", "week"), 1],
  [between("2024-01-07", "2024-01-08", "week"), 0],
  [between("2024-01-07", "2024-01-08", "week", { startOfWeek: "monday" }), 1],
  [between("2024-01-07", "2024-01-07T23:00:00Z", "day"), 0],
  [between("2024-01-01T10:59:00Z", "2024-01-01T11:01:00Z", "hour"), 1],
  [between("2024-01-01T10:00:00Z", "2024-01-01T09:00:00Z", "minute"), -60],
  [between("2024-01-01T03:00:00Z", "2024-01-01T06:00:00Z", "day", { timezone: NEW_YORK }), 1],
  [trunc("hour"), at("2024-05-17T13:00:00Z")],
  [trunc("minute", { binSize: 20 }), at("2024-05-17T13:40:00Z")],
  [trunc("quarter"), at("2024-04-01")],
  [trunc("week"), at("2024-05-12")],
  [trunc("week", { startOfWeek: "mon" }), at("2024-05-13")],
  [trunc("day", { timezone: NEW_YORK }), at("2024-05-17T04:00:00Z")],
  [trunc("year", { binSize: 10 }), at("2020-01-01")],
  [{ $dateToString: { date: "$d" } }, "2024-02-29T12:34:56.789Z"],
  [{ $dateToString: { date: "$d", timezone: "+01:00" } }, "2024-02-29T13:34:56.789"],
  [text("%d/%m/%Y %H:%M:%S.%L %j %w %U %u %V %G"), "29/02/2024 12:34:56.789 060 5 08 4 09 2024"],
  [text("%H:%M%z", { timezone: NEW_YORK }), "07:34-0500"],
  [text("100%%"), "100%"],
  [{ $dateToString: { date: "$missing", onNull: "none" } }, "none"],
  [{ $dateFromString: { dateString: "2024-02-29T12:34:56.789Z" } }, DATE],
  [{ $dateFromString: { dateString: "2024-02-29" } }, at("2024-02-29")],
  [{ $dateFromString: { dateString: "29-02-2024", format: "%d-%m-%Y" } }, at("2024-02-29")],
  [
    { $dateFromString: { dateString: "2024-02-29T12:00:00", timezone: NEW_YORK } },
    at("2024-02-29T17:00:00Z"),
  ],
  [{ $dateFromString: { dateString: "2024-02-29T12:00:00+0100" } }, at("2024-02-29T11:00:00Z")],
  [{ $dateFromString: { dateString: "nothing", onError: "E" } }, "E"],
  [{ $dateFromString: { dateString: null, onNull: "N" } }, "N"],
  [{ $toDate: "2024-02-29T12:00:00" }, at("2024-02-29T12:00:00Z")],
  [{ $dateFromParts: { year: 2024, month: 2, day: 29, hour: 12 } }, at("2024-02-29T12:00:00Z")],
  [{ $dateFromParts: { year: 2024 } }, at("2024-01-01")],
  [{ $dateFromParts: { year: 2024, month: 14 } }, at("2025-02-01")],
  [{ $dateFromParts: { year: 2024, month: 1, day: 0 } }, at("2023-12-31")],
  [{ $dateFromParts: { isoWeekYear: 2024, isoWeek: 9, isoDayOfWeek: 4 } }, at("2024-02-29")],
  [{ $dateFromParts: { year: 2024, timezone: NEW_YORK } }, at("2024-01-01T05:00:00Z")],
  [{ $dateFromParts: { year: 2024, month: null } }, null],
  [
    { $dateToParts: { date: "$d", timezone: "Asia/Kolkata" } },
    { year: 2024, month: 2, day: 29, hour: 18, minute: 4, second: 56, millisecond: 789 },
  ],
  [
    { $dateToParts: { date: at("2024-02-29"), iso8601: true } },
    {
      isoWeekYear: 2024,
      isoWeek: 9,
      isoDayOfWeek: 4,
      hour: 0,
      minute: 0,
      second: 0,
      millisecond: 0,
    },
  ],
];

const OTHERS: Case[] = [
  [{ $zip: { inputs: [[1, 2], ["a"]] } }, [[1, "a"]]],
  [
    { $zip: { inputs: [[1, 2], ["a"]], useLongestLength: true } },
    [
      [1, "a"],
      [2, null],
    ],
  ],
  [
    { $zip: { inputs: [[1, 2], ["a"]], useLongestLength: true, defaults: [0, "d"] } },
    [
      [1, "a"],
      [2, "d"],
    ],
  ],
  [{ $zip: { inputs: [[1], null] } }, null],
  [
    { $regexFind: { input: "héllo wörld", regex: "w(.)rld" } },
    { match: "wörld", idx: 6, captures: ["ö"] },
  ],
  [
    { $regexFindAll: { input: "aXbX", regex: "(x)", options: "i" } },
    [
      { match: "X", idx: 1, captures: ["X"] },
      { match: "X", idx: 3, captures: ["X"] },
    ],
  ],
  [{ $regexFind: { input: null, regex: "a" } }, null],
  [{ $regexMatch: { input: null, regex: /b/i } }, false],
  [{ $regexFindAll: { input: "z", regex: "a" } }, []],
  [{ $replaceOne: { input: "a.b.c", find: ".", replacement: "-" } }, "a-b.c"],
  [{ $replaceAll: { input: "a.b.c", find: ".", replacement: { $literal: "$&" } } }, "a$&b$&c"],
  [{ $replaceAll: { input: null, find: ".", replacement: "-" } }, null],
  [{ $toUpper: "abç" }, "ABç"],
  [{ $strLenBytes: "héllo" }, 6],
  [{ $substrBytes: ["héllo", 0, 3] }, "hé"],
  [{ $indexOfBytes: ["héllo", "l"] }, 3],
  [{ $bitAnd: [5, 3] }, 1],
  [{ $bitOr: [5, 2] }, 7],
  [{ $bitXor: [5, 1] }, 4],
  [{ $bitNot: 5 }, -6],
  [{ $bitAnd: [5, null] }, null],
  [{ $pow: [2, 10] }, 1024],
  [{ $pow: [2, -1] }, 0.5],
  [{ $type: { $pow: [2, 40] } }, "long"],
  [{ $pow: ["$missing", 2] }, null],
  [{ $type: { $sqrt: 16 } }, "double"],
  [{ $log: [8, 2] }, 3],
  [{ $log10: 1000 }, 3],
  [{ $exp: 0 }, 1],
  [{ $cos: 0 }, 1],
  [{ $atan2: [1, 1] }, Math.PI / 4],
  [{ $degreesToRadians: 180 }, Math.PI],
];

const REFUSALS: [expression: Document, code: number][] = [
  [{ $year: "x" }, 16006],
  [{ $hour: { date: "$d", timezone: "Nowhere/Land" } }, 40485],
  [{ $dateFromString: { dateString: "nothing" } }, 241],
  [{ $dateToString: { date: "$d", format: "%q" } }, 18536],
  [{ $dateFromParts: { year: 0 } }, 40523],
  [{ $dateAdd: { startDate: "$d", unit: "decade", amount: 1 } }, 9],
  [{ $regexMatch: { input: 5, regex: "a" } }, 51104],
  [{ $substrBytes: ["héllo", 0, 2] }, 28657],
  [{ $bitAnd: [5, 1.5] }, 14],
  [{ $pow: [0, -1] }, 28764],
  [{ $sqrt: -1 }, 28714],
  [{ $ln: 0 }, 28766],
  [{ $log: [8, 1] }, 28759],
  [{ $exp: "x" }, 28765],
  [{ $acos: 2 }, 50989],
];

describe("expressions on dates, texts and numbers", () => {
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

  it("reckon with dates, zones and calendars", async () => {
    for (const [expression, expected] of DATES) {
      expect(await valueOf(expression), JSON.stringify(expression)).to.deep.equal(expected);
    }
  });

  it("find, replace, count and calculate", async () => {
    for (const [expression, expected] of OTHERS) {
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
