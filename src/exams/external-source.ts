import type { GradeSource } from "./grade-source.js";
import type { ReadStanding } from "./read-standing.js";

/**
 * Exams that are sat and graded outside of Rosette and the LMS: by a proctoring vendor, on paper,
 * in another system. Their results are pushed or imported; this source waits for them.
 */
export function createExternalSource(needs: {
  readStanding: ReadStanding;
}): GradeSource & { kind: "external" } {
  return {
    kind: "external",
    explain: () =>
      "This exam is taken outside of Rosette. Its result is sent here by whoever holds the exam, and then counts by itself.",
    open: () => Promise.resolve(),
    findStanding: async ({ account, exam }) => await needs.readStanding(account, exam.id),
    handlers: {},
    finishLeft: () => Promise.resolve(),
    listDue: () => Promise.resolve([]),
  };
}
