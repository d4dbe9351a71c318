import { isoDay, readUtcDay } from "../utc-day.js";
import { csvLine } from "../web/csv.js";
import { type Period, sumHours } from "./hour-ledger.js";
import { inUnits } from "./hour-type.js";
import type { Transcript } from "./read-transcript.js";

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** The period that an address asks for; days that cannot be read are left open. */
export const readPeriod = (from: string, to: string): Period => ({
  from: readUtcDay(from),
  to: readUtcDay(to),
});

const periodText = ({ from, to }: Period): string => {
  if (from !== undefined && to !== undefined) return `${day.format(from)} to ${day.format(to)}`;
  if (from !== undefined) return `From ${day.format(from)}`;
  return to === undefined ? "All time" : `Until ${day.format(to)}`;
};

/** A transcript as its page shows it. */
export const transcriptView = (transcript: Transcript) => {
  const { entries, types, period } = transcript;
  const year = transcript.madeAt.getUTCFullYear();
  const query = new URLSearchParams({
    ...(period.from === undefined ? {} : { from: isoDay(period.from) }),
    ...(period.to === undefined ? {} : { to: isoDay(period.to) }),
  }).toString();
  return {
    organisation: transcript.organisationName,
    learner: transcript.learnerName,
    period: periodText(period),
    from: period.from === undefined ? "" : isoDay(period.from),
    to: period.to === undefined ? "" : isoDay(period.to),
    query: query === "" ? "" : `?${query}`,
    years: [year, year - 1].map((one) => ({
      label: String(one),
      query: `?from=${one}-01-01&to=${one}-12-31`,
    })),
    units: types.map(({ name }) => name),
    entries: entries.map(({ code, title, version, hours, earnedAt }) => ({
      ...{ code, title, version, iso: isoDay(earnedAt), day: day.format(earnedAt) },
      amounts: types.map((type) => inUnits(hours, type)),
    })),
    totals: types.map((type) => inUnits(sumHours(entries), type)),
    made: day.format(transcript.madeAt),
  };
};

/** A transcript as a CSV file: one line for each course, then the total. */
export function transcriptCsv(transcript: Transcript): string {
  const { entries, types, learnerName = "", organisationName } = transcript;
  const total = sumHours(entries);
  return [
    csvLine(["Learner", learnerName]),
    csvLine(["Organisation", organisationName]),
    csvLine(["Period", periodText(transcript.period)]),
    csvLine(["Made", isoDay(transcript.madeAt)]),
    csvLine([]),
    csvLine(["Date", "Course", "Title", "Edition", ...types.map(({ name }) => name)]),
    ...entries.map(({ earnedAt, code, title, version, hours }) => {
      const amounts = types.map((type) => inUnits(hours, type));
      return csvLine([isoDay(earnedAt), code, title, version, ...amounts]);
    }),
    csvLine(["Total", "", "", "", ...types.map((type) => inUnits(total, type))]),
  ].join("");
}
