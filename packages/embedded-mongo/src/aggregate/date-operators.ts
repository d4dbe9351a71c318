import { CommandError } from "../command-error.js";
import { isDoc, Oid, Stamp, typeName, type Value } from "../values/value.js";
import type { Form } from "./expression-types.js";
import { withNamed, type Arguments } from "./named-arguments.js";

const isMissing = (value: Value) => value === null || value === undefined;

/** The date that a value stands for. */
export function dateIn(value: Value): Date {
  if (value instanceof Date) return value;
  if (value instanceof Oid) return new Date(Number.parseInt(value.toHex().slice(0, 8), 16) * 1000);
  if (value instanceof Stamp) return new Date(Number(value.value >> 32n) * 1000);
  throw new CommandError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

/** Parts of dates, in UTC: there are no time zones here. */
const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  $year: (date) => date.getUTCFullYear(),
  $month: (date) => date.getUTCMonth() + 1,
  $dayOfMonth: (date) => date.getUTCDate(),
  $hour: (date) => date.getUTCHours(),
  $minute: (date) => date.getUTCMinutes(),
  $second: (date) => date.getUTCSeconds(),
  $millisecond: (date) => date.getUTCMilliseconds(),
  $dayOfWeek: (date) => date.getUTCDay() + 1,
};

/** An operator for a part of a date, of `{date: …}` or of the date itself. */
function partForm(operator: string, partOf: (date: Date) => number): Form {
  const ofDocument = withNamed(operator, { required: ["date"] }, (args) => {
    const date = args.get("date");
    return isMissing(date) ? null : partOf(dateIn(date));
  });
  return (operand, compile, context) => {
    if (isDoc(operand) && ![...operand.keys()][0]?.startsWith("$")) {
      return ofDocument(operand, compile, context);
    }
    const items = Array.isArray(operand) ? operand : [operand];
    if (items.length === 1) return ofDocument(new Map([["date", items[0]]]), compile, context);
    throw new CommandError(
      40536,
      `${operator} accepts exactly one argument if given an array, but was given ${items.length}`,
    );
  };
}

/** Where in an ISO text of a date the parts are that a format names. */
const SLICES: Readonly<Record<string, [from: number, to: number]>> = {
  Y: [0, 4],
  m: [5, 7],
  d: [8, 10],
  H: [11, 13],
  M: [14, 16],
  S: [17, 19],
  L: [20, 23],
};

function toText(args: Arguments): Value {
  const [value, format] = [args.get("date"), args.get("format")];
  if (isMissing(value)) return args.get("onNull") ?? null;
  if (format === null) return null;
  const iso = dateIn(value).toISOString();
  if (format === undefined) return iso;
  if (typeof format !== "string") {
    throw new CommandError(18533, `$dateToString requires that 'format' be a string`);
  }
  return format.replace(/%(.?)/gs, (_whole, letter: string) => {
    if (letter === "%") return letter;
    if (letter === "") throw new CommandError(18535, "Unmatched '%' at end of format string");
    const slice = SLICES[letter];
    if (slice) return iso.slice(...slice);
    throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
  });
}

/** The operators on dates. */
export const DATES: readonly [string, Form][] = [
  ...Object.entries(PARTS).map(([name, part]): [string, Form] => [name, partForm(name, part)]),
  [
    "$dateToString",
    withNamed("$dateToString", { required: ["date"], optional: ["format", "onNull"] }, toText),
  ],
];
