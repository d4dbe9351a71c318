import {
  type InventedLearner,
  type InventedStanding,
  inventedStandings,
} from "../progress/invented-learner.js";
import type { TrackProgress } from "../progress/explain-progress.js";
import { pathOf } from "../progress/pathway.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { isDone } from "../progress/verdict.js";
import { examIdsOf, nodesOf, trackIdsOf } from "../tracks/requirement.js";
import { initialsStatementOf, type TrackContent, type TrackVersion } from "../tracks/track.js";
import type { FormValues } from "../web/forms.js";
import { badgeFieldsOf, badgePreviewPath } from "./badge-form.js";
import { numberOf, textOf, textsOf } from "./form-values.js";
import type { SelectOption } from "./steps-view.js";

type Named = { id: string; name: string };

/** What somebody invented may have done, of what a tree asks for. */
export type InventedChoices = {
  exams: (Named & { isActivity: boolean })[];
  tracks: Named[];
  professions: Named[];
};

export function inventedChoicesOf(
  { requirement }: Pick<TrackContent, "requirement">,
  catalogue: Catalogue,
): InventedChoices {
  const exams = examIdsOf(requirement).flatMap((id) => {
    const exam = catalogue.exams.get(id);
    const isActivity = catalogue.examRecords.get(id)?.kind === "activity";
    return exam === undefined ? [] : [{ id, name: `${exam.courseCode} ${exam.title}`, isActivity }];
  });
  const professionIds = nodesOf(requirement).flatMap((node) =>
    node.kind === "eligibility" ? node.professionId : [],
  );
  return {
    exams,
    tracks: trackIdsOf(requirement).map((id) => ({
      id,
      name: catalogue.trackNames.get(id) ?? "A micro-credential that is no longer offered",
    })),
    professions: [...new Set(professionIds)].map((id) => ({
      id,
      name: catalogue.professionNames.get(id) ?? "A profession that is no longer listed",
    })),
  };
}

const STANDING_LABELS: Record<InventedStanding, string> = {
  student: "Student",
  practitioner: "Practitioner, no licence handed in",
  "handed-in": "Practitioner, licence handed in and not verified yet",
  verified: "Practitioner, licence verified",
};

const STANDINGS: SelectOption[] = [
  { value: "", label: "Has said nothing" },
  ...inventedStandings.map((value) => ({ value, label: STANDING_LABELS[value] })),
];

const PASSED_PERCENT = 100;

/** Reads who was invented, or names every result that is none. */
export function readInvented(
  values: FormValues,
  choices: InventedChoices,
): { invented: InventedLearner; faults: Record<string, string> } {
  const faults: Record<string, string> = {};
  const passed = new Set(textsOf(values, "passed"));
  const percents = new Map<string, number>();
  for (const { id, isActivity } of choices.exams) {
    const text = isActivity ? "" : textOf(values, `percent-${id}`).trim();
    const percent = text === "" && passed.has(id) ? PASSED_PERCENT : numberOf(text);
    if (percent !== undefined && percent >= 0 && percent <= 100) percents.set(id, percent);
    else if (text !== "") faults[`percent-${id}`] = "Enter a number from 0 to 100.";
  }
  const held = new Set(textsOf(values, "held"));
  const standings = choices.professions.flatMap(({ id }): [string, InventedStanding][] => {
    const said = textOf(values, `standing-${id}`);
    const standing = inventedStandings.find((each) => each === said);
    return standing === undefined ? [] : [[id, standing]];
  });
  const heldTrackIds = new Set(choices.tracks.map(({ id }) => id).filter((id) => held.has(id)));
  return { invented: { percents, heldTrackIds, standings: new Map(standings) }, faults };
}

/** What a learner would see of the track, drawn and in sentences. */
const answerOf = (progress: TrackProgress, { courses }: Pick<Catalogue, "courses">) => {
  const { track, verdict, share, note } = progress;
  return {
    isMet: isDone(verdict),
    state: isDone(verdict) ? "met" : verdict.state,
    share: `${share.done} of ${share.needed} ${share.needed === 1 ? "step" : "steps"} done`,
    sentence: verdict.sentence,
    note,
    path: pathOf(verdict, { courses }),
    goal: {
      name: track.name,
      badgePath: badgePreviewPath(badgeFieldsOf(track.badge)),
      isReached: isDone(verdict),
    },
  };
};

/** Whom it was tried on. */
export type TriedOn =
  | { kind: "nobody" }
  | { kind: "invented"; progress: TrackProgress }
  | { kind: "learner"; name: string; progress: TrackProgress; isHeld: boolean };

/** Trying a draft, or the version in force, before anything is published. */
export function trackTryPage(about: {
  version: TrackVersion;
  isDraft: boolean;
  catalogue: Catalogue;
  choices: InventedChoices;
  tried: TriedOn;
  values: FormValues;
  faults: Record<string, string>;
}) {
  const { version, isDraft, catalogue, choices, tried, values, faults } = about;
  return {
    trackId: version.trackId,
    ...{
      version: version.version,
      initials: initialsStatementOf(version),
      isDraft,
      choices,
      values,
      faults,
      standings: STANDINGS,
    },
    passed: textsOf(values, "passed"),
    held: textsOf(values, "held"),
    tried:
      tried.kind === "nobody"
        ? undefined
        : {
            name: tried.kind === "invented" ? "An invented learner" : tried.name,
            isHeld: tried.kind === "learner" && tried.isHeld,
            ...answerOf(tried.progress, catalogue),
          },
  };
}
