import { areContactHours, contactHoursFault } from "../courses/course.js";
import { type Exam, isPercent } from "../courses/exam.js";
import {
  isGroup,
  MOST_LEVELS,
  MOST_STEPS,
  type Requirement,
  type RequirementGroup,
  type RequirementLeaf,
  trackIdsOf,
} from "./requirement.js";

/** What an organisation has that a tree may ask for. */
export type Offered = {
  /** By id. */
  exams: ReadonlyMap<string, OfferedExam>;
  /** By id: the tracks in force, with what each asks for. */
  tracks: ReadonlyMap<string, { name: string; requirement: Requirement }>;
  professionIds: ReadonlySet<string>;
  /** The track that the tree belongs to; a new one has no id yet. */
  ownTrackId: string | undefined;
};

/** `contactHours` are its course's. */
export type OfferedExam = Pick<Exam, "kind" | "courseId"> & { contactHours: number };

/** What is wrong with one step of a tree. */
export type RequirementFault = { nodeId: string; sentence: string };

/** What a node's place says about it. */
type Place = { level: number; mayAskForLicence: boolean };

/**
 * What is wrong with a tree, each fault with the step it belongs to; empty when it can be met.
 */
export function faultsOfRequirement(root: Requirement, offered: Offered): RequirementFault[] {
  const faults: RequirementFault[] = [];
  const seen = new Set<string>();
  const visit = (node: Requirement, place: Place): void => {
    const fault = (sentence: string) => faults.push({ nodeId: node.id, sentence });
    if (seen.has(node.id)) fault("Two steps have the same id.");
    seen.add(node.id);
    // A forged tree is not walked to its end.
    if (seen.size > MOST_STEPS) return;
    if (!isGroup(node)) {
      const sentence = faultOfLeaf(node, place, offered);
      if (sentence !== undefined) fault(sentence);
      return;
    }
    const { level } = place;
    const sentence = faultOfGroup(node, level, offered);
    if (sentence !== undefined) fault(sentence);
    if (level > MOST_LEVELS) return;
    for (const [index, step] of node.of.entries()) {
      const isBeforeLast = node.kind === "in-order" && index < node.of.length - 1;
      // Within a group of the earlier steps a licence may be left out, so it must stand there itself.
      visit(step, { level: level + 1, mayAskForLicence: isBeforeLast });
    }
  };
  visit(root, { level: 1, mayAskForLicence: false });
  if (seen.size > MOST_STEPS) {
    faults.push({ nodeId: root.id, sentence: `Use at most ${MOST_STEPS} steps.` });
  } else if (faults.length === 0 && !asksForLearning(root)) {
    faults.push({
      nodeId: root.id,
      sentence: "Ask for something to be learned: this could be met without any exam or activity.",
    });
  }
  return faults;
}

function faultOfLeaf(leaf: RequirementLeaf, place: Place, offered: Offered): string | undefined {
  switch (leaf.kind) {
    case "exam-passed":
      return faultOfExamStep(leaf, offered);
    case "activity-completed":
      return offered.exams.get(leaf.examId)?.kind === "activity"
        ? undefined
        : "Choose an activity; this one does not exist.";
    case "micro-credential-held":
      return faultOfHeldStep(leaf.trackId, offered);
    case "eligibility":
      if (!offered.professionIds.has(leaf.professionId))
        return "Choose a profession; this one does not exist.";
      return leaf.asks === "licence" && !place.mayAskForLicence
        ? "Put this straight into a group “in order”, before its last step: the licence is compared with the day of that step."
        : undefined;
  }
}

function faultOfExamStep(
  step: Extract<RequirementLeaf, { kind: "exam-passed" }>,
  { exams }: Offered,
): string | undefined {
  const exam = exams.get(step.examId);
  if (exam === undefined || exam.kind === "activity")
    return "Choose an exam; this one does not exist.";
  const mark = step.passMarkPercent;
  if (mark !== undefined && !isPercent(mark)) {
    return "Enter a pass mark from 0 to 100, or leave it empty.";
  }
  return undefined;
}

function faultOfHeldStep(trackId: string, offered: Offered): string | undefined {
  if (trackId === offered.ownTrackId) return "A track cannot ask for its own award.";
  const track = offered.tracks.get(trackId);
  if (track === undefined)
    return "Choose a track that is published; this one is not, or does not exist.";
  return leadsTo(trackId, offered)
    ? `“${track.name}” asks for the award of this track, itself or through others, so neither could ever be earned.`
    : undefined;
}

/** Whether a track asks for the award of the tree's own track, itself or through others. */
function leadsTo(trackId: string, { tracks, ownTrackId }: Offered): boolean {
  if (ownTrackId === undefined) return false;
  const seen = new Set<string>();
  const queue = [trackId];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === ownTrackId) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const track = tracks.get(next);
    if (track !== undefined) queue.push(...trackIdsOf(track.requirement));
  }
  return false;
}

function faultOfGroup(
  group: RequirementGroup,
  level: number,
  offered: Offered,
): string | undefined {
  if (level > MOST_LEVELS) return `Put at most ${MOST_LEVELS} groups into each other.`;
  if (group.of.length === 0) return "This group has no steps. Add one, or remove the group.";
  if (hasRepeats(group)) return "The same step is in this group twice, and would count twice.";
  return faultOfAmount(group, offered);
}

/** Whether a group asks for more than it offers, or for what cannot be counted. */
function faultOfAmount(group: RequirementGroup, offered: Offered): string | undefined {
  const most = group.of.length;
  switch (group.kind) {
    case "all-of":
      return undefined;
    case "in-order":
      return most < 2 ? "Put at least two steps into an order." : undefined;
    case "at-least":
      return Number.isInteger(group.count) && group.count >= 1 && group.count <= most
        ? undefined
        : `Ask for at least 1 and at most ${most} of these steps.`;
    case "at-least-hours": {
      if (!areContactHours(group.hours)) return contactHoursFault;
      const hours = hoursOffered(group, offered);
      return group.hours <= hours
        ? undefined
        : `These steps offer ${hours} contact hours, each course counted once. Ask for at most as many.`;
    }
  }
}

/** Twice the same exam or award in one group would count one pass as two steps. */
function hasRepeats({ of }: RequirementGroup): boolean {
  const named = of.flatMap((step) =>
    "examId" in step ? `exam ${step.examId}` : "trackId" in step ? `track ${step.trackId}` : [],
  );
  return new Set(named).size < named.length;
}

/** The most hours that a tree's courses can give, those behind its micro-credentials included. */
function hoursOffered(root: Requirement, { exams, tracks }: Offered): number {
  const byCourse = new Map<string, number>();
  const seen = new Set<string>();
  const visit = (node: Requirement): void => {
    if (isGroup(node)) node.of.forEach(visit);
    else if ("examId" in node) {
      const exam = exams.get(node.examId);
      if (exam !== undefined) byCourse.set(exam.courseId, exam.contactHours);
    } else if (node.kind === "micro-credential-held" && !seen.has(node.trackId)) {
      seen.add(node.trackId);
      const track = tracks.get(node.trackId);
      if (track !== undefined) visit(track.requirement);
    }
  };
  visit(root);
  return [...byCourse.values()].reduce((sum, hours) => sum + hours, 0);
}

/** Whether no way through the tree gets by without an exam, an activity or an award. */
function asksForLearning(node: Requirement): boolean {
  if (!isGroup(node)) return node.kind !== "eligibility";
  const learning = node.of.filter(asksForLearning).length;
  if (node.kind !== "at-least") return learning > 0;
  return node.of.length - learning < node.count;
}
