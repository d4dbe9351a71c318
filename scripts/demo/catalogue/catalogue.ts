import type { ActivityContent } from "../../../src/activities/save-activity.js";
import type { Question } from "../../../src/courses/exam.js";
import type { TrackContent } from "../../../src/tracks/track.js";

/** A course as a catalogue describes it, with its exam and the projects beside it. */
export type CatalogueCourse = {
  code: string;
  title: string;
  contactHours: number;
  subject: string;
  version: string;
  exam: {
    title: string;
    passMarkPercent: number;
    attemptsAllowed: number | undefined;
    questions: Question[];
  };
  /** Graded in the LMS. */
  projects: { title: string; passMarkPercent: number; scoreMaximum: number }[];
  /** Handed in here, and accepted by an assessor. */
  activities: Omit<ActivityContent, "assessorIds">[];
};

/** A step of a track, naming courses by their code. */
export type CatalogueStep =
  | { allOf: CatalogueStep[] }
  | { atLeast: number; of: CatalogueStep[] }
  | { inOrder: CatalogueStep[] }
  /** The award of a track that stands earlier in the catalogue, by its name. */
  | { awardOf: string }
  /** A verified licence in one of the catalogue's professions, by its name. */
  | { licenceIn: string }
  | { examOf: string }
  | { projectOf: string; title: string }
  | { activityOf: string; title: string };

export type CatalogueTrack = Omit<TrackContent, "requirement"> & { requires: CatalogueStep };

/** What an organisation teaches and what can be earned there. */
export type Catalogue = {
  organisationName: string;
  /** Professions that a step asks a licence in. */
  professions: string[];
  courses: CatalogueCourse[];
  tracks: CatalogueTrack[];
};

const OPTION_IDS = ["a", "b", "c", "d", "e", "f"] as const;

type Draft = (number: number) => Question;

const optionsOf = (texts: string[]) =>
  texts.map((text, index) => ({ id: OPTION_IDS[index] ?? String(index), text }));

/** A question with one right answer, which is written first and shown at `place` (from 0). */
export const choose = (
  prompt: string,
  [right, ...wrong]: [string, ...string[]],
  place: number,
): Draft => {
  const options = optionsOf(wrong.toSpliced(place, 0, right));
  const correctOptionId = options[place]?.id ?? "";
  return (number) => ({
    id: `q${number}`,
    kind: "single-choice",
    prompt,
    options,
    correctOptionId,
  });
};

/** A question with several right answers, marked by `+`; the wrong ones by `-`. */
export const chooseAll = (prompt: string, answers: `${"+" | "-"} ${string}`[]): Draft => {
  const options = optionsOf(answers.map((answer) => answer.slice(2)));
  const correctOptionIds = options
    .filter((_, index) => answers[index]?.startsWith("+"))
    .map(({ id }) => id);
  return (number) => ({
    id: `q${number}`,
    kind: "multiple-choice",
    prompt: `${prompt} Choose all that apply.`,
    options,
    correctOptionIds,
  });
};

/** A question that is answered with a number, right within `tolerance`. */
export const reckon =
  (prompt: string, correctNumber: number, tolerance = 0): Draft =>
  (number) => ({ id: `q${number}`, kind: "number", prompt, correctNumber, tolerance });

/** A course with a hosted exam. */
export function hostedCourse(
  about: Pick<CatalogueCourse, "code" | "title" | "contactHours" | "subject">,
  exam: { passMarkPercent: number; attemptsAllowed?: number },
  questions: Draft[],
): CatalogueCourse {
  return {
    ...about,
    version: "2026",
    exam: {
      title: `Exam: ${about.title}`,
      passMarkPercent: exam.passMarkPercent,
      attemptsAllowed: exam.attemptsAllowed,
      questions: questions.map((draft, index) => draft(index + 1)),
    },
    projects: [],
    activities: [],
  };
}

/** The same course with a project beside its exam. */
export const withProjects = (
  course: CatalogueCourse,
  ...projects: CatalogueCourse["projects"]
): CatalogueCourse => ({ ...course, projects });

/** The same course with activities beside its exam. */
export const withActivities = (
  course: CatalogueCourse,
  ...activities: CatalogueCourse["activities"]
): CatalogueCourse => ({ ...course, activities });

/** One thing that an assessor looks at: what is not yet enough, and what is. */
export const criterion = (id: string, title: string, [less, enough]: [string, string]) => ({
  ...{ id, title },
  levels: [
    { id: "less", text: less, isEnough: false },
    { id: "enough", text: enough, isEnough: true },
  ],
});
