import type { EventStore } from "../events/event-store.js";
import { isCanvasAddress, type PlacedLineItem } from "./line-item.js";
import type { LmsGradesClient } from "./lms-grades-client.js";
import { nothingSeen, type Observation } from "./observation.js";
import type { ObservationStore } from "./observation-store.js";
import { type Observed, observeResult, type Result } from "./observe-result.js";
import { recordChanges, type RecordChangesNeeds } from "./record-changes.js";
import type { ScorePostStore } from "./score-post-store.js";

export type ObserveResultsNeeds = RecordChangesNeeds & {
  observations: Pick<ObservationStore, "list" | "swap" | "markRecorded">;
  scorePosts: Pick<ScorePostStore, "listOwnScores">;
  grades: Pick<LmsGradesClient, "listResultPages">;
  events: Pick<EventStore, "add">;
};

/** What a reading brought to light. */
export type Reading = {
  /** Learners that have a row, with or without a grade. */
  subs: Set<string>;
  /** Whether any row holds a grade. */
  hasGrades: boolean;
  /** Whether somebody gave, changed or took back a grade. */
  hasChanges: boolean;
  /** Another reader was faster somewhere: worth reading again soon. */
  wasOvertaken: boolean;
};

type Known = {
  observations: Map<string, Observation>;
  /** As confirmed before the LMS was asked. */
  acknowledged: Map<string, number>;
};

// Both are read before the LMS is asked. Then an observation that another reader stores meanwhile
// makes our swap fail, and a score counts as applied only if it was so for certain.
async function listKnown(
  needs: ObserveResultsNeeds,
  item: PlacedLineItem,
  subs: string[] | undefined,
): Promise<Known> {
  const observations = await needs.observations.list(item.id, subs);
  const own = await needs.scorePosts.listOwnScores(item.id, subs);
  return {
    observations: new Map(observations.map((observation) => [observation.sub, observation])),
    acknowledged: new Map(own.map((post) => [post.sub, post.acknowledgedNumber])),
  };
}

async function reportRefusal(
  needs: ObserveResultsNeeds,
  item: PlacedLineItem,
  observed: Extract<Observed, { kind: "refused" }>,
): Promise<void> {
  if (!observed.isNews) return;
  await needs.events.add({
    organisationId: item.organisationId,
    code: "result-refused",
    level: "warning",
    summary:
      "The LMS sent a result that cannot be used. The grade known before is kept until it is mended in the LMS gradebook.",
    about: { lineItemId: item.id, examId: item.examId, because: observed.because },
    at: needs.now(),
  });
}

/** Stores what a result means and makes facts of changes. False when another reader was faster. */
async function observeOne(
  needs: ObserveResultsNeeds,
  item: PlacedLineItem,
  seen: { result: Result; before: Observation | undefined; observed: Observed },
): Promise<boolean> {
  const { result, before, observed } = seen;
  if (observed.kind === "refused") await reportRefusal(needs, item, observed);
  const isNews = observed.kind !== "refused" || observed.isNews;
  const key = { organisationId: item.organisationId, lineItemId: item.id, sub: result.sub };
  const stored =
    observed.sight === undefined || !isNews
      ? before
      : await needs.observations.swap(key, before, observed.sight);
  if (stored === undefined) return observed.sight === undefined;
  if (stored.unrecorded.length > 0) await recordChanges(needs, item, stored);
  return true;
}

/**
 * A page of results without those whose owners deleted their account here. Asked of who has a
 * grade and was never looked at: the others among them have an account from now on.
 */
async function withoutErased(
  needs: Pick<ObserveResultsNeeds, "accounts" | "now">,
  { organisationId, issuer }: PlacedLineItem,
  seen: { page: readonly Result[]; known: Known },
): Promise<readonly Result[]> {
  const { page, known } = seen;
  const isNew = ({ sub, score }: Result) => score !== undefined && !known.observations.has(sub);
  const subs = new Set(page.filter(isNew).map(({ sub }) => sub));
  if (subs.size === 0) return page;
  const people = { organisationId, issuer, subs: [...subs] };
  for (const { sub } of await needs.accounts.findOrCreateAll(people, needs.now())) subs.delete(sub);
  return page.filter(({ sub }) => !subs.has(sub));
}

/**
 * Reads results page by page, of one learner when `sub` is given, and turns each change that
 * somebody made in the LMS into one fact.
 * @throws ToolError faults of the LMS
 */
export async function observeResults(
  needs: ObserveResultsNeeds,
  item: PlacedLineItem,
  sub?: string,
): Promise<Reading> {
  const known = await listKnown(needs, item, sub === undefined ? undefined : [sub]);
  const reading: Reading = {
    subs: new Set(),
    hasGrades: false,
    hasChanges: false,
    wasOvertaken: false,
  };
  for await (const page of needs.grades.listResultPages(item, sub)) {
    const own = await needs.scorePosts.listOwnScores(
      item.id,
      page.map((result) => result.sub),
    );
    for (const result of await withoutErased(needs, item, { page, known })) {
      // A learner twice in a list (Canvas merges people): the first row counts.
      if (reading.subs.has(result.sub)) continue;
      reading.subs.add(result.sub);
      reading.hasGrades ||= result.score !== undefined;
      const before = known.observations.get(result.sub);
      const observed = observeResult(
        before ?? nothingSeen,
        { result, observedAt: needs.now() },
        {
          acknowledgedNumber: known.acknowledged.get(result.sub) ?? 0,
          sends: own.find((post) => post.sub === result.sub)?.sends ?? [],
          replaceTyped: !isCanvasAddress(item.url),
        },
      );
      reading.hasChanges ||= observed.kind === "changed";
      const isStored = await observeOne(needs, item, { result, before, observed });
      reading.wasOvertaken ||= !isStored;
    }
  }
  return reading;
}
