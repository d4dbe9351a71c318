import type { Award } from "./awards/award.js";
import type { Learner } from "./awards/earned-awards.js";
import type { AwardStore } from "./awards/award-store.js";
import { allInTurn, eachInTurn } from "./each-in-turn.js";
import type { EligibilityStore } from "./eligibility/eligibility-store.js";
import type { LedgerEntry } from "./equivalencies/equivalency.js";
import {
  type AnAccount,
  createEvaluationJourney,
  type EvaluationNeeds,
} from "./evaluation-journey.js";
import type { EventStore } from "./events/event-store.js";
import type { ArrivedName, ProfileStore } from "./people/profile-store.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import type { CatalogueNeeds } from "./progress/read-catalogue.js";
import {
  recordResult,
  recordResults,
  type Recording,
  type Result,
  unusualEvent,
} from "./progress/record-result.js";
import { createRecountJourney, type RecountNeeds } from "./recount-journey.js";
import { createStandingsJourney, type StandingsNeeds } from "./standings-journey.js";
import { type Publication, type PublishNeeds, publishTrack } from "./tracks/publish-track.js";
import type { TrackVersion } from "./tracks/track.js";
import type { WorkData, WorkQueue } from "./work/work-queue.js";

/** What the story needs of the chapters. */
export type JourneyNeeds = CatalogueNeeds &
  PublishNeeds &
  Omit<EvaluationNeeds, "settle" | "onGiven"> &
  Omit<RecountNeeds, "findLearner"> &
  Omit<StandingsNeeds, "findLearner" | "awardBy"> & {
    facts: Pick<
      ExamFactStore,
      "addOnce" | "addAll" | "setPendingForExams" | "setPendingForAccounts"
    >;
    awards: Pick<
      AwardStore,
      "listUnannounced" | "markAnnounced" | "listCredentialDue" | "setCredentialsDue"
    >;
    eligibility: Pick<
      EligibilityStore,
      "listProfessions" | "listForAccounts" | "listAwaitingRecount" | "markRecounted"
    >;
    events: Pick<EventStore, "add">;
    profiles: Pick<ProfileStore, "listAwaitingNaming" | "markNamed">;
    work: Pick<WorkQueue, "wake" | "wakeUnlessThere" | "takeUp">;
    /** Tells the learners at their next launch. Called at least once for every award. */
    onAwards: (awards: readonly Award[]) => Promise<void>;
    now: () => Date;
  };

/** Younger work is left to whoever has just begun it. */
const SWEEP_AFTER_MS = 60_000;
const SWEEP_LIMIT = 500;

/** More than this are issued, or evaluated elsewhere, together. */
const FEW = 20;
const wholeSweep = { key: "sweep-results", organisationId: "" };

export type Journey = ReturnType<typeof createJourney>;

/**
 * The story, told in one place: a result becomes a fact, facts become an award, an award becomes
 * a credential. Each step leaves in the store what the next one is to do, so the process may end
 * anywhere: `sweep` finds what is left, and unique indexes keep what is done twice from counting
 * twice.
 */
export function createJourney(needs: JourneyNeeds) {
  const { accounts, awards, events, facts, work } = needs;

  /** The learner behind an account, with every account of theirs. */
  async function findLearner({ organisationId, accountId }: AnAccount): Promise<Learner> {
    const [found] = await accounts.findLearners(organisationId, [accountId]);
    return { organisationId, learnerId: accountId, accountIds: [accountId], ...found };
  }

  async function noteUnusual(result: Result, recording: Recording): Promise<void> {
    const event = unusualEvent(result, recording, needs.now());
    if (event !== undefined) await events.add(event);
  }

  const asWork = ({ id, organisationId }: Award): WorkData => ({
    ...{ key: id, organisationId, awardId: id },
  });

  /** Has credentials issued by jobs: a few each by itself, many together by one. */
  async function issueByJob(
    due: readonly Award[],
    wake: (name: "issue-credential" | "issue-due", data: WorkData) => Promise<void>,
  ): Promise<void> {
    if (due.length > FEW) {
      await work.wakeUnlessThere("issue-due", { key: "issue-due", organisationId: "" });
      return;
    }
    for (const award of due) await wake("issue-credential", asWork(award));
  }

  /** The same at once and without jobs, in a process that does work of its own. */
  async function issueSoon(due: readonly Award[]): Promise<void> {
    if (!work.takeUp("issue-credential", due.map(asWork))) await issueByJob(due, work.wake);
  }

  /** The learners of these awards of one organisation are told and the credentials asked for. */
  async function announce(given: readonly Award[]): Promise<void> {
    const [first] = given;
    if (first === undefined) return;
    const { organisationId } = first;
    await needs.onAwards(given);
    await issueSoon(given);
    const learnerIds = given.map(({ learnerId }) => learnerId);
    const learners = await accounts.findLearners(organisationId, learnerIds);
    const alone = new Set(
      learners.flatMap((one) => (one.accountIds.length === 1 ? one.learnerId : [])),
    );
    for (const { learnerId, round, trackId } of given) {
      // Another account of theirs may have been given it at the same moment, before or after the
      // two were joined: each looks after it has given, so that one of them sees both awards.
      // What stood on an earlier round stands on this one.
      if (alone.has(learnerId) && round === 1) continue;
      const learner = await findLearner({ organisationId, accountId: learnerId });
      await standings.settle(learner, { trackIds: [trackId] });
    }
    await awards.markAnnounced(
      organisationId,
      given.map(({ id }) => id),
    );
  }

  const evaluation = createEvaluationJourney({
    ...needs,
    onGiven: announce,
    settle: async (learner, touched) => {
      await standings.settle(learner, touched);
    },
  });
  const { evaluateLearner } = evaluation;
  const standings = createStandingsJourney({
    ...{ ...needs, findLearner, awardBy: evaluation.awardBy },
  });

  /**
   * Has learners evaluated at once, together with whoever else comes meanwhile. A process that does
   * no work of its own leaves it to one that does: many to its sweep, which reads what waits.
   */
  async function evaluateSoon(learners: readonly AnAccount[]): Promise<void> {
    const waiting = learners.map(({ organisationId, accountId }) => ({
      ...{ key: accountId, organisationId, accountId },
    }));
    if (work.takeUp("evaluate-learner", waiting)) return;
    if (waiting.length > FEW) await work.wakeUnlessThere("sweep", wholeSweep);
    else for (const data of waiting) await work.wake("evaluate-learner", data);
  }

  const recounts = createRecountJourney({ ...needs, findLearner });

  /** A version has come into force: courses that learners passed before count towards it. */
  async function trackPublished(edition: TrackVersion): Promise<void> {
    const { organisationId, trackId: id, version } = edition;
    await recounts.countPublished({ organisationId, id, version });
    await work.wake("sweep", { key: "sweep", organisationId });
  }

  /** A name for credentials has come: those that waited for it are issued, others corrected. */
  async function nameArrived(arrived: ArrivedName): Promise<void> {
    const { organisationId, accountId } = arrived;
    await work.wake("correct-names", { organisationId, accountId, key: accountId });
    const { accountIds } = await findLearner(arrived);
    await issueSoon(await awards.setCredentialsDue(organisationId, accountIds));
    await needs.profiles.markNamed(arrived);
  }

  return {
    /**
     * A result has come from a grade source: keeps it as a fact and has the learner evaluated.
     * A refused result writes nothing but an event.
     */
    async recordResult(result: Result): Promise<Recording> {
      const recording = await recordResult(needs, result);
      await noteUnusual(result, recording);
      if (recording.kind !== "refused") await evaluateSoon([result]);
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
      await evaluateSoon([...learners.values()]);
      return recordings;
    },

    evaluateLearner,

    /** The same for many learners together; who cannot be evaluated is left to a job. */
    evaluateLearners: evaluation.evaluateAll,

    /** Puts a draft in force; courses that learners passed before count towards it. */
    async publishTrack(wanted: Parameters<typeof publishTrack>[1]): Promise<Publication> {
      const publication = await publishTrack(needs, wanted);
      if (publication.kind === "published") await trackPublished(publication.version);
      return publication;
    },

    trackPublished,

    /** An administrator revokes or reinstates an award, with a reason. */
    decideAboutAward: standings.decideByHand,

    /** Accounts were joined: what was passed on any of them counts together. */
    async accountsLinked(account: AnAccount): Promise<void> {
      await recounts.countTogether(account);
      await evaluateSoon([account]);
    },

    /** A licence was verified, a date waived or a status said: what that completes is awarded. */
    async eligibilityChanged(account: AnAccount): Promise<void> {
      const { organisationId, accountIds } = await findLearner(account);
      await facts.setPendingForAccounts(organisationId, accountIds);
      await evaluateLearner(account);
    },

    /** Something was decided in the ledger of equivalencies: what it completes is awarded. */
    async equivalencyDecided(entry: LedgerEntry): Promise<void> {
      if (entry.since > needs.now()) return;
      await recounts.countEquivalents(entry);
      await work.wakeUnlessThere("sweep", wholeSweep);
    },

    nameArrived,

    /**
     * Finds what a crash left at any step, in every organisation, and goes on with it; with
     * `settled` not with what is so young that somebody has just begun it. What cannot be gone on
     * with keeps nothing else from it, and is reported at the end.
     */
    async sweep({ reach }: { reach: "all" | "settled" } = { reach: "settled" }): Promise<void> {
      const graceMs = reach === "all" ? 0 : SWEEP_AFTER_MS;
      const left = () => new Date(needs.now().getTime() - graceMs);
      await allInTurn(
        async () => {
          await recounts.sweep(SWEEP_LIMIT);
        },
        async () => {
          await eachInTurn(await needs.profiles.listAwaitingNaming(SWEEP_LIMIT), nameArrived);
        },
        evaluation.evaluateDue,
        async () => {
          await eachInTurn(await awards.listUnannounced(left(), SWEEP_LIMIT), async (award) => {
            await announce([award]);
          });
        },
        async () => {
          const due = await awards.listCredentialDue(left(), SWEEP_LIMIT);
          await issueByJob(due, work.wakeUnlessThere);
        },
        async () => {
          await standings.sweep({ before: left(), limit: SWEEP_LIMIT });
        },
      );
    },
  };
}
