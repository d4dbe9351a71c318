import { ledgerTitle } from "../equivalencies/decide-equivalency.js";
import type { LedgerEntry } from "../equivalencies/equivalency.js";
import type { Profile } from "../people/account.js";
import { nameOf } from "./award-page.js";
import type { Choices } from "./list-choices.js";
import { dayOf, momentOf } from "./moments.js";

/** What an entry says, in one sentence. */
const sentenceOf = ({ from, to, decision, reach }: LedgerEntry): string => {
  if (decision === "does-not-count") return `${from.title} does not count for ${to.title}.`;
  const back = reach === "both-ways" ? ", and the other way round" : "";
  return `${from.title} counts for ${to.title}${back}.`;
};

type About = { standingIds: ReadonlySet<string>; profiles: readonly Profile[]; now: Date };

function stateOf(entry: LedgerEntry, { standingIds, now }: About) {
  if (entry.decision === "does-not-count") return { state: "declined", label: "Does not count" };
  if (!standingIds.has(entry.id)) return { state: "earlier", label: "Withdrawn" };
  return entry.since > now
    ? { state: "waiting", label: `Counts from ${dayOf(entry.since)}` }
    : { state: "active", label: "Counts" };
}

export const equivalencyRow = (entry: LedgerEntry, about: About) => ({
  id: entry.id,
  number: entry.number,
  sentence: sentenceOf(entry),
  forWhom: entry.accountId === undefined ? "everybody" : nameOf(about.profiles, entry.accountId),
  since: dayOf(entry.since),
  decidedBy: entry.decidedBy,
  decided: dayOf(entry.decidedAt),
  state: stateOf(entry, about),
});

export const equivalencyPage = (entry: LedgerEntry, about: About) => ({
  ...equivalencyRow(entry, about),
  reason: entry.reason,
  entered: `${momentOf(entry.decidedAt)} by ${nameOf(about.profiles, entry.enteredBy)}`,
  mayWithdraw: about.standingIds.has(entry.id),
});

/** Every exam by its course's code and edition; projects and activities after their course's. */
export function ledgerChoices({ exams, courses }: Choices) {
  const byId = new Map(courses.map((course) => [course.id, course]));
  const options = exams.flatMap((exam) => {
    const course = byId.get(exam.courseId);
    if (course === undefined) return [];
    return [{ value: exam.id, label: `${course.code}: ${ledgerTitle(exam, course)}` }];
  });
  options.sort((one, other) => (one.label < other.label ? -1 : 1));
  return [{ value: "", label: "Choose one" }, ...options];
}
