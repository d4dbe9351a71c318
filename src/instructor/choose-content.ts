import type { Exam } from "../courses/exam.js";
import type { Launch } from "../launch/launch.js";
import { examIdsOf } from "../tracks/requirement.js";
import type { TrackVersion } from "../tracks/track.js";
import { type Choice, choiceText, choiceTitle, choiceValue } from "./content-item.js";

/** What can be added to an LMS course. */
export type Offer = {
  /** undefined while the LMS course is not approved. */
  exams: readonly Exam[] | undefined;
  /** The tracks in force. */
  tracks: readonly TrackVersion[];
};

type Option = { value: string; title: string; text: string; chosen: boolean };

/** What the instructor may choose from, or why there is nothing to choose. */
export type ContentPage =
  | { kind: "not-accepted" }
  | {
      kind: "choose";
      /** Several may be added at once. */
      several: boolean;
      /** `isAside`: what is seldom wanted here; shown folded while nothing in it is chosen. */
      groups: { title: string; isAside: boolean; options: Option[] }[];
      /** The LMS course waits for approval: no exam can be added. */
      waitsForApproval: boolean;
      faults: Record<string, string>;
    };

/** Exams can be added where the course is known; the pages of tracks everywhere. */
function groupsOf({ exams = [], tracks }: Offer): { title: string; choices: Choice[] }[] {
  const here = new Set(exams.map(({ id }) => id));
  const counts = (track: TrackVersion) => examIdsOf(track.requirement).some((id) => here.has(id));
  const asChoice = (track: TrackVersion): Choice => ({ kind: "track", track });
  return [
    { title: "Exams", choices: exams.map((exam): Choice => ({ kind: "exam", exam })) },
    { title: "Progress", choices: [{ kind: "progress" } as const] },
    { title: "Tracks that count this course", choices: tracks.filter(counts).map(asChoice) },
    {
      title: OTHER_TRACKS,
      choices: tracks.filter((track) => !counts(track)).map(asChoice),
    },
  ].filter(({ choices }) => choices.length > 0);
}

const OTHER_TRACKS = "Other tracks";

/** The picker. `chosen` are the values of a form that was sent with a fault. */
export function contentPage(input: {
  deepLinking: NonNullable<Launch["deepLinking"]>;
  offer: Offer;
  chosen?: readonly string[];
  fault?: string;
}): ContentPage {
  const { deepLinking, offer, chosen = [], fault } = input;
  if (!deepLinking.acceptTypes.includes("ltiResourceLink")) return { kind: "not-accepted" };
  return {
    kind: "choose",
    several: deepLinking.acceptMultiple,
    groups: groupsOf(offer).map(({ title, choices }) => {
      const options = choices.map((choice) => {
        const value = choiceValue(choice);
        return {
          value,
          title: choiceTitle(choice),
          text: choiceText(choice),
          chosen: chosen.includes(value),
        };
      });
      const isAside = title === OTHER_TRACKS && !options.some((option) => option.chosen);
      return { title, isAside, options };
    }),
    waitsForApproval: offer.exams === undefined,
    faults: fault === undefined ? {} : { items: fault },
  };
}

export type ChoiceReading =
  { kind: "chosen"; choices: Choice[] } | { kind: "faulty"; fault: string };

/** Which choices were meant by a posted form. Values that were not offered are a fault. */
export function readChoices(
  values: readonly string[],
  offer: Offer,
  several: boolean,
): ChoiceReading {
  const choicesOffered = groupsOf(offer).flatMap(({ choices }) => choices);
  const offered = new Map(choicesOffered.map((choice) => [choiceValue(choice), choice]));
  const wanted = [...new Set(values)];
  if (wanted.length === 0) return { kind: "faulty", fault: "Choose what to add." };
  if (wanted.length > 1 && !several)
    return { kind: "faulty", fault: "Your LMS takes one at a time. Choose one." };
  const choices = wanted.flatMap((value) => offered.get(value) ?? []);
  if (choices.length !== wanted.length)
    return { kind: "faulty", fault: "That is not offered any more. Choose again." };
  return { kind: "chosen", choices };
}
