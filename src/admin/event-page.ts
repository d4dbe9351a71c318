import { errorCodes, errorText } from "../errors.js";
import type { Event } from "../events/event.js";
import type { FailedWork, WorkName } from "../work/work-queue.js";
import { momentOf } from "./moments.js";

/** What an event may name, in words; an id goes behind them. */
const aboutLabels: Record<string, string> = {
  accountId: "Account",
  awardId: "Award",
  because: "Reason",
  copiedFrom: "Copy of",
  correlationId: "Reference",
  detail: "Detail",
  examId: "Exam",
  factId: "Result",
  lineItemId: "Gradebook column",
  offeringId: "LMS course",
  platformId: "Platform",
  scorePostId: "Score",
};

export const eventRows = (events: readonly Event[]) =>
  events.map((event) => ({
    at: momentOf(event.at),
    code: event.code,
    level: event.level,
    summary: event.summary,
    about: Object.entries(event.about).map(
      ([name, value]) => `${aboutLabels[name] ?? name}: ${value}`,
    ),
  }));

/** What the kinds of background work are called on the page. */
const workLabels: Record<WorkName, string> = {
  "correct-names": "Correct the name in a learner's credentials",
  "correct-wording": "Correct the wording of credentials",
  "erase-account": "Delete a learner's account",
  "evaluate-learner": "Count a learner's results",
  "follow-holder-id": "Write a learner's own identifier into their credentials",
  "import-results": "Import a file of results",
  "issue-credential": "Issue a credential",
  "issue-due": "Issue credentials",
  "move-group": "Move learners to another version of a track",
  "publish-statuses": "Publish which credentials are on hold or revoked",
  "sign-learner-record": "Sign a certificate's learner record",
  "sign-shown-edition": "Sign what a learner shows",
  "try-out-track": "Look whom a draft would award",
  "post-score": "Send a score to the LMS",
  "read-results": "Read grades from the LMS",
  "read-roster": "Read the list of learners from the LMS",
  "subscribe-to-notices": "Ask the LMS for its notices",
  sweep: "Look for work left over",
};

const labelOf = (name: string): string =>
  Object.hasOwn(workLabels, name) ? workLabels[name as WorkName] : name;

/** What an error says of itself, `code: detail`, begun with the code's own words. */
function reasonText(reason: string): string {
  const [word = "", ...details] = reason.split(": ");
  const code = errorCodes.find((known) => known === word);
  if (code === undefined) return reason;
  const more = details.join(": ");
  return `${errorText(code).title} (${more === "" || more === code ? code : reason})`;
}

export const failedWorkRows = (failed: readonly FailedWork[]) =>
  failed.map((work) => ({
    id: work.id,
    label: labelOf(work.name),
    reason: reasonText(work.reason),
    failed: momentOf(work.failedAt),
    failCount: work.failCount,
    next: work.nextRunAt === undefined ? undefined : momentOf(work.nextRunAt),
  }));
