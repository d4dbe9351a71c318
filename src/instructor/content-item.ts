import { type Exam, hasGradebookColumn } from "../courses/exam.js";
import type { TrackVersion } from "../tracks/track.js";
import { LINE_ITEM_TAG, resourceIdOf } from "../exams/line-item.js";

/** A link to Rosette as an LMS adds it to a course (LTI-DL 2.0 §3.1, ltiResourceLink). */
export type ContentItem = {
  type: "ltiResourceLink";
  title: string;
  text: string;
  url: string;
  custom: Record<string, string>;
  lineItem?: {
    scoreMaximum: number;
    label: string;
    resourceId: string;
    tag: string;
    /** Lets instructors open a learner's attempt from the gradebook (LTI Submission Review 1.0). */
    submissionReview?: { reviewableStatus: string[]; url: string; custom: Record<string, string> };
  };
};

/** What an instructor may add: an exam of the course, the page of a track, or that of all tracks. */
export type Choice =
  | { kind: "exam"; exam: Exam }
  | { kind: "track"; track: Pick<TrackVersion, "trackId" | "name"> }
  | { kind: "progress" };

/** A choice as the form posts it. */
export function choiceValue(choice: Choice): string {
  if (choice.kind === "progress") return "progress";
  return choice.kind === "exam" ? `exam:${choice.exam.id}` : `track:${choice.track.trackId}`;
}

export function choiceTitle(choice: Choice): string {
  if (choice.kind === "progress") return "My micro-credentials";
  return choice.kind === "exam" ? choice.exam.title : choice.track.name;
}

/** Where an exam's grade is given, as instructors are told. */
const gradedWhere: Record<Exam["gradeSource"], string> = {
  hosted: "taken and graded in Rosette",
  "lms-gradebook": "graded by you in the gradebook of this LMS",
  assessed: "submitted in Rosette and accepted there by an assessor",
  external: "taken elsewhere; its result is sent to Rosette",
};

/** One sentence on what the link will be. */
export function choiceText(choice: Choice): string {
  if (choice.kind === "progress")
    return "Every track, how far the learner is in it, and what they have earned. No grade.";
  if (choice.kind === "track")
    return "What this track asks for, and how far the learner is in it. No grade.";
  const { kind, gradeSource, passMarkPercent, scoreMaximum } = choice.exam;
  const what = { exam: "Exam", project: "Project", activity: "Activity" }[kind];
  if (gradeSource === "assessed") return `${what} ${gradedWhere[gradeSource]}. No column.`;
  const mark = `${what} ${gradedWhere[gradeSource]}. Passes at ${passMarkPercent}%`;
  return hasGradebookColumn(choice.exam)
    ? `${mark}; its column is out of ${scoreMaximum}.`
    : `${mark}. No column.`;
}

/**
 * The content item of a choice. The custom parameter says what to open; it survives the copying
 * of a course, as do the line item's resourceId and tag.
 * @param at `launchUrl`: where launches of the link go; `takesColumn`: the LMS makes a column of a
 * line item sent along, and the exam has none yet
 */
export function contentItemOf(
  choice: Choice,
  at: { launchUrl: string; takesColumn: boolean },
): ContentItem {
  const item = {
    type: "ltiResourceLink" as const,
    title: choiceTitle(choice),
    text: choiceText(choice),
    url: at.launchUrl,
  };
  if (choice.kind === "progress") return { ...item, custom: { rosette_page: "progress" } };
  if (choice.kind === "track") return { ...item, custom: { rosette_track: choice.track.trackId } };
  const { id, title, scoreMaximum, gradeSource } = choice.exam;
  const custom = { rosette_exam: id };
  if (!at.takesColumn) return { ...item, custom };
  const submissionReview = {
    reviewableStatus: ["Submitted", "Completed"],
    url: at.launchUrl,
    custom,
  };
  return {
    ...item,
    custom,
    lineItem: {
      ...{ scoreMaximum, label: title, resourceId: resourceIdOf(id), tag: LINE_ITEM_TAG },
      ...(gradeSource === "hosted" ? { submissionReview } : {}),
    },
  };
}
