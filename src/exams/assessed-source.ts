import type { GradeSource } from "./grade-source.js";
import type { ReadStanding } from "./read-standing.js";

/** Activities: a person judges what the learner submits, in the chapter about them. */
export function createAssessedSource(needs: {
  readStanding: ReadStanding;
}): GradeSource & { kind: "assessed" } {
  return {
    kind: "assessed",
    explain: () =>
      "You submit your work in Rosette, and an assessor accepts it or returns it with a comment.",
    open: () => Promise.resolve(),
    findStanding: async ({ account, exam }) => await needs.readStanding(account, exam.id),
    handlers: {},
    finishLeft: () => Promise.resolve(),
    listDue: () => Promise.resolve([]),
  };
}
