import type { SubmissionStore } from "../activities/submission-store.js";
import type { StandingAward } from "../awards/award-standing.js";
import type { AwardStore } from "../awards/award-store.js";
import { type LearnerRecordNeeds, readLearnerRecords } from "../awards/read-learner-records.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { directionsOf, examIdsReached } from "../equivalencies/equivalency.js";
import type { AttemptStore } from "../exams/attempt-store.js";
import type { AccountStore } from "../people/account-store.js";
import {
  explainTracks,
  type LearnerRecord,
  type TrackProgress,
} from "../progress/explain-progress.js";
import { type Catalogue, type CatalogueNeeds, readCatalogue } from "../progress/read-catalogue.js";
import { examStepsOf } from "../progress/verdict.js";
import { examIdsOf, trackIdsOf } from "../tracks/requirement.js";
import type { TrackVersion } from "../tracks/track.js";
import { type CourseState, type LearnerRow, learnerRow } from "./course-page.js";
import { ownResultsOf } from "./own-results.js";
import { ownWorkOf } from "./own-work.js";

export type RowNeeds = CatalogueNeeds &
  LearnerRecordNeeds & {
    accounts: Pick<AccountStore, "findLearners">;
    attempts: Pick<AttemptStore, "listBriefly">;
    awards: Pick<AwardStore, "listForLearners">;
    eligibility: Pick<EligibilityStore, "listProfessions" | "listForAccounts">;
    submissions: Pick<SubmissionStore, "listBriefly">;
    now: () => Date;
  };

/** A learner known in an LMS course. */
export type KnownLearner = { learnerId: string; name: string | undefined; hasLeft: boolean };

/** Of several rounds the one that is not revoked, else the latest. */
const standingByTrack = (awards: readonly StandingAward[]) => {
  const inOrder = [
    ...awards.filter(({ standing }) => standing.state === "revoked"),
    ...awards.filter(({ standing }) => standing.state !== "revoked"),
  ];
  return new Map(inOrder.map(({ trackId, standing }) => [trackId, standing]));
};

/** The tracks that mention one of these exams, and those that ask for the award of such a track. */
export function tracksCounting(
  tracks: readonly Pick<TrackVersion, "trackId" | "requirement">[],
  examIds: ReadonlySet<string>,
): Set<string> {
  const counting = new Set<string>();
  for (;;) {
    const before = counting.size;
    for (const { trackId, requirement } of tracks) {
      const isMentioned = examIdsOf(requirement).some((id) => examIds.has(id));
      if (isMentioned || trackIdsOf(requirement).some((id) => counting.has(id)))
        counting.add(trackId);
    }
    if (counting.size === before) return counting;
  }
}

/** When anything happened that a track asks for; undefined where nothing did. */
function lastAtOf(
  { track, verdict }: TrackProgress,
  { facts, held }: LearnerRecord,
  tried: readonly { examId: string; at: Date }[],
): Date | undefined {
  const examIds = new Set(
    examStepsOf(verdict).flatMap(({ exam }) => [exam.examId, exam.counted?.examId ?? ""]),
  );
  const trackIds = new Set(trackIdsOf(track.requirement));
  const moments = [
    ...facts.filter(({ examId }) => examIds.has(examId)).map(({ occurredAt }) => occurredAt),
    ...held.filter(({ trackId }) => trackIds.has(trackId)).map(({ awardedAt }) => awardedAt),
    ...tried.filter(({ examId }) => examIds.has(examId)).map(({ at }) => at),
  ];
  return moments.toSorted((one, other) => other.getTime() - one.getTime())[0];
}

/** What the rules say of one learner on the tracks that count this course for them. */
function progressOf(
  catalogue: Catalogue,
  record: LearnerRecord,
  about: { examIds: readonly string[]; now: Date },
): TrackProgress[] {
  const { equivalencies = [] } = record;
  const reached = examIdsReached(about.examIds, [...catalogue.equivalencies, ...equivalencies]);
  const counting = tracksCounting(catalogue.tracks, new Set(reached));
  return explainTracks(catalogue, record, about.now).filter(({ track }) =>
    counting.has(track.trackId),
  );
}

/**
 * Reads how far some learners of an LMS course are, in their order. Tracks that count this course
 * by way of the ledger of equivalencies, for everybody or for one of them, are among theirs.
 */
export async function readRows<L extends KnownLearner>(
  needs: RowNeeds,
  about: {
    organisationId: string;
    offeringId: string;
    state: Extract<CourseState, { kind: "approved" }>;
  },
  learners: readonly L[],
): Promise<(L & { row: LearnerRow })[]> {
  const { organisationId, offeringId, state } = about;
  const examIds = state.exams.map(({ id }) => id);
  const found = await needs.accounts.findLearners(
    organisationId,
    learners.map(({ learnerId }) => learnerId),
  );
  const idsOf = new Map(found.map((each) => [each.learnerId, each.accountIds]));
  const people = learners.map(({ learnerId }) => ({ accountIds: idsOf.get(learnerId) ?? [] }));
  const accountIds = people.flatMap((person) => person.accountIds);
  const [records, awards, attempts, submissions] = await Promise.all([
    readLearnerRecords(needs, organisationId, people),
    needs.awards.listForLearners(organisationId, accountIds),
    needs.attempts.listBriefly({ organisationId, accountIds, examIds }),
    needs.submissions.listBriefly({ organisationId, accountIds, examIds }),
  ]);
  const decided = records.flatMap(({ equivalencies = [] }) => equivalencies);
  const catalogue = await readCatalogue(needs, {
    organisationId,
    examIds: examIdsReached(examIds, decided),
    named: decided.flatMap(directionsOf).map(({ passed }) => passed.examId),
  });
  const now = needs.now();
  return records.flatMap((record, index) => {
    const learner = learners[index];
    if (learner === undefined) return [];
    const own = new Set(people[index]?.accountIds);
    const done = {
      attempts: attempts.filter(({ accountId }) => own.has(accountId)),
      submissions: submissions.filter(
        (each) => own.has(each.accountId) && each.offeringId === offeringId,
      ),
    };
    const tried = [
      ...done.attempts.map(({ examId, startedAt: at }) => ({ examId, at })),
      ...done.submissions.map(({ examId, submittedAt: at }) => ({ examId, at })),
    ];
    const tracks = progressOf(catalogue, record, { examIds, now }).map((progress) => ({
      ...progress,
      lastAt: lastAtOf(progress, record, tried),
    }));
    const known = {
      ...{ learnerId: learner.learnerId, name: learner.name, hasLeft: learner.hasLeft, tracks },
      results: ownResultsOf(record.facts, offeringId, now),
      work: ownWorkOf(state.exams, done),
      awards: standingByTrack(awards.filter(({ learnerId }) => own.has(learnerId))),
    };
    return [{ ...learner, row: learnerRow(known, state, { courses: catalogue.courses, now }) }];
  });
}
