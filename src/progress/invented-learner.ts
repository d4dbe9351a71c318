import type { Eligibility } from "../eligibility/eligibility.js";
import { examIdsOf } from "../tracks/requirement.js";
import type { HeldAward } from "./evaluation.js";
import type { ExamFact } from "./exam-fact.js";
import type { LearnerRecord } from "./explain-progress.js";
import type { Catalogue } from "./read-catalogue.js";

/** Where somebody invented stands in a profession. */
export const inventedStandings = ["student", "practitioner", "handed-in", "verified"] as const;
export type InventedStanding = (typeof inventedStandings)[number];

/** Somebody who does not exist, for trying a track on. */
export type InventedLearner = {
  /** By exam, project or activity: the result in percent; accepted work has 100. */
  percents: ReadonlyMap<string, number>;
  /** The tracks whose award they hold. */
  heldTrackIds: ReadonlySet<string>;
  /** By profession; who is not here has said nothing. */
  standings: ReadonlyMap<string, InventedStanding>;
};

const NOBODY = "invented";

/** A licence that was verified is valid since a year ago, without an end. */
const YEAR_MS = 365 * 86_400_000;

function factOf(examId: string, percent: number, about: { catalogue: Catalogue; now: Date }) {
  const { catalogue, now } = about;
  const exam = catalogue.exams.get(examId);
  const fact: ExamFact = {
    ...{ id: `invented:${examId}`, organisationId: "", accountId: NOBODY, examId },
    ...{ courseId: exam?.courseId ?? "", sourceKey: `invented:${examId}`, source: "hosted" },
    outcome: { kind: "graded", score: percent, maximum: 100 },
    passMarkPercent: exam?.passMarkPercent ?? 0,
    ...{ occurredAt: now, observedAt: now },
  };
  return fact;
}

/** An award of a track stands on every course that the track mentions. */
function awardOf(trackId: string, { catalogue, now }: { catalogue: Catalogue; now: Date }) {
  const track = [...catalogue.tracks, ...catalogue.background].find(
    (each) => each.trackId === trackId,
  );
  const exams = track === undefined ? [] : examIdsOf(track.requirement);
  const hours = exams.flatMap((examId): [string, number][] => {
    const exam = catalogue.exams.get(examId);
    return exam === undefined ? [] : [[exam.courseCode, exam.contactHours]];
  });
  const award: HeldAward = {
    ...{ awardId: `invented:${trackId}`, learnerId: NOBODY, trackId, awardedAt: now },
    hoursByCourse: new Map(hours),
  };
  return award;
}

function eligibilityOf(professionId: string, standing: InventedStanding, now: Date): Eligibility {
  const isVerified = standing === "verified";
  const validFrom = new Date(now.getTime() - YEAR_MS);
  return {
    professionId,
    status: standing === "student" ? "student" : "practitioner",
    licences: isVerified ? [{ id: `invented:${professionId}`, validFrom, validTo: undefined }] : [],
    pending: standing === "handed-in" ? "submitted" : "none",
    dateWaiver: undefined,
  };
}

/** What the rules would know of somebody invented, had all of it happened now. Pure. */
export function recordOfInvented(
  invented: InventedLearner,
  about: { catalogue: Catalogue; now: Date },
): LearnerRecord {
  const { percents, heldTrackIds, standings } = invented;
  return {
    facts: [...percents].map(([examId, percent]) => factOf(examId, percent, about)),
    held: [...heldTrackIds].map((trackId) => awardOf(trackId, about)),
    eligibility: [...standings].map(([professionId, standing]) =>
      eligibilityOf(professionId, standing, about.now),
    ),
  };
}
