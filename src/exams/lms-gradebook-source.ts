import { eachInTurn } from "../each-in-turn.js";
import type { DueWork, GradeSource } from "./grade-source.js";
import type { LineItemStore } from "./line-item-store.js";
import type { ObservationStore } from "./observation-store.js";
import { openLineItem, type OpenLineItemNeeds } from "./open-line-item.js";
import { readResults, type ReadResultsNeeds } from "./read-results.js";
import { recordChanges } from "./record-changes.js";

type Needs = ReadResultsNeeds &
  OpenLineItemNeeds & {
    lineItems: Pick<LineItemStore, "listDue">;
    observations: Pick<ObservationStore, "find" | "listUnrecorded" | "clearMark">;
  };

const SWEPT_AT_ONCE = 200;

/** Facts from changes that were seen before a crash. */
async function recordLeftChanges(needs: Needs): Promise<void> {
  await eachInTurn(await needs.observations.listUnrecorded(SWEPT_AT_ONCE), async (observation) => {
    const item = await needs.lineItems.find(observation.lineItemId);
    if (observation.unrecorded.length === 0) await needs.observations.clearMark(observation.id);
    else if (item !== undefined) await recordChanges(needs, item, observation);
  });
}

/** Exams and projects that are graded in the LMS gradebook, in a column that Rosette owns. */
export function createLmsGradebookSource(needs: Needs): GradeSource & { kind: "lms-gradebook" } {
  return {
    kind: "lms-gradebook",
    explain: (exam) =>
      `Your instructor grades this ${exam.kind} in the gradebook of your course. Rosette reads the grade there by itself.`,

    open: async (opening) => {
      await openLineItem(needs, opening);
    },

    findStanding: async ({ launch, account, exam }) => {
      const { organisationId, platformId, context } = launch;
      const key = { organisationId, platformId, contextId: context?.id ?? "", examId: exam.id };
      const item = await needs.lineItems.findFor(key);
      const seen = item && (await needs.observations.find(item.id, account.sub));
      if (seen?.last === undefined) return { kind: "no-result" };
      const { last, lastOccurredAt: at } = seen;
      return last.kind === "cleared"
        ? { kind: "cleared", at }
        : { kind: "result", score: last.score, maximum: last.maximum, at, gradebook: undefined };
    },

    handlers: {
      "read-results": async ({ key }) => {
        await readResults(needs, key);
      },
    },

    finishLeft: async () => {
      await recordLeftChanges(needs);
    },

    listDue: async (now): Promise<DueWork[]> => {
      const due = await needs.lineItems.listDue(now, SWEPT_AT_ONCE);
      return due.map(({ id, organisationId }) => ({
        name: "read-results",
        data: { key: id, organisationId },
      }));
    },
  };
}
