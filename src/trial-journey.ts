import { listEarned } from "./awards/earned-awards.js";
import { type LearnerFileNeeds, readLearnerFiles } from "./awards/read-learner-files.js";
import type { TrackTrial } from "./awards/track-trial.js";
import type { TrackTrialStore } from "./awards/track-trial-store.js";
import type { Faults } from "./courses/faults.js";
import { hasFaults } from "./courses/faults.js";
import type { EquivalencyStore } from "./equivalencies/equivalency-store.js";
import { ToolError } from "./errors.js";
import type { AccountStore } from "./people/account-store.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import { type CatalogueNeeds, readCatalogueWithEarlier } from "./progress/read-catalogue.js";
import { sayWhyMet } from "./progress/verdict.js";
import { newId } from "./stored-record.js";
import { asVersion } from "./tracks/draft-version.js";
import { examIdsBehind } from "./tracks/exam-ids-behind.js";
import { faultsOfDraft, type PublishNeeds } from "./tracks/publish-track.js";
import type { TrackContent } from "./tracks/track.js";
import type { TrackStore } from "./tracks/track-store.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";
import type { WorkQueue } from "./work/work-queue.js";

export type TrialNeeds = CatalogueNeeds &
  LearnerFileNeeds &
  PublishNeeds & {
    accounts: Pick<AccountStore, "findLearners">;
    equivalencies: Pick<EquivalencyStore, "listExamIdsCountingFor">;
    facts: Pick<ExamFactStore, "countAccountsWith" | "listAccountIdsWith">;
    tracks: Pick<TrackStore, "findById">;
    trackVersions: Pick<TrackVersionStore, "listOf">;
    trials: TrackTrialStore;
    work: Pick<WorkQueue, "wake" | "wakeUnlessThere">;
    now: () => Date;
  };

export type TrialBeginning =
  { kind: "begun" } | { kind: "faulty"; faults: Faults } | { kind: "nothing-to-publish" };

/** So many accounts are looked at together. */
const BATCH = 200;
/** So many batches one job looks at; the next goes on. */
const BATCHES_PER_JOB = 50;

/**
 * Before a draft is published: whom it would award now. A durable walk over everybody with a result
 * that may count, in batches; each is kept as it is done, so a restart goes on where it was.
 */
export function createTrialJourney(needs: TrialNeeds) {
  const { facts, tracks, trials, work } = needs;

  /** The exams whose results may count towards a draft. */
  async function examIdsFor(organisationId: string, { requirement }: TrackContent) {
    const behind = await examIdsBehind(needs, { organisationId, requirement });
    const counting = await needs.equivalencies.listExamIdsCountingFor(organisationId, behind);
    return [...new Set([...behind, ...counting])];
  }

  async function lookAtBatch(trial: TrackTrial): Promise<void> {
    const { organisationId, trackId, after } = trial;
    const at = needs.now();
    const track = await tracks.findById(organisationId, trackId);
    const isSame = track?.updatedAt.getTime() === trial.draftWrittenAt.getTime();
    if (track?.draft === undefined || !isSame) {
      // Written again, published or gone: what was looked at is about nothing any more.
      await trials.advance(trial, { found: [], looked: 0, next: undefined, at });
      return;
    }
    const version = asVersion(track, track.draft, at);
    const examIds = await examIdsFor(organisationId, track.draft);
    const walk = { organisationId, examIds, after, limit: BATCH };
    const { accountIds, next } = await facts.listAccountIdsWith(walk);
    const learners = await needs.accounts.findLearners(organisationId, accountIds);
    const files = await readLearnerFiles(needs, organisationId, learners);
    const catalogue = await readCatalogueWithEarlier(needs, version);
    const found = files
      .flatMap((file) => listEarned(catalogue, file, { tracks: [version], now: at }))
      .map(({ learnerId, explanation }) => ({
        ...{ id: newId(), organisationId, walkId: trial.id, learnerId },
        sentence: sayWhyMet(explanation),
      }));
    await trials.advance(trial, { found, looked: accountIds.length, next, at });
  }

  const wakeWalk = async ({ organisationId, trackId }: TrackTrial): Promise<void> => {
    await work.wakeUnlessThere("try-out-track", { key: trackId, organisationId, trackId });
  };

  return {
    /**
     * Begins to look whom a draft would award. The first batch is done when this returns.
     * @throws ToolError not-found
     */
    async beginTrial(wanted: {
      organisationId: string;
      trackId: string;
      startedBy: string;
    }): Promise<TrialBeginning> {
      const { organisationId, trackId, startedBy } = wanted;
      const track = await tracks.findById(organisationId, trackId);
      if (track === undefined) throw new ToolError("not-found");
      if (track.draft === undefined) return { kind: "nothing-to-publish" };
      const faults = await faultsOfDraft(needs, track, track.draft);
      if (hasFaults(faults)) return { kind: "faulty", faults };
      const now = needs.now();
      const examIds = await examIdsFor(organisationId, track.draft);
      await trials.begin({
        ...{ id: newId(), organisationId, trackId, startedBy, draftWrittenAt: track.updatedAt },
        total: await facts.countAccountsWith(organisationId, examIds),
        ...{ looked: 0, after: "", startedAt: now, touchedAt: now },
      });
      const trial = await trials.find(organisationId, trackId);
      if (trial !== undefined) await lookAtBatch(trial);
      const begun = await trials.find(organisationId, trackId);
      if (begun !== undefined && begun.finishedAt === undefined) await wakeWalk(begun);
      return { kind: "begun" };
    },

    /** Goes on with a walk, for a while. Any number of processes come to the same. */
    async goOnWithTrial(about: { organisationId: string; trackId: string }): Promise<void> {
      const { organisationId, trackId } = about;
      for (let batch = 0; batch < BATCHES_PER_JOB; batch += 1) {
        const trial = await trials.find(organisationId, trackId);
        if (trial === undefined || trial.finishedAt !== undefined) return;
        await lookAtBatch(trial);
      }
      await work.wake("try-out-track", { key: trackId, organisationId, trackId });
    },

    /** Finds walks that a process which died has left. */
    async sweepTrials(before: Date, limit: number): Promise<void> {
      for (const trial of await trials.listUnfinished(before, limit)) await wakeWalk(trial);
    },
  };
}
