import { CommandError } from "../command-error.js";
import { dateOf, dayOfYear, isoDate, isoWeekOf, weekOfYear } from "./calendar.js";
import { momentOf, UTC, wallOf, type Zone } from "./time-zone.js";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const padded = (value: number, width: number) => String(value).padStart(width, "0");

type Moment = { wall: number; date: Date; offsetMinutes: number };

const WRITERS: Readonly<Record<string, (moment: Moment) => string>> = {
  "%": () => "%",
  Y: ({ date }) => padded(date.getUTCFullYear(), 4),
  m: ({ date }) => padded(date.getUTCMonth() + 1, 2),
  b: ({ date }) => (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3),
  B: ({ date }) => MONTHS[date.getUTCMonth()] ?? "",
  d: ({ date }) => padded(date.getUTCDate(), 2),
  H: ({ date }) => padded(date.getUTCHours(), 2),
  M: ({ date }) => padded(date.getUTCMinutes(), 2),
  S: ({ date }) => padded(date.getUTCSeconds(), 2),
  L: ({ date }) => padded(date.getUTCMilliseconds(), 3),
  j: ({ wall }) => padded(dayOfYear(wall), 3),
  w: ({ date }) => String(date.getUTCDay() + 1),
  U: ({ wall }) => padded(weekOfYear(wall), 2),
  u: ({ wall }) => String(isoWeekOf(wall).day),
  V: ({ wall }) => padded(isoWeekOf(wall).week, 2),
  G: ({ wall }) => padded(isoWeekOf(wall).year, 4),
  z: ({ offsetMinutes }) => {
    const minutes = Math.abs(offsetMinutes);
    const sign = offsetMinutes < 0 ? "-" : "+";
    return `${sign}${padded(Math.floor(minutes / 60), 2)}${padded(minutes % 60, 2)}`;
  },
  Z: ({ offsetMinutes }) => String(offsetMinutes),
};

/** A moment as text; without a format as ISO 8601 has it. */
export function dateText(utcMs: number, zone: Zone, format: string | undefined): string {
  const wall = wallOf(utcMs, zone);
  const moment = { wall, date: new Date(wall), offsetMinutes: (wall - utcMs) / 60_000 };
  const wanted = format ?? `%Y-%m-%dT%H:%M:%S.%L${zone === UTC ? "Z" : ""}`;
  return wanted.replace(/%(.?)/gs, (_whole, letter: string) => {
    if (letter === "") throw new CommandError(18535, "Unmatched '%' at end of format string");
    const write = WRITERS[letter];
    if (write) return write(moment);
    throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
  });
}

const PATTERNS: Readonly<Record<string, string>> = {
  Y: "(?<Y>\\d{4})",
  m: "(?<m>\\d{1,2})",
  b: "(?<b>[A-Za-z]{3})",
  B: "(?<b>[A-Za-z]+)",
  d: "(?<d>\\d{1,2})",
  H: "(?<H>\\d{1,2})",
  M: "(?<M>\\d{1,2})",
  S: "(?<S>\\d{1,2})",
  L: "(?<L>\\d{1,3})",
  j: "(?<j>\\d{1,3})",
  G: "(?<G>\\d{4})",
  V: "(?<V>\\d{1,2})",
  u: "(?<u>\\d)",
  z: "(?<z>Z|[+-]\\d{2}:?\\d{2})",
  Z: "(?<Z>[+-]?\\d{1,4})",
  "%": "%",
};
const ISO = new RegExp(
  "^\\s*(?<Y>\\d{4})-(?<m>\\d{1,2})(?:-(?<d>\\d{1,2}))?" +
    "(?:[T ](?<H>\\d{1,2}):(?<M>\\d{2})(?::(?<S>\\d{2})(?:[.,](?<L>\\d{1,9}))?)?)?" +
    "\\s*(?<z>Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?\\s*$",
  "i",
);

function patternOf(format: string): RegExp {
  const source = format.replace(/%(.?)|[.*+?^${}()|[\]\\]/gs, (whole, letter?: string) => {
    if (letter === undefined) return `\\${whole}`;
    if (letter === "") throw new CommandError(18535, "Unmatched '%' at end of format string");
    const pattern = PATTERNS[letter];
    if (pattern !== undefined) return pattern;
    throw new CommandError(18536, `Invalid format character '%${letter}' in format string`);
  });
  return new RegExp(`^${source}$`);
}

function unreadable(text: string, why = ""): CommandError {
  return new CommandError("ConversionFailure", `Error parsing date string '${text}'${why}`);
}

/** The moment that a text says, in milliseconds since 1970. */
export function momentFromText(
  text: string,
  { format, zone }: { format?: string | undefined; zone?: Zone | undefined } = {},
): number {
  const found = (format === undefined ? ISO : patternOf(format)).exec(text)?.groups;
  if (found) return momentOfFields(text, found, zone);
  const named = format === undefined && /[A-Za-z]{3}/.test(text) && /\d{4}/.test(text);
  const zoned = /(?:GMT|UTC|[+-]\d{4})/.test(text) ? text : `${text} UTC`;
  const wall = named ? Date.parse(zoned) : NaN;
  if (Number.isNaN(wall)) throw unreadable(text);
  return momentOf(wall, zone ?? UTC);
}

function momentOfFields(
  text: string,
  fields: Record<string, string | undefined>,
  zone: Zone | undefined,
): number {
  const number = (letter: string, standard: number) => Number(fields[letter] ?? standard);
  const [hour, minute, second] = [number("H", 0), number("M", 0), number("S", 0)];
  const month = fields["b"] === undefined ? number("m", 1) : monthNamed(fields["b"]);
  const day = fields["d"] === undefined ? number("j", 1) : number("d", 1);
  const sound = month >= 1 && month <= 12 && day >= 1 && day <= 366 && hour < 24;
  if (!sound || minute > 59 || second > 59) throw unreadable(text);
  const date =
    fields["G"] === undefined
      ? dateOf(number("Y", 1970), fields["j"] === undefined ? month - 1 : 0, day)
      : isoDate(number("G", 1970), number("V", 1), number("u", 1));
  const fraction = Math.trunc(Number(`0.${fields["L"] ?? "0"}`) * 1000 + 1e-6);
  const wall = date + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  const offset = offsetOf(fields);
  if (offset === undefined) return momentOf(wall, zone ?? UTC);
  if (zone) {
    throw unreadable(
      text,
      "; you cannot pass in a date/time string with time zone information together with a timezone argument",
    );
  }
  return wall - offset * 60_000;
}

function monthNamed(name: string): number {
  const short = name.slice(0, 3).toLowerCase();
  return MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === short) + 1;
}

// The minutes that the text itself says it is ahead of UTC.
function offsetOf({ z, Z }: Record<string, string | undefined>): number | undefined {
  if (Z !== undefined) return Number(Z);
  if (z === undefined) return undefined;
  const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(z) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
}
