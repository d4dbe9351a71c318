import { randomUUID } from "node:crypto";
import type { LedgerEntry } from "../equivalencies/equivalency.js";
import { createExplainer, type LearnerRecord } from "../progress/explain-progress.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { editionsFor } from "../progress/own-edition.js";
import { examStepsOf, heldAwardIdsOf, isDone, type Verdict } from "../progress/verdict.js";
import { newId } from "../stored-record.js";
import type { TrackMove } from "../tracks/track-move.js";
import type { TrackVersion } from "../tracks/track.js";
import type { Award, AwardEvidence } from "./award.js";
import { heldAwardsOf, type StandingAward } from "./award-standing.js";
import { countsFrom, isHeld, nextRound } from "./decide-award.js";

/** A person: the account that everything belongs to, and all of theirs. */
export type Learner = { organisationId: string; learnerId: string; accountIds: string[] };

/** All that is known of one learner when their progress is looked at. */
export type LearnerFile = Learner &
  Pick<LearnerRecord, "facts" | "eligibility"> & {
    equivalencies: readonly LedgerEntry[];
    /** To newer versions of tracks. */
    moves: readonly TrackMove[];
    /** Whatever was awarded so far, on any account. */
    awards: readonly StandingAward[];
  };

/** The exam that counts, or the one that was passed in its place, and its course. */
function whatWasPassed(
  { examId, courseId, counted }: NonNullable<Verdict["exam"]>,
  { courses, examRecords }: Catalogue,
) {
  const record = examRecords.get(counted?.examId ?? examId);
  return { record, course: courses.get(record?.courseId ?? courseId) };
}

/** The courses that counted, as they are today, and those behind the awards that it stands on. */
function listEvidence(
  verdict: Verdict,
  catalogue: Catalogue,
  standsOn: readonly Award[],
): AwardEvidence[] {
  const counted = new Set(verdict.evidence);
  const byFact = new Map<string, AwardEvidence>();
  for (const { evidence, exam } of examStepsOf(verdict)) {
    const [factId] = evidence;
    const { record, course } = whatWasPassed(exam, catalogue);
    if (factId === undefined || !counted.has(factId)) continue;
    if (course === undefined || exam.passedAt === undefined) continue;
    byFact.set(factId, {
      courseCode: course.code,
      courseTitle: course.title,
      courseVersion: course.version,
      examTitle: record?.title ?? exam.title,
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

/**
 * The awards that a learner has earned on these tracks and does not hold. What stands on one of
 * them is earned when that one is held, at the next look. Pure but for ids.
 */
export function listEarned(
  catalogue: Catalogue,
  file: LearnerFile,
  about: { tracks: readonly TrackVersion[]; now: Date },
): Award[] {
  const { organisationId, learnerId, awards, facts, eligibility, equivalencies } = file;
  const { now } = about;
  const held = heldAwardsOf(awards);
  const explain = createExplainer(catalogue, { facts, held, eligibility, equivalencies }, now);
  const explainFrom = (from: Date) =>
    createExplainer(
      catalogue,
      {
        facts: facts.filter(({ occurredAt }) => occurredAt > from),
        held: held.filter(({ awardedAt }) => awardedAt > from),
        ...{ eligibility, equivalencies },
      },
      now,
    );
  return about.tracks.flatMap((track) => {
    if (isHeld(track.trackId, awards)) return [];
    const from = countsFrom(track.trackId, awards);
    const explainNow = from === undefined ? explain : explainFrom(from);
    // Who began under an earlier version may finish under it, or under the one in force.
    const met = editionsFor(track, catalogue, { facts, held, moves: file.moves })
      .map((edition) => ({ edition, verdict: explainNow(edition) }))
      .find((one) => isDone(one.verdict));
    if (met === undefined) return [];
    const { edition, verdict } = met;
    const heldIds = new Set(heldAwardIdsOf(verdict));
    const standsOn = awards.filter(({ id }) => heldIds.has(id));
    return {
      id: newId(),
      ...{ organisationId, learnerId },
      ...{ trackId: track.trackId, trackVersion: edition.version, trackName: edition.name },
      round: nextRound(track.trackId, awards),
      subjectUrn: `urn:uuid:${randomUUID()}`,
      awardedAt: now,
      explanation: verdict,
      evidence: listEvidence(verdict, catalogue, standsOn),
      ...(standsOn.length === 0 ? {} : { standsOn: standsOn.map(({ id }) => id) }),
    };
  });
}
