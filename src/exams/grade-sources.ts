import type { DueWork, GradeSources } from "./grade-source.js";
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

/** Finishes what a crash left in any source and tells what is due. */
export async function sweepGradeSources(
  sources: GradeSources,
  now: Date,
  reach: "all" | "settled" = "settled",
): Promise<DueWork[]> {
  const due: DueWork[] = [];
  for (const source of Object.values(sources)) due.push(...(await source.sweep(now, reach)));
  return due;
}
