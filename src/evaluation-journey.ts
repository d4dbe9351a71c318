import type { Award } from "./awards/award.js";
import { awardEarned, type Looked } from "./awards/award-earned.js";
import { heldAwardsOf } from "./awards/award-standing.js";
import type { AwardStore } from "./awards/award-store.js";
import { decideStanding } from "./awards/decide-standing.js";
import type { Learner } from "./awards/earned-awards.js";
import {
  type LearnerFileNeeds,
  type QueuedFile,
  readLearnerFiles,
} from "./awards/read-learner-files.js";
import { listQuestioned } from "./awards/settle-awards.js";
import { directionsOf, examIdsReached } from "./equivalencies/equivalency.js";
import type { EquivalencyStore } from "./equivalencies/equivalency-store.js";
import { createExplainer } from "./progress/explain-progress.js";
import type { AccountStore } from "./people/account-store.js";
import type { ExamFactStore, QueuePlace } from "./progress/exam-fact-store.js";
import {
  type Catalogue,
  type CatalogueNeeds,
  readCatalogue,
  readCatalogueOf,
} from "./progress/read-catalogue.js";
import { equivalencyIdsOf } from "./progress/verdict.js";
import type { ShortMemory } from "./short-memory.js";
import type { TrackStore } from "./tracks/track-store.js";
import { graceDaysOf, type TrackVersion } from "./tracks/track.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";
import type { WorkQueue } from "./work/work-queue.js";

export type AnAccount = { organisationId: string; accountId: string };

export type EvaluationNeeds = CatalogueNeeds &
  LearnerFileNeeds & {
    accounts: Pick<AccountStore, "findLearners">;
    tracks: Pick<TrackStore, "readCatalogueEdition">;
    trackVersions: Pick<TrackVersionStore, "find">;
    equivalencies: Pick<EquivalencyStore, "listStanding" | "listByIds">;
    facts: Pick<ExamFactStore, "listDue" | "markEvaluated">;
    awards: Pick<AwardStore, "addAll" | "listForLearners">;
    /** What was read of tracks a moment ago; forgets with every write of this process. */
    catalogues: Pick<ShortMemory<Catalogue>, "get">;
    /** Looks again at what a learner holds that has to do with these exams. */
    settle: (learner: Learner, touched: { examIds: string[] }) => Promise<void>;
    /** Awards that were made by this very call. */
    onGiven: (awards: readonly Award[]) => Promise<void>;
    work: Pick<WorkQueue, "wakeUnlessThere">;
    now: () => Date;
  };

/** So many facts are read from the queue together. */
const BATCH = 500;
/** Longest run of one sweep, in batches; the next goes on where this one ended. */
const MOST_BATCHES = 200;

type Open = { file: QueuedFile; examIds: string[] };

const groupByOrganisation = (accounts: readonly AnAccount[]): Map<string, Set<string>> => {
  const groups = new Map<string, Set<string>>();
  for (const { organisationId, accountId } of accounts) {
    const known = groups.get(organisationId);
    if (known === undefined) groups.set(organisationId, new Set([accountId]));
    else known.add(accountId);
  }
  return groups;
};

/**
 * From facts to awards: many learners together, in a few commands whatever their number. Facts not
 * yet evaluated are the queue, in the store; they leave it last, so that a process may die anywhere.
 */
export function createEvaluationJourney(needs: EvaluationNeeds) {
  const { facts, work } = needs;

  /**
   * Read a moment ago and still in force. The edition is read after the facts: who sees facts that
   * a publication has set to be counted again sees the publication.
   */
  async function recallCatalogue(
    organisationId: string,
    about: { key: string; edition: number },
    read: () => Promise<Catalogue>,
  ): Promise<Catalogue> {
    const key = JSON.stringify([organisationId, about.edition, about.key]);
    return (await needs.catalogues.get(key, read)) ?? (await read());
  }

  /** What these learners need looked at, what was decided for one of them alone included. */
  async function recallTracks(
    organisationId: string,
    edition: number,
    learners: readonly Looked[],
  ) {
    const reached = learners.flatMap(({ examIds, file }) =>
      examIdsReached(examIds, file.equivalencies),
    );
    const examIds = [...new Set(reached)].sort();
    const passed = learners
      .flatMap(({ file }) => file.equivalencies.flatMap(directionsOf))
      .map((one) => one.passed.examId);
    const named = [...new Set(passed)].sort();
    return await recallCatalogue(
      organisationId,
      { edition, key: `exams ${examIds.join(" ")}, ${named.join(" ")}` },
      async () => await readCatalogue(needs, { organisationId, examIds, named }),
    );
  }

  /** Whether the rules want anything changed about what a learner holds. Writes nothing. */
  async function isUnsettled({ file, examIds }: Open, edition: number): Promise<boolean> {
    const { organisationId, awards, facts, eligibility } = file;
    const touched = { examIds: new Set(examIds), trackIds: new Set<string>() };
    const now = needs.now();
    const held = heldAwardsOf(awards, ["active", "on-hold"]);
    for (const { award, because } of listQuestioned(awards, touched, now)) {
      if (because !== "touched") return true;
      const { trackId, trackVersion: version, standing, explanation } = award;
      const catalogue = await recallCatalogue(
        organisationId,
        { edition, key: `edition ${trackId} ${version}` },
        async () => {
          const found = await needs.trackVersions.find(organisationId, { trackId, version });
          if (found === undefined) throw new Error("An award's version of its track is not there");
          return await readCatalogueOf(needs, organisationId, [found]);
        },
      );
      const [track] = catalogue.tracks as [TrackVersion];
      // What it was awarded by still counts for it, withdrawn or not.
      const ids = equivalencyIdsOf(explanation);
      const awardedBy = await needs.equivalencies.listByIds(organisationId, ids);
      const equivalencies = [...file.equivalencies, ...awardedBy];
      const explain = createExplainer(catalogue, { facts, eligibility, held, equivalencies }, now);
      const next = decideStanding({
        standing,
        explanation,
        verdict: explain(track),
        graceDays: graceDaysOf(track),
        now,
      });
      if (next !== undefined) return true;
    }
    return false;
  }

  /** Does what the rules want changed, learner by learner: it is rare. The files as they are then. */
  async function settleAll(
    organisationId: string,
    open: readonly Open[],
    edition: number,
  ): Promise<Open[]> {
    const changed = new Set<string>();
    for (const one of open) {
      if (!(await isUnsettled(one, edition))) continue;
      await needs.settle(one.file, { examIds: one.examIds });
      changed.add(one.file.learnerId);
    }
    if (changed.size === 0) return [...open];
    const ids = open.flatMap(({ file }) => (changed.has(file.learnerId) ? file.accountIds : []));
    const awards = await needs.awards.listForLearners(organisationId, ids);
    return open.map(({ file, examIds }) =>
      changed.has(file.learnerId)
        ? {
            ...{ examIds },
            file: {
              ...file,
              awards: awards.filter(({ learnerId }) => file.accountIds.includes(learnerId)),
            },
          }
        : { file, examIds },
    );
  }

  /** Most people have one account: it is read together with who they are, in one command. */
  async function readFiles(
    organisationId: string,
    accountIds: readonly string[],
  ): Promise<QueuedFile[]> {
    const alone = accountIds.map((id) => ({ learnerId: id, accountIds: [id] }));
    const [learners, files] = await Promise.all([
      needs.accounts.findLearners(organisationId, accountIds),
      readLearnerFiles(needs, organisationId, alone),
    ]);
    const fileOf = new Map(files.map((file) => [file.learnerId, file]));
    const isRead = (one: { learnerId: string; accountIds: string[] }) =>
      one.accountIds.length === 1 && fileOf.has(one.learnerId);
    const others = learners.filter((one) => !isRead(one));
    const more = others.length === 0 ? [] : await readLearnerFiles(needs, organisationId, others);
    for (const file of more) fileOf.set(file.learnerId, file);
    return learners.flatMap(({ learnerId }) => fileOf.get(learnerId) ?? []);
  }

  /** Awards what these accounts' learners have earned by what waits in the queue. */
  async function evaluateTogether(
    organisationId: string,
    accountIds: readonly string[],
  ): Promise<void> {
    const files = await readFiles(organisationId, accountIds);
    const now = needs.now();
    const due = new Map(
      files.map((file) => [
        file.learnerId,
        file.queued.filter(({ pending, dueAt }) => pending && dueAt <= now),
      ]),
    );
    const open = files.flatMap((file): Open[] => {
      const examIds = [...new Set(due.get(file.learnerId)?.map(({ fact }) => fact.examId))];
      return examIds.length === 0 ? [] : [{ file, examIds }];
    });
    if (open.length === 0) return;
    const edition = await needs.tracks.readCatalogueEdition(organisationId);
    const settled = await settleAll(organisationId, open, edition);
    const catalogue = await recallTracks(organisationId, edition, settled);
    await awardEarned(needs, catalogue, settled);
    await facts.markEvaluated(organisationId, [...due.values()].flat());
  }

  async function leaveToJob({ organisationId, accountId }: AnAccount): Promise<void> {
    await work.wakeUnlessThere("evaluate-learner", { key: accountId, organisationId, accountId });
  }

  /** Together; where that fails each alone, and who fails then is left to a job, seen and retried. */
  async function evaluateAll(accounts: readonly AnAccount[]): Promise<void> {
    for (const [organisationId, accountIds] of groupByOrganisation(accounts)) {
      try {
        await evaluateTogether(organisationId, [...accountIds]);
      } catch {
        for (const accountId of accountIds) {
          await evaluateTogether(organisationId, [accountId]).catch(async () => {
            await leaveToJob({ organisationId, accountId });
          });
        }
      }
    }
  }

  return {
    evaluateAll,

    /**
     * Reads the facts of one learner (by any account of theirs) and awards what is earned. Only
     * tracks that mention an exam with a new fact are looked at. Facts leave the queue last.
     */
    async evaluateLearner({ organisationId, accountId }: AnAccount): Promise<void> {
      await evaluateTogether(organisationId, [accountId]);
    },

    /** Awards what a learner has earned by whatever they did in these exams. */
    async awardBy({ organisationId, accountIds }: Learner, examIds: string[]): Promise<void> {
      const files = await readFiles(organisationId, accountIds);
      const edition = await needs.tracks.readCatalogueEdition(organisationId);
      const looked = files.map((file) => ({ file, examIds }));
      const catalogue = await recallTracks(organisationId, edition, looked);
      await awardEarned(needs, catalogue, looked);
    },

    /** Walks once through the queue and evaluates whoever has facts waiting, batch by batch. */
    async evaluateDue(): Promise<void> {
      let after: QueuePlace | undefined;
      for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
        const due = await facts.listDue(needs.now(), { limit: BATCH, after });
        if (due.length === 0) return;
        await evaluateAll(due);
        after = due.at(-1);
      }
    },
  };
}
