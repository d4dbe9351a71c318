import { CommandError } from "../command-error.js";
import { show } from "../values/show.js";
import { approximate } from "../values/decimal.js";
import { docOf, isDoc, isNumeric, Oid, Stamp, typeName, type Value } from "../values/value.js";
import * as calendar from "./calendar.js";
import { dateText, momentFromText } from "./date-text.js";
import type { Form } from "./expression-types.js";
import { named, withNamed, type Arguments } from "./named-arguments.js";
import { momentOf, UTC, wallOf, zoneOf, type Zone } from "./time-zone.js";

const isMissing = (value: Value) => value === null || value === undefined;

/** The moment of a value that stands for one, in milliseconds since 1970. */
function momentIn(value: Value): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof Oid) return Number.parseInt(value.toHex().slice(0, 8), 16) * 1000;
  if (value instanceof Stamp) return Number(value.value >> 32n) * 1000;
  throw new CommandError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

/** The zone that the arguments name: UTC unless they do, null for null. */
function zoneIn(args: Arguments): Zone | null {
  return args.has("timezone") ? zoneOf(args.get("timezone") ?? null) : UTC;
}

/** What the clocks of the argument's zone show; null when the date or the zone is. */
function wallIn(args: Arguments): number | null {
  const [value, zone] = [args.get("date"), zoneIn(args)];
  return isMissing(value) || !zone ? null : wallOf(momentIn(value), zone);
}

/** An operator for a part of a date: of the date itself, or of a document with its zone. */
function partForm(operator: string, partOf: (wall: number) => Value): Form {
  const part = (args: Arguments) => {
    const wall = wallIn(args);
    return wall === null ? null : partOf(wall);
  };
  const ofDocument = withNamed(operator, { required: ["date"], optional: ["timezone"] }, part);
  return (operand, compile, context) => {
    if (isDoc(operand) && ![...operand.keys()][0]?.startsWith("$")) {
      return ofDocument(operand, compile, context);
    }
    const items = Array.isArray(operand) ? operand : [operand];
    if (items.length !== 1) {
      throw new CommandError(
        40536,
        `${operator} accepts exactly one argument if given an array, but was given ${items.length}`,
      );
    }
    const date = compile(items[0]);
    return (scope) => part(new Map([["date", date(scope)]]));
  };
}

const inDate = (of: (date: Date) => number) => (wall: number) => of(new Date(wall));

const PARTS: Readonly<Record<string, (wall: number) => Value>> = {
  $year: inDate((date) => date.getUTCFullYear()),
  $month: inDate((date) => date.getUTCMonth() + 1),
  $dayOfMonth: inDate((date) => date.getUTCDate()),
  $hour: inDate((date) => date.getUTCHours()),
  $minute: inDate((date) => date.getUTCMinutes()),
  $second: inDate((date) => date.getUTCSeconds()),
  $millisecond: inDate((date) => date.getUTCMilliseconds()),
  $dayOfWeek: inDate((date) => date.getUTCDay() + 1),
  $dayOfYear: calendar.dayOfYear,
  $week: calendar.weekOfYear,
  $isoWeek: (wall) => calendar.isoWeekOf(wall).week,
  $isoWeekYear: (wall) => BigInt(calendar.isoWeekOf(wall).year),
  $isoDayOfWeek: (wall) => calendar.isoWeekOf(wall).day,
};

function toParts(args: Arguments): Value {
  const wall = wallIn(args);
  if (wall === null || args.get("iso8601") === null) return null;
  const date = new Date(wall);
  const { year, week, day } = calendar.isoWeekOf(wall);
  return docOf({
    ...(args.get("iso8601") === true
      ? { isoWeekYear: year, isoWeek: week, isoDayOfWeek: day }
      : { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  });
}

const CLOCK_PARTS = ["hour", "minute", "second", "millisecond"];
const PART_NAMES = ["year", "month", "day", "isoWeekYear", "isoWeek", "isoDayOfWeek"];

function fromParts(args: Arguments): Value {
  const zone = zoneIn(args);
  if (!zone || [...args.values()].some(isMissing)) return null;
  const part = (name: string, standard: number) => {
    const value = args.get(name) ?? standard;
    const number = isNumeric(value) ? approximate(value) : NaN;
    if (Number.isInteger(number)) return number;
    throw new CommandError(
      40515,
      `'${name}' must evaluate to an integer, found ${typeName(value)} with value ${show(value)}`,
    );
  };
  const yearName = args.has("isoWeekYear") ? "isoWeekYear" : "year";
  const year = part(yearName, NaN);
  if (year < 1 || year > 9999) {
    throw new CommandError(
      40523,
      `'${yearName}' must evaluate to an integer in the range 1 to 9999, found ${year}`,
    );
  }
  const date = args.has("isoWeekYear")
    ? calendar.isoDate(year, part("isoWeek", 1), part("isoDayOfWeek", 1))
    : calendar.dateOf(year, part("month", 1) - 1, part("day", 1));
  const minutes = part("hour", 0) * 60 + part("minute", 0);
  const seconds = minutes * 60 + part("second", 0);
  return new Date(momentOf(date + seconds * 1000 + part("millisecond", 0), zone));
}

function fromPartsForm(): Form {
  const optional = [...PART_NAMES, ...CLOCK_PARTS, "timezone"];
  const form = withNamed("$dateFromParts", { required: [], optional }, fromParts);
  return (operand, compile, context) => {
    const given = named("$dateFromParts", operand, { required: [], optional });
    if (given.has("year") === given.has("isoWeekYear")) {
      throw new CommandError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear'");
    }
    return form(operand, compile, context);
  };
}

function toText(args: Arguments): Value {
  const [value, zone, format] = [args.get("date"), zoneIn(args), args.get("format")];
  if (isMissing(value)) return args.get("onNull") ?? null;
  if (!zone || format === null) return null;
  if (format !== undefined && typeof format !== "string") {
    throw new CommandError(18533, `$dateToString requires that 'format' be a string`);
  }
  return dateText(momentIn(value), zone, format);
}

function fromText(args: Arguments): Value {
  const [text, format] = [args.get("dateString"), args.get("format")];
  const zone = args.has("timezone") ? zoneIn(args) : undefined;
  if (isMissing(text)) return args.get("onNull") ?? null;
  if (zone === null || format === null) return null;
  try {
    if (typeof text !== "string") {
      throw new CommandError(
        "ConversionFailure",
        `$dateFromString requires that 'dateString' be a string, found: ${typeName(text)} with value ${show(text)}`,
      );
    }
    return new Date(momentFromText(text, { format: format as string | undefined, zone }));
  } catch (error) {
    if (args.has("onError")) return args.get("onError") ?? null;
    throw error;
  }
}

function adding(operator: string, sign: 1 | -1) {
  return (args: Arguments): Value => {
    const [start, amount] = [args.get("startDate"), args.get("amount")];
    const zone = zoneIn(args);
    if (isMissing(start) || isMissing(amount) || isMissing(args.get("unit")) || !zone) return null;
    const unit = calendar.checkUnit(args.get("unit"));
    const number = isNumeric(amount) ? approximate(amount) : NaN;
    if (!Number.isInteger(number)) {
      throw new CommandError(5166405, `${operator} expects integer amount of time units`);
    }
    const moment = momentIn(start);
    const length = calendar.fixedLengthMs(unit);
    if (length !== undefined) return new Date(moment + sign * number * length);
    const wall = calendar.addUnits(wallOf(moment, zone), unit, sign * number);
    return new Date(momentOf(wall, zone));
  };
}

function difference(args: Arguments): Value {
  const [from, to, unitGiven] = ["startDate", "endDate", "unit"].map((name) => args.get(name));
  const zone = zoneIn(args);
  if (isMissing(from) || isMissing(to) || isMissing(unitGiven) || !zone) return null;
  const unit = calendar.checkUnit(unitGiven);
  const [a, b] = [momentIn(from), momentIn(to)];
  const start = wallOf(a, zone);
  const end = calendar.fixedLengthMs(unit) === undefined ? wallOf(b, zone) : b + (start - a);
  const weekStartsOn = calendar.weekStart(args.get("startOfWeek"));
  return BigInt(calendar.unitsBetween({ start, end }, unit, weekStartsOn));
}

function truncated(args: Arguments): Value {
  const zone = zoneIn(args);
  const [wall, size] = [wallIn(args), args.get("binSize") ?? 1];
  if (wall === null || !zone || isMissing(args.get("unit"))) return null;
  const bin = isNumeric(size) ? approximate(size) : NaN;
  if (!Number.isInteger(bin) || bin < 1) {
    throw new CommandError(5439017, "$dateTrunc requires 'binSize' to be a 64-bit integer above 0");
  }
  const weekStartsOn = calendar.weekStart(args.get("startOfWeek"));
  const unit = calendar.checkUnit(args.get("unit"));
  return new Date(momentOf(calendar.startOfBin(wall, { unit, size: bin, weekStartsOn }), zone));
}

/** The operators on dates. */
export const DATES: readonly [string, Form][] = [
  ...Object.entries(PARTS).map(([name, part]): [string, Form] => [name, partForm(name, part)]),
  [
    "$dateToParts",
    withNamed("$dateToParts", { required: ["date"], optional: ["timezone", "iso8601"] }, toParts),
  ],
  ["$dateFromParts", fromPartsForm()],
  [
    "$dateToString",
    withNamed(
      "$dateToString",
      { required: ["date"], optional: ["format", "timezone", "onNull"] },
      toText,
    ),
  ],
  [
    "$dateFromString",
    withNamed(
      "$dateFromString",
      { required: ["dateString"], optional: ["format", "timezone", "onNull", "onError"] },
      fromText,
    ),
  ],
  ...(["$dateAdd", "$dateSubtract"] as const).map((name): [string, Form] => [
    name,
    withNamed(
      name,
      { required: ["startDate", "unit", "amount"], optional: ["timezone"] },
      adding(name, name === "$dateAdd" ? 1 : -1),
    ),
  ]),
  [
    "$dateDiff",
    withNamed(
      "$dateDiff",
      { required: ["startDate", "endDate", "unit"], optional: ["timezone", "startOfWeek"] },
      difference,
    ),
  ],
  [
    "$dateTrunc",
    withNamed(
      "$dateTrunc",
      { required: ["date", "unit"], optional: ["binSize", "timezone", "startOfWeek"] },
      truncated,
    ),
  ],
];
