import { randomUUID } from "node:crypto";
import type { TrackProgress } from "../progress/explain-progress.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { examStepsOf, heldAwardIdsOf, type Verdict } from "../progress/verdict.js";
import { newId } from "../stored-record.js";
import type { Award, AwardEvidence } from "./award.js";
import type { StandingAward } from "./award-standing.js";
import type { AwardStore } from "./award-store.js";
import { decideAward } from "./decide-award.js";

type Courses = Pick<Catalogue, "courses" | "examRecords">;

/** The courses that counted, as they are today, and those behind the awards that it stands on. */
function listEvidence(
  verdict: Verdict,
  { courses, examRecords }: Courses,
  standsOn: readonly Award[],
): AwardEvidence[] {
  const counted = new Set(verdict.evidence);
  const byFact = new Map<string, AwardEvidence>();
  for (const { evidence, exam } of examStepsOf(verdict)) {
    const [factId] = evidence;
    const course = courses.get(exam.courseId);
    if (factId === undefined || !counted.has(factId)) continue;
    if (course === undefined || exam.passedAt === undefined) continue;
    byFact.set(factId, {
      courseCode: course.code,
      courseTitle: course.title,
      courseVersion: course.version,
      examTitle: examRecords.get(exam.examId)?.title ?? exam.title,
      contactHours: course.contactHours,
      passedAt: exam.passedAt,
      factId,
    });
  }
  for (const { evidence } of standsOn)
    for (const course of evidence)
      if (!byFact.has(course.factId)) byFact.set(course.factId, course);
  return [...byFact.values()];
}

export type Giving =
  | { kind: "given"; award: Award }
  /** Another process gave it meanwhile. */
  | { kind: "already-there" }
  | { kind: "not-given" };

/**
 * Gives a learner the award of a track, if it is earned and not held. Any number of calls, from
 * any number of processes, give it once: the store's unique index decides.
 */
export async function giveAward(
  needs: { awards: Pick<AwardStore, "addOnce">; now: () => Date },
  about: {
    organisationId: string;
    learnerId: string;
    progress: Pick<TrackProgress, "track" | "verdict">;
    held: readonly StandingAward[];
    courses: Courses;
  },
): Promise<Giving> {
  const { track, verdict } = about.progress;
  const decision = decideAward(track.trackId, verdict, about.held);
  if (decision.kind !== "award") return { kind: "not-given" };
  const heldIds = new Set(heldAwardIdsOf(verdict));
  const standsOn = about.held.filter(({ id }) => heldIds.has(id));
  const award: Award = {
    id: newId(),
    organisationId: about.organisationId,
    learnerId: about.learnerId,
    trackId: track.trackId,
    trackVersion: track.version,
    trackName: track.name,
    round: decision.round,
    subjectUrn: `urn:uuid:${randomUUID()}`,
    awardedAt: needs.now(),
    explanation: verdict,
    evidence: listEvidence(verdict, about.courses, standsOn),
    ...(standsOn.length === 0 ? {} : { standsOn: standsOn.map(({ id }) => id) }),
  };
  return (await needs.awards.addOnce(award)) === "added"
    ? { kind: "given", award }
    : { kind: "already-there" };
}
