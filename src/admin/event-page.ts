import type { Event } from "../events/event.js";
import type { FailedWork } from "../work/work-queue.js";
import { momentOf } from "./moments.js";

export const eventRows = (events: readonly Event[]) =>
  events.map((event) => ({
    at: momentOf(event.at),
    code: event.code,
    level: event.level,
    summary: event.summary,
    about: Object.entries(event.about).map(([name, value]) => `${name} ${value}`),
  }));

/** What the kinds of background work are called on the page. */
const workLabels: Record<string, string> = {
  "evaluate-learner": "Count a learner's results",
  "issue-credential": "Issue a credential",
  "post-score": "Send a score to the LMS",
  "read-results": "Read grades from the LMS",
  sweep: "Look for work left over",
};

export const failedWorkRows = (failed: readonly FailedWork[]) =>
  failed.map((work) => ({
    id: work.id,
    label: workLabels[work.name] ?? work.name,
    reason: work.reason,
    failed: momentOf(work.failedAt),
    failCount: work.failCount,
    next: work.nextRunAt === undefined ? undefined : momentOf(work.nextRunAt),
  }));
