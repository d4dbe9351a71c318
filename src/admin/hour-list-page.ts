import type { Period } from "../hours/hour-ledger.js";
import { type HourType, inUnits } from "../hours/hour-type.js";
import type { HourSum } from "../hours/read-hour-sums.js";
import { learnerLabel } from "../people/account.js";
import type { PageOf } from "../stored-record.js";
import { isoDay } from "../utc-day.js";
import { csvLine } from "../web/csv.js";

/** What a learner has in a period, with the name that goes into credentials. */
export type NamedSum = HourSum & { name: string | undefined };

const daysOf = ({ from, to }: Period) => ({
  ...(from === undefined ? {} : { from: isoDay(from) }),
  ...(to === undefined ? {} : { to: isoDay(to) }),
});

/** Learners and their hours in a period, each with the way to their transcript of it. */
export function hourListPage(about: {
  list: PageOf<NamedSum>;
  types: readonly HourType[];
  period: Period;
  search: string;
}) {
  const { list, types, period, search } = about;
  const keep = daysOf(period);
  const query = new URLSearchParams(keep).toString();
  return {
    ...{ search, keep, from: keep.from ?? "", to: keep.to ?? "" },
    query: query === "" ? "" : `?${query}`,
    isFiltered: search !== "" || query !== "",
    units: types.map(({ name }) => name),
    list: {
      ...list,
      items: list.items.map(({ learnerId, name, courses, hours }) => ({
        ...{ learnerId, courses, label: learnerLabel({ learnerId, name }) },
        amounts: types.map((type) => inUnits(hours, type)),
      })),
    },
  };
}

export const hourListHead = (types: readonly HourType[]): string =>
  csvLine(["Learner", "Learner id", "Courses completed", ...types.map(({ name }) => name)]);

export const hourListLine = (
  { learnerId, name = "", courses, hours }: NamedSum,
  types: readonly HourType[],
): string => csvLine([name, learnerId, courses, ...types.map((type) => inUnits(hours, type))]);
