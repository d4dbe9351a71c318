import type { Award } from "./awards/award.js";
import { awardEarned, type Learner } from "./awards/award-earned.js";
import type { AwardStore } from "./awards/award-store.js";
import type { AwaitedRecount, EligibilityStore } from "./eligibility/eligibility-store.js";
import type { EventStore } from "./events/event-store.js";
import { learnerIdOf } from "./people/account.js";
import type { AccountStore } from "./people/account-store.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import type { CatalogueNeeds } from "./progress/read-catalogue.js";
import {
  recordResult,
  recordResults,
  type Recording,
  type Result,
  unusualEvent,
} from "./progress/record-result.js";
import { createStandingsJourney, type StandingsNeeds } from "./standings-journey.js";
import { examIdsBehind } from "./tracks/exam-ids-behind.js";
import { type Publication, type PublishNeeds, publishTrack } from "./tracks/publish-track.js";
import type { TrackStore } from "./tracks/track-store.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";
import type { WorkQueue } from "./work/work-queue.js";

/** What the story needs of the chapters. */
export type JourneyNeeds = CatalogueNeeds &
  PublishNeeds &
  Omit<StandingsNeeds, "findLearner" | "awardEarned"> & {
    accounts: Pick<
      AccountStore,
      "findById" | "listIdsOfLearner" | "listAwaitingRecount" | "markRecounted"
    >;
    tracks: Pick<TrackStore, "listAwaitingRecount" | "markRecounted">;
    trackVersions: Pick<TrackVersionStore, "find">;
    facts: Pick<
      ExamFactStore,
      | "addOnce"
      | "addAll"
      | "listQueuedForAccounts"
      | "listDueAccounts"
      | "markEvaluated"
      | "setPendingForExams"
      | "setPendingForAccounts"
    >;
    awards: Pick<
      AwardStore,
      | "addOnce"
      | "listForLearners"
      | "listUnannounced"
      | "markAnnounced"
      | "listCredentialDue"
      | "setCredentialsDue"
    >;
    eligibility: Pick<
      EligibilityStore,
      "listProfessions" | "listForAccounts" | "listAwaitingRecount" | "markRecounted"
    >;
    events: Pick<EventStore, "add">;
    work: Pick<WorkQueue, "wake" | "wakeUnlessThere">;
    /** Tells the learner at the next launch. Called at least once for every award. */
    onAward: (award: Award) => Promise<void>;
    now: () => Date;
  };

type AnAccount = { organisationId: string; accountId: string };

/** Younger work is left to whoever has just begun it. */
const SWEEP_AFTER_MS = 60_000;
const SWEEP_LIMIT = 500;

/** More credentials than this are issued together. */
const FEW = 20;
const SWEEP_ROUNDS = 10;
/** With more learners than this a batch is left to the sweep, which reads what waits by itself. */
const MOST_WOKEN = 20;
const wholeSweep = { key: "sweep-results", organisationId: "" };

export type Journey = ReturnType<typeof createJourney>;

/**
 * The story, told in one place: a result becomes a fact, facts become an award, an award becomes
 * a credential. Each step leaves in the store what the next one is to do, so the process may end
 * anywhere: `sweep` finds what is left, and unique indexes keep what is done twice from counting
 * twice.
 */
export function createJourney(needs: JourneyNeeds) {
  const { accounts, awards, events, facts, tracks, work } = needs;

  /** The learner behind an account, with every account of theirs. */
  async function findLearner({ organisationId, accountId }: AnAccount): Promise<Learner> {
    const account = await accounts.findById(organisationId, accountId);
    const learnerId = account === undefined ? accountId : learnerIdOf(account);
    const accountIds = await accounts.listIdsOfLearner(organisationId, learnerId);
    return { organisationId, learnerId, accountIds };
  }

  async function noteUnusual(result: Result, recording: Recording): Promise<void> {
    const event = unusualEvent(result, recording, needs.now());
    if (event !== undefined) await events.add(event);
  }

  /** An award's learner is told and its credential asked for. */
  async function announce(award: Award): Promise<void> {
    const { id, organisationId } = award;
    await needs.onAward(award);
    await work.wake("issue-credential", { key: id, organisationId, awardId: id });
    const learner = await findLearner({ organisationId, accountId: award.learnerId });
    // Joined to another account while the award was being made, that one may have it as well; what
    // stood on an earlier round stands on this one.
    if (learner.learnerId !== award.learnerId || award.round > 1)
      await standings.settle(learner, { trackIds: [award.trackId] });
    await awards.markAnnounced(organisationId, id);
  }

  const awarding = { ...needs, onGiven: announce };
  const standings = createStandingsJourney({
    ...{ ...needs, findLearner },
    awardEarned: async (learner, touched) => {
      const { organisationId, accountIds } = learner;
      const known = await facts.listForAccounts(organisationId, accountIds);
      await awardEarned(awarding, learner, { facts: known, touched });
    },
  });

  async function evaluateLearner(account: AnAccount): Promise<void> {
    const learner = await findLearner(account);
    const { organisationId, accountIds } = learner;
    const queued = await facts.listQueuedForAccounts(organisationId, accountIds);
    const now = needs.now();
    const due = queued.filter(({ pending, dueAt }) => pending && dueAt <= now);
    if (due.length === 0) return;
    const examIds = [...new Set(due.map(({ fact }) => fact.examId))];
    await standings.settle(learner, { examIds });
    const known = queued.map(({ fact }) => fact);
    await awardEarned(awarding, learner, { facts: known, touched: examIds });
    await facts.markEvaluated(organisationId, due);
  }

  const wakeEvaluation = async ({ organisationId, accountId }: AnAccount): Promise<void> => {
    await work.wake("evaluate-learner", { key: accountId, organisationId, accountId });
  };

  /** Sets what was passed before a publication to be counted under it. */
  async function recount(track: {
    organisationId: string;
    id: string;
    version: number;
  }): Promise<void> {
    const { organisationId, id: trackId, version } = track;
    const edition = await needs.trackVersions.find(organisationId, { trackId, version });
    if (edition !== undefined) {
      const { requirement } = edition;
      const examIds = await examIdsBehind(needs, { organisationId, requirement });
      await facts.setPendingForExams(organisationId, examIds);
    }
    await tracks.markRecounted(organisationId, trackId, version);
  }

  /** Sets what was passed in accounts before they were joined to be counted together. */
  async function countTogether(account: AnAccount): Promise<void> {
    const { organisationId, accountIds } = await findLearner(account);
    await facts.setPendingForAccounts(organisationId, accountIds);
    await accounts.markRecounted(organisationId, accountIds);
  }

  /** Sets what somebody has passed to be counted again after their eligibility changed. */
  async function countEligible(change: AwaitedRecount): Promise<void> {
    const { organisationId, accountIds } = await findLearner(change);
    await facts.setPendingForAccounts(organisationId, accountIds);
    await needs.eligibility.markRecounted(change);
  }

  /** Evaluates whoever has facts waiting; who fails is left to a job, seen and tried again. */
  async function evaluateDue(): Promise<void> {
    const seen = new Set<string>();
    for (let round = 0; round < SWEEP_ROUNDS; round += 1) {
      const due = await facts.listDueAccounts(needs.now(), SWEEP_LIMIT);
      const fresh = due.filter(({ accountId }) => !seen.has(accountId));
      if (fresh.length === 0) return;
      for (const account of fresh) {
        seen.add(account.accountId);
        try {
          await evaluateLearner(account);
        } catch {
          const { organisationId, accountId } = account;
          await work.wakeUnlessThere("evaluate-learner", {
            key: accountId,
            organisationId,
            accountId,
          });
        }
      }
    }
  }

  return {
    /**
     * A result has come from a grade source: keeps it as a fact and has the learner evaluated.
     * A refused result writes nothing but an event.
     */
    async recordResult(result: Result): Promise<Recording> {
      const recording = await recordResult(needs, result);
      await noteUnusual(result, recording);
      if (recording.kind !== "refused") await wakeEvaluation(result);
      return recording;
    },

    /** The same for many results of one organisation in one go; answers in their order. */
    async recordResults(results: readonly Result[]): Promise<Recording[]> {
      const recordings = await recordResults(needs, results);
      const learners = new Map<string, AnAccount>();
      for (const [index, result] of results.entries()) {
        const recording = recordings[index];
        if (recording === undefined) continue;
        await noteUnusual(result, recording);
        if (recording.kind !== "refused") learners.set(result.accountId, result);
      }
      if (learners.size > MOST_WOKEN) await work.wakeUnlessThere("sweep", wholeSweep);
      else for (const learner of learners.values()) await wakeEvaluation(learner);
      return recordings;
    },

    /**
     * Reads the facts of one learner (by any account of theirs) and awards what is earned. Only
     * tracks that mention an exam with a new fact are looked at. Facts leave the queue last.
     */
    evaluateLearner,

    /** Puts a draft in force; courses that learners passed before count towards it. */
    async publishTrack(wanted: {
      organisationId: string;
      trackId: string;
      publishedBy: string;
    }): Promise<Publication> {
      const publication = await publishTrack(needs, wanted);
      if (publication.kind !== "published") return publication;
      const { organisationId, trackId, version } = publication.version;
      await recount({ organisationId, id: trackId, version });
      await work.wake("sweep", { key: "sweep", organisationId });
      return publication;
    },

    /** An administrator revokes or reinstates an award, with a reason. */
    decideAboutAward: standings.decideByHand,

    /** Accounts were joined: what was passed on any of them counts together. */
    async accountsLinked(account: AnAccount): Promise<void> {
      await countTogether(account);
      await wakeEvaluation(account);
    },

    /** A licence was verified, a date waived or a status said: what that completes is awarded. */
    async eligibilityChanged(account: AnAccount): Promise<void> {
      const { organisationId, accountIds } = await findLearner(account);
      await facts.setPendingForAccounts(organisationId, accountIds);
      await evaluateLearner(account);
    },

    /** A name for credentials has come: those that waited for it are issued, others corrected. */
    async nameArrived(account: AnAccount): Promise<void> {
      const { accountId } = account;
      await work.wake("correct-names", { ...account, key: accountId });
      const { organisationId, accountIds } = await findLearner(account);
      for (const { id } of await awards.setCredentialsDue(organisationId, accountIds)) {
        await work.wake("issue-credential", { key: id, organisationId, awardId: id });
      }
    },

    /**
     * Finds what a crash left at any step, in every organisation, and goes on with it; with
     * `settled` not with what is so young that somebody has just begun it.
     */
    async sweep({ reach }: { reach: "all" | "settled" } = { reach: "settled" }): Promise<void> {
      for (const track of await tracks.listAwaitingRecount(SWEEP_LIMIT)) await recount(track);
      for (const joined of await accounts.listAwaitingRecount(SWEEP_LIMIT)) {
        await countTogether(joined);
      }
      for (const change of await needs.eligibility.listAwaitingRecount(SWEEP_LIMIT)) {
        await countEligible(change);
      }
      await evaluateDue();
      const graceMs = reach === "all" ? 0 : SWEEP_AFTER_MS;
      const before = new Date(needs.now().getTime() - graceMs);
      const faults: unknown[] = [];
      for (const award of await awards.listUnannounced(before, SWEEP_LIMIT)) {
        // One that cannot be announced keeps no other from it, and is reported at the end.
        await announce(award).catch((error: unknown) => faults.push(error));
      }
      const due = await awards.listCredentialDue(before, SWEEP_LIMIT);
      if (due.length > FEW) {
        await work.wakeUnlessThere("issue-due", { key: "issue-due", organisationId: "" });
      }
      for (const { id, organisationId } of due.length > FEW ? [] : due) {
        const data = { key: id, organisationId, awardId: id };
        await work.wakeUnlessThere("issue-credential", data);
      }
      await standings
        .sweep({ before, limit: SWEEP_LIMIT })
        .catch((error: unknown) => faults.push(error));
      if (faults.length > 0) throw new AggregateError(faults, "Some awards were not gone on with");
    },
  };
}
