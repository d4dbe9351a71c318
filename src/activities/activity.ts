import type { Faults } from "../courses/faults.js";

/** One step on the way to mastery in a criterion, as the rubric describes it. */
type RubricLevel = { id: string; text: string; isEnough: boolean };

/** What an assessor looks at; its levels go from the least to the most. */
export type Criterion = { id: string; title: string; levels: RubricLevel[] };

/** The ways in which work may be handed in. None: the instructor marks the activity complete. */
export type WorkKind = "text" | "link" | "file";

/** What is asked of the learner in an exam of kind "activity". Keyed by the exam's id. */
export type Activity = {
  /** The exam's id. */
  id: string;
  organisationId: string;
  instructions: string;
  accepts: WorkKind[];
  rubric: Criterion[];
  /** Learners' ids of those who may assess besides the course's instructors. */
  assessorIds: string[];
};

export const mostCriteria = 10;
const MOST_LEVELS = 8;

/** What is wrong with an activity; empty when it may be stored. */
export function faultsOfActivity({ instructions, rubric }: Activity): Faults {
  const faults: Faults = {};
  if (instructions.trim() === "") faults["instructions"] = "Say what the learner is to do.";
  for (const [index, { title, levels }] of rubric.entries()) {
    if (title.trim() === "") faults[`title-${index}`] = "Name the criterion, or empty its levels.";
    if (!levels.some(({ isEnough }) => isEnough))
      faults[`enough-${index}`] = "Describe at least one level that is enough.";
    else if (levels.length > MOST_LEVELS)
      faults[`enough-${index}`] = `A criterion has at most ${MOST_LEVELS} levels.`;
  }
  return faults;
}

/** The level chosen for each criterion, by criterion id. */
export type Ratings = Record<string, string>;

/** What stands in the way of accepting work that was rated so; empty when it may be accepted. */
export function faultsOfRatings(
  rubric: readonly Criterion[],
  ratings: Ratings,
  decision: "accept" | "return",
): Faults {
  const faults: Faults = {};
  for (const { id, levels } of rubric) {
    const level = levels.find((one) => one.id === ratings[id]);
    if (level === undefined) {
      if (decision === "accept") faults[`level-${id}`] = "Choose a level.";
    } else if (decision === "accept" && !level.isEnough)
      faults[`level-${id}`] = "This level is not enough: return the work, or choose another level.";
  }
  return faults;
}
