import type { SourceStanding } from "./grade-source.js";

/**
 * What the facts say of one account in one exam, for sources that keep nothing of their own.
 * Given by the composition root: facts belong to a later chapter.
 */
export type ReadStanding = (
  account: { organisationId: string; id: string },
  examId: string,
) => Promise<SourceStanding>;
