import { CommandError } from "../command-error.js";
import type { Collection } from "../storage/collection.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { wordSet } from "../words.js";

const BUCKET_SECONDS = new Map([
  ["seconds", 3600],
  ["minutes", 86_400],
  ["hours", 2_592_000],
]);
const FIELDS = wordSet(`
  timeField metaField granularity bucketMaxSpanSeconds bucketRoundingSeconds
`);

/** Completes create's options `timeseries` and `expireAfterSeconds`, or refuses them. */
export function checkTimeSeries(options: Doc): void {
  const series = options.get("timeseries");
  const expires = options.get("expireAfterSeconds");
  if (series !== undefined) options.set("timeseries", completed(series, options));
  if (expires === undefined) return;
  if (series === undefined && !options.has("clusteredIndex")) {
    throw new CommandError(
      "InvalidOptions",
      "'expireAfterSeconds' is only supported on time-series collections or when the 'clusteredIndex' option is specified",
    );
  }
  if (!isNumeric(expires) || approximate(expires) < 0) {
    throw new CommandError("InvalidOptions", "'expireAfterSeconds' must be a number of 0 or more");
  }
}

function completed(series: Value, options: Doc): Doc {
  if (!isDoc(series)) throw new CommandError("TypeMismatch", "'timeseries' must be an object");
  for (const name of series.keys()) {
    if (!FIELDS.has(name)) {
      throw new CommandError(40415, `BSON field 'create.timeseries.${name}' is an unknown field.`);
    }
  }
  for (const other of ["capped", "viewOn", "validator", "clusteredIndex"]) {
    if (options.has(other)) {
      throw new CommandError("InvalidOptions", `'timeseries' is not allowed with '${other}'`);
    }
  }
  const { timeField, metaField, granularity = "seconds" } = Object.fromEntries(series);
  if (typeof timeField !== "string" || !isFieldName(timeField)) {
    throw new CommandError("InvalidOptions", "'timeField' must be a top-level field name");
  }
  if (metaField !== undefined && (metaField === timeField || !isFieldName(metaField))) {
    throw new CommandError("InvalidOptions", "'metaField' must be another top-level field name");
  }
  const span = typeof granularity === "string" ? BUCKET_SECONDS.get(granularity) : undefined;
  if (span === undefined) throw new CommandError("BadValue", "'granularity' is not a known one");
  return new Map<string, Value>([
    ["timeField", timeField],
    ...(metaField === undefined ? [] : ([["metaField", metaField]] as const)),
    ["granularity", granularity],
    ["bucketMaxSpanSeconds", series.get("bucketMaxSpanSeconds") ?? span],
  ]);
}

function isFieldName(value: Value): boolean {
  return typeof value === "string" && /^[^$.][^.]*$/.test(value) && value !== "_id";
}

/** The field that a time series is ordered by; undefined for any other collection. */
export function timeFieldOf(collection: Collection): string | undefined {
  const series = collection.options.shown.get("timeseries");
  const field = isDoc(series) ? series.get("timeField") : undefined;
  return typeof field === "string" ? field : undefined;
}

/** Refuses a document without a time, in a time series. */
export function checkMeasurement(collection: Collection, doc: Doc): void {
  const field = timeFieldOf(collection);
  if (field === undefined || doc.get(field) instanceof Date) return;
  throw new CommandError(
    "BadValue",
    `'${field}' must be present and contain a valid BSON UTC datetime value`,
  );
}

/** Refuses to change single documents of a time series. */
export function refuseChange(collection: Collection | undefined): void {
  if (!collection || timeFieldOf(collection) === undefined) return;
  throw new CommandError(
    "NotImplemented",
    "updates of time-series collections are not supported by this engine",
  );
}
