import { allInTurn, eachInTurn } from "../each-in-turn.js";
import type { DueWork, GradeSource, GradeSources } from "./grade-source.js";
import { createAssessedSource } from "./assessed-source.js";
import { createExternalSource } from "./external-source.js";
import { createHostedSource } from "./hosted-source.js";
import { createLmsGradebookSource } from "./lms-gradebook-source.js";

/** What the sources need together. */
export type GradeSourceNeeds = Parameters<typeof createHostedSource>[0] &
  Parameters<typeof createLmsGradebookSource>[0] &
  Parameters<typeof createExternalSource>[0];

/** Every way in which an exam is graded. A new one is listed here. */
export const createGradeSources = (needs: GradeSourceNeeds): GradeSources => ({
  hosted: createHostedSource(needs),
  "lms-gradebook": createLmsGradebookSource(needs),
  assessed: createAssessedSource(needs),
  external: createExternalSource(needs),
});

/**
 * Finishes what a crash left in any source, and wakes what is due.
 * @throws AggregateError at the end, of what could not be done
 */
export async function sweepGradeSources(
  needs: { sources: GradeSources; wake: (due: DueWork) => Promise<void>; now: () => Date },
  { reach }: { reach: "all" | "settled" },
): Promise<void> {
  const sources = Object.values(needs.sources);
  const wakeDue = async (source: GradeSource): Promise<void> => {
    await eachInTurn(await source.listDue(needs.now()), needs.wake);
  };
  await eachInTurn(sources, async (source) => {
    await allInTurn(
      async () => {
        await source.finishLeft(needs.now(), reach);
      },
      async () => {
        await wakeDue(source);
      },
    );
  });
}
