import type { Exam } from "../courses/exam.js";
import type { Launch } from "../launch/launch.js";
import { type Choice, choiceText, choiceTitle, choiceValue } from "./content-item.js";

/** What the instructor may choose from, or why there is nothing to choose. */
export type ContentPage =
  | { kind: "not-accepted" }
  | {
      kind: "choose";
      /** Several may be added at once. */
      several: boolean;
      options: { value: string; title: string; text: string; chosen: boolean }[];
      /** The LMS course waits for approval: only the progress page can be added. */
      waitsForApproval: boolean;
      faults: Record<string, string>;
    };

/** Exams can be added where the course is known; the progress page everywhere. */
const choicesOf = (exams: readonly Exam[]): Choice[] => [
  ...exams.map((exam): Choice => ({ kind: "exam", exam })),
  { kind: "progress" },
];

/** The picker. `chosen` are the values of a form that was sent with a fault. */
export function contentPage(input: {
  deepLinking: NonNullable<Launch["deepLinking"]>;
  /** undefined while the LMS course is not approved. */
  exams: readonly Exam[] | undefined;
  chosen?: readonly string[];
  fault?: string;
}): ContentPage {
  const { deepLinking, exams, chosen = [], fault } = input;
  if (!deepLinking.acceptTypes.includes("ltiResourceLink")) return { kind: "not-accepted" };
  return {
    kind: "choose",
    several: deepLinking.acceptMultiple,
    options: choicesOf(exams ?? []).map((choice) => {
      const value = choiceValue(choice);
      return {
        value,
        title: choiceTitle(choice),
        text: choiceText(choice),
        chosen: chosen.includes(value),
      };
    }),
    waitsForApproval: exams === undefined,
    faults: fault === undefined ? {} : { items: fault },
  };
}

export type ChoiceReading =
  { kind: "chosen"; choices: Choice[] } | { kind: "faulty"; fault: string };

/** Which choices were meant by a posted form. Values that were not offered are a fault. */
export function readChoices(
  values: readonly string[],
  exams: readonly Exam[],
  several: boolean,
): ChoiceReading {
  const offered = new Map(choicesOf(exams).map((choice) => [choiceValue(choice), choice]));
  const wanted = [...new Set(values)];
  if (wanted.length === 0) return { kind: "faulty", fault: "Choose what to add." };
  if (wanted.length > 1 && !several)
    return { kind: "faulty", fault: "Your LMS takes one at a time. Choose one." };
  const choices = wanted.flatMap((value) => offered.get(value) ?? []);
  if (choices.length !== wanted.length)
    return { kind: "faulty", fault: "That is not offered any more. Choose again." };
  return { kind: "chosen", choices };
}
