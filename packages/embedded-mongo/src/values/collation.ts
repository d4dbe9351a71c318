import { CommandError } from "../command-error.js";
import { isDoc, isNumeric, type Doc, type Value } from "./value.js";
import { approximate } from "./decimal.js";

/** A language's order of text, as a fold whose results compare bytewise. */
export type Collation = {
  /** Text whose UTF-16/bytewise order is the language's order. */
  fold(text: string): string;
  /** The specification with its defaults, as listIndexes shows it. */
  readonly spec: Doc;
  /** One text per distinct collation. */
  readonly id: string;
};

const MARKS = /\p{M}/gu;

const DEFAULTS: [string, Value][] = [
  ["caseLevel", false],
  ["caseFirst", "off"],
  ["strength", 3],
  ["numericOrdering", false],
  ["alternate", "non-ignorable"],
  ["maxVariable", "punct"],
  ["normalization", false],
  ["backwards", false],
];

/** Reads a collation; undefined for the simple (bytewise) one. */
export function collationOf(value: Value): Collation | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) {
    throw new CommandError("TypeMismatch", "BSON field 'collation' is the wrong type");
  }
  if (value.size === 0) return undefined;
  const locale = value.get("locale");
  if (typeof locale !== "string") {
    throw new CommandError(40414, "BSON field 'Collation.locale' is missing but a required field");
  }
  if (locale === "simple") return undefined;
  const spec = completed(value, locale);
  const id = JSON.stringify([...spec]);
  const known = cache.get(id);
  if (known) return known;
  const made = buildCollation(spec, locale, id);
  cache.set(id, made);
  return made;
}

const cache = new Map<string, Collation>();

function completed(value: Doc, locale: string): Doc {
  for (const name of value.keys()) {
    if (name !== "locale" && name !== "version" && !DEFAULTS.some(([known]) => known === name)) {
      throw new CommandError(40415, `BSON field 'Collation.${name}' is an unknown field.`);
    }
  }
  if (Intl.Collator.supportedLocalesOf([locale.replaceAll("_", "-")]).length === 0) {
    throw new CommandError("BadValue", `Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
  const spec: Doc = new Map([["locale", locale]]);
  for (const [name, standard] of DEFAULTS) spec.set(name, plain(value.get(name)) ?? standard);
  spec.set("version", "57.1");
  for (const [name, supported] of DEFAULTS.filter(([name]) => !ADJUSTABLE.has(name))) {
    if (spec.get(name) !== supported && name !== "maxVariable" && name !== "normalization") {
      throw new CommandError("NotImplemented", `collation option '${name}' is not supported`);
    }
  }
  return spec;
}

const ADJUSTABLE = new Set(["strength", "numericOrdering", "caseLevel"]);

function plain(value: Value): Value {
  return isNumeric(value) ? approximate(value) : value;
}

function buildCollation(spec: Doc, locale: string, id: string): Collation {
  const strength = Number(spec.get("strength"));
  if (!(strength >= 1 && strength <= 5)) {
    throw new CommandError(51024, `BSON field 'strength' value must be >= 1 and <= 5`);
  }
  const ranks = primaryRanks(locale);
  const numeric = spec.get("numericOrdering") === true;
  const withCase = strength >= 3 || spec.get("caseLevel") === true;
  const fold = (text: string): string => {
    const split = text.normalize("NFD");
    const base = split.replace(MARKS, "");
    let key = primary(numeric ? padded(base) : base, ranks);
    if (strength >= 2) key += `\x01${marksOf(split)}`;
    if (withCase) key += `\x01${caseOf(base)}`;
    return key;
  };
  return { fold, spec, id };
}

function primary(text: string, ranks: ReadonlyMap<string, number>): string {
  let key = "";
  for (const character of text.toLowerCase()) {
    const rank = ranks.get(character);
    key += rank === undefined ? `\u0fff${character}` : String.fromCharCode(rank);
  }
  return key;
}

// The accents, each after the number of letters before it.
function marksOf(split: string): string {
  let [marks, letters] = ["", 0];
  for (const character of split) {
    if (/\p{M}/u.test(character)) marks += String.fromCharCode(0xfff - letters) + character;
    else letters += 1;
  }
  return marks;
}

// Lower case before upper case, at the first difference.
function caseOf(base: string): string {
  let pattern = "";
  for (const character of base) pattern += character === character.toLowerCase() ? "\x02" : "\x03";
  return pattern;
}

// Digits as their count, then themselves: 9 before 10.
function padded(text: string): string {
  return text.replace(/\d+/g, (digits) => {
    const significant = digits.replace(/^0+(?=\d)/, "");
    return `0${String.fromCharCode(0x1000 + significant.length)}${significant}`;
  });
}

// The language's order of the common letters, asked of ICU through Intl.
function primaryRanks(locale: string): ReadonlyMap<string, number> {
  const collator = new Intl.Collator(locale.replaceAll("_", "-"), { sensitivity: "base" });
  const letters = Array.from({ length: 0x24f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i))
    .filter((letter) => letter.normalize("NFD") === letter && letter === letter.toLowerCase())
    .sort((a, b) => collator.compare(a, b));
  const ranks = new Map<string, number>();
  let rank = 0x20;
  letters.forEach((letter, i) => {
    const before = letters[i - 1];
    if (before !== undefined && collator.compare(before, letter) !== 0) rank += 1;
    ranks.set(letter, rank);
  });
  return ranks;
}
