import type { Award } from "../../src/awards/award.js";
import type { AwardStore, CredentialState } from "../../src/awards/award-store.js";
import { firstStanding, type StandingAward } from "../../src/awards/award-standing.js";
import type { Course } from "../../src/courses/course.js";
import type { CourseStore } from "../../src/courses/course-store.js";
import type { Exam } from "../../src/courses/exam.js";
import type { ExamStore } from "../../src/courses/exam-store.js";
import type { ProfessionalStanding } from "../../src/eligibility/eligibility.js";
import type { EligibilityStore } from "../../src/eligibility/eligibility-store.js";
import type { Licence, Profession } from "../../src/eligibility/licence.js";
import { directionsOf, type LedgerEntry, standingOf } from "../../src/equivalencies/equivalency.js";
import type { EquivalencyStore } from "../../src/equivalencies/equivalency-store.js";
import { dueAtOf } from "../../src/progress/exam-fact.js";
import type { ExamFactStore, QueuedFact, QueuePlace } from "../../src/progress/exam-fact-store.js";
import type { Issuer } from "../../src/issuers/issuer.js";
import type { IssuerStore } from "../../src/issuers/issuer-store.js";
import { examIdsOf } from "../../src/tracks/requirement.js";
import type { Track, TrackVersion } from "../../src/tracks/track.js";
import type { TrackMove } from "../../src/tracks/track-move.js";
import type { TrackMoveStore } from "../../src/tracks/track-move-store.js";
import type { TrackStore } from "../../src/tracks/track-store.js";
import type { TrackVersionStore } from "../../src/tracks/track-version-store.js";

/**
 * The core's stores as plain memory, for tests that need thousands of runs. The contract suite
 * (`test/contract/core-stores.test.ts`) holds them to what the real ones do.
 */

export type CoreStores = {
  courses: Pick<CourseStore, "addOnce" | "listByIds">;
  exams: Pick<ExamStore, "add" | "listByIds">;
  tracks: Pick<
    TrackStore,
    | "add"
    | "saveDraft"
    | "discardDraft"
    | "putInForce"
    | "findById"
    | "listInForce"
    | "listMentioning"
    | "listAwaitingRecount"
    | "markRecounted"
    | "readCatalogueEdition"
    | "raiseCatalogueEdition"
  >;
  trackVersions: Omit<
    TrackVersionStore,
    "findPublic" | "correct" | "listAwaitingReissue" | "markReissued"
  >;
  facts: Omit<ExamFactStore, "listAccountIdsInOffering">;
  awards: Omit<AwardStore, "list" | "countUnder">;
  equivalencies: Omit<EquivalencyStore, "list" | "findById">;
  trackMoves: TrackMoveStore;
  brands: Pick<IssuerStore, "put" | "find">;
  eligibility: Omit<EligibilityStore, "findLicence" | "listSubmitted">;
};

const copy = <T>(value: T): T => structuredClone(value);

const byIds = <T extends { id: string; organisationId: string }>(records: Map<string, T>) => {
  return async (organisationId: string, ids: string[]): Promise<T[]> =>
    [...records.values()]
      .filter((record) => record.organisationId === organisationId && ids.includes(record.id))
      .map(copy);
};

function memoryTracks(): CoreStores["tracks"] {
  const tracks = new Map<
    string,
    Track & { examIds: string[]; trackIds: string[]; awaitsRecount: boolean }
  >();
  const editions = new Map<string, number>();
  const find = (organisationId: string, id: string) => {
    const track = tracks.get(id);
    return track?.organisationId === organisationId ? track : undefined;
  };
  const plain = (track: NonNullable<ReturnType<typeof find>>): Track => {
    const { id, organisationId, name, draft, publishedVersion, createdAt, updatedAt } = track;
    return copy({ id, organisationId, name, draft, publishedVersion, createdAt, updatedAt });
  };
  const list = (organisationId: string) =>
    [...tracks.values()]
      .filter((track) => track.organisationId === organisationId)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    readCatalogueEdition: async (organisationId) => editions.get(organisationId) ?? 0,
    raiseCatalogueEdition: async (organisationId) => {
      editions.set(organisationId, (editions.get(organisationId) ?? 0) + 1);
    },
    add: async (track) => {
      tracks.set(track.id, { ...copy(track), examIds: [], trackIds: [], awaitsRecount: false });
    },
    saveDraft: async ({ organisationId, id, draft, at, seen }) => {
      const track = find(organisationId, id);
      if (track === undefined || (seen !== undefined && track.updatedAt > seen)) return undefined;
      if (track.publishedVersion === 0) track.name = draft.name;
      Object.assign(track, { draft: copy(draft), updatedAt: at });
      return plain(track);
    },
    discardDraft: async (organisationId, id) => {
      const track = find(organisationId, id);
      if (track?.publishedVersion === 0) tracks.delete(id);
      else if (track !== undefined) track.draft = undefined;
    },
    putInForce: async ({ organisationId, id, version, name, draftWrittenAt, at, ...mentioned }) => {
      const track = find(organisationId, id);
      const isNewer = track !== undefined && track.publishedVersion < version;
      if (isNewer) {
        Object.assign(track, {
          publishedVersion: version,
          name,
          examIds: [...new Set([...track.examIds, ...mentioned.examIds])],
          trackIds: [...new Set([...track.trackIds, ...mentioned.trackIds])],
          awaitsRecount: true,
        });
      }
      if (
        track?.publishedVersion === version &&
        track.updatedAt.getTime() === draftWrittenAt.getTime()
      ) {
        Object.assign(track, { draft: undefined, updatedAt: at });
      }
      return isNewer ? "in-force" : "overtaken";
    },
    findById: async (organisationId, id) => {
      const track = find(organisationId, id);
      return track && plain(track);
    },
    listInForce: async (organisationId, among) =>
      list(organisationId)
        .filter(({ publishedVersion }) => publishedVersion > 0)
        .filter(({ id }) => among?.trackIds === undefined || among.trackIds.includes(id))
        .filter(
          (track) =>
            among?.mentioned === undefined ||
            track.examIds.some((id) => among.mentioned?.examIds.includes(id)) ||
            track.trackIds.some((id) => among.mentioned?.trackIds.includes(id)),
        )
        .map(plain),
    listMentioning: async (organisationId, examIds) =>
      list(organisationId)
        .filter((track) => {
          const drafted = track.draft === undefined ? [] : examIdsOf(track.draft.requirement);
          return [...track.examIds, ...drafted].some((id) => examIds.includes(id));
        })
        .map(plain),
    listAwaitingRecount: async (limit) =>
      [...tracks.values()]
        .filter(({ awaitsRecount }) => awaitsRecount)
        .slice(0, limit)
        .map(({ id, organisationId, publishedVersion: version }) =>
          copy({ id, organisationId, version }),
        ),
    markRecounted: async (organisationId, id, version) => {
      const track = find(organisationId, id);
      if (track?.publishedVersion === version) track.awaitsRecount = false;
    },
  };
}

function memoryTrackVersions(): CoreStores["trackVersions"] {
  const versions: TrackVersion[] = [];
  const of = (organisationId: string, trackId: string) =>
    versions.filter(
      (version) => version.organisationId === organisationId && version.trackId === trackId,
    );
  const find = (organisationId: string, edition: { trackId: string; version: number }) =>
    of(organisationId, edition.trackId).find(({ version }) => version === edition.version);
  return {
    addOnce: async (version) => {
      if (find(version.organisationId, version) !== undefined) return "already-there";
      versions.push(copy(version));
      return "added";
    },
    find: async (organisationId, edition) => copy(find(organisationId, edition)),
    listEditions: async (organisationId, editions) =>
      editions.flatMap((edition) => copy(find(organisationId, edition)) ?? []),
    listEarlier: async (organisationId, editions) =>
      editions
        .flatMap(({ trackId, version }) =>
          of(organisationId, trackId).filter((one) => one.version < version),
        )
        .sort((a, b) => a.version - b.version)
        .map(copy),
    listOf: async (organisationId, trackId) =>
      of(organisationId, trackId)
        .sort((a, b) => b.version - a.version)
        .map(copy),
  };
}

function memoryFacts(): CoreStores["facts"] {
  const facts: QueuedFact[] = [];
  const of = (organisationId: string, accountIds: string[]) =>
    facts.filter(
      ({ fact }) => fact.organisationId === organisationId && accountIds.includes(fact.accountId),
    );
  const enqueue = (found: QueuedFact[]): number => {
    for (const item of found) Object.assign(item, { pending: true, queued: item.queued + 1 });
    return found.length;
  };
  const addOnce: CoreStores["facts"]["addOnce"] = async (fact) => {
    const isThere = facts.some(
      (one) =>
        one.fact.organisationId === fact.organisationId && one.fact.sourceKey === fact.sourceKey,
    );
    if (isThere) return "already-there";
    facts.push({ fact: copy(fact), dueAt: dueAtOf(fact), pending: true, queued: 1 });
    return "added";
  };
  return {
    addOnce,
    addAll: async (added) => await Promise.all(added.map(addOnce)),
    listBySourceKeys: async (organisationId, keys) =>
      facts
        .filter(
          ({ fact }) => fact.organisationId === organisationId && keys.includes(fact.sourceKey),
        )
        .map(({ fact }) => copy(fact)),
    listRevisions: async (organisationId, sittingKey) =>
      facts
        .filter(({ fact }) => fact.organisationId === organisationId)
        .filter(({ fact }) => fact.sourceKey.startsWith(`${sittingKey}:`))
        .map(({ fact }) => copy(fact)),
    listForAccounts: async (organisationId, accountIds) =>
      of(organisationId, accountIds)
        .map(({ fact }) => copy(fact))
        .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1)),
    listQueuedForAccounts: async (organisationId, accountIds) =>
      of(organisationId, accountIds).map(copy),
    listDue: async (now, { limit, after }) => {
      const inQueue = (a: QueuePlace, b: QueuePlace): number =>
        a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
      return facts
        .filter(({ pending, dueAt }) => pending && dueAt <= now)
        .map(({ fact: { id, accountId, organisationId }, dueAt }) =>
          copy({ id, organisationId, accountId, dueAt }),
        )
        .filter((place) => after === undefined || inQueue(after, place) < 0)
        .sort(inQueue)
        .slice(0, limit);
    },
    markEvaluated: async (organisationId, read) => {
      for (const item of facts) {
        const isRead = read.some(
          ({ fact, queued }) => fact.id === item.fact.id && queued === item.queued,
        );
        if (isRead && item.fact.organisationId === organisationId) item.pending = false;
      }
    },
    countAccountsWith: async (organisationId, examIds) =>
      new Set(
        facts
          .filter(({ fact }) => fact.organisationId === organisationId)
          .filter(({ fact }) => examIds.includes(fact.examId))
          .map(({ fact }) => fact.accountId),
      ).size,
    isAnyDue: async (organisationId, now) =>
      facts.some(
        ({ fact, pending, dueAt }) =>
          fact.organisationId === organisationId && pending && dueAt <= now,
      ),
    listAccountIdsWith: async ({ organisationId, examIds, after, limit }) => {
      const found = facts
        .filter(({ fact }) => fact.organisationId === organisationId)
        .filter(({ fact }) => examIds.includes(fact.examId) && fact.accountId > after)
        .map(({ fact }) => fact.accountId);
      const accountIds = [...new Set(found)].sort();
      const seen = accountIds.slice(0, limit);
      return { accountIds: seen, next: seen.length < accountIds.length ? seen.at(-1) : undefined };
    },
    setPendingForExams: async (organisationId, examIds) =>
      enqueue(
        facts.filter(
          ({ fact }) => fact.organisationId === organisationId && examIds.includes(fact.examId),
        ),
      ),
    setPendingForAccounts: async (organisationId, accountIds) =>
      enqueue(of(organisationId, accountIds)),
  };
}

function memoryBrands(): CoreStores["brands"] {
  const brands = new Map<string, Issuer>();
  return {
    async put(issuer) {
      const { id, organisationId, name } = issuer;
      const isTaken = [...brands.values()].some(
        (one) => one.organisationId === organisationId && one.name === name && one.id !== id,
      );
      if (isTaken) return "taken";
      brands.set(id, copy(issuer));
      return "kept";
    },
    async find(organisationId, id) {
      const kept = brands.get(id);
      return kept?.organisationId === organisationId ? copy(kept) : undefined;
    },
  };
}

function memoryEligibility(): CoreStores["eligibility"] {
  const professions: Profession[] = [];
  const standings: (ProfessionalStanding & { organisationId: string; recount?: string })[] = [];
  const licences: (Licence & { recount?: string })[] = [];
  let changes = 0;
  const recount = () => ({ recount: String((changes += 1)) });
  type About = Pick<ProfessionalStanding, "accountId" | "professionId"> & {
    organisationId: string;
  };
  const change = (about: About, set: Partial<ProfessionalStanding>): void => {
    const { organisationId, accountId, professionId } = about;
    let found = standings.find(
      (one) =>
        one.organisationId === organisationId &&
        one.accountId === accountId &&
        one.professionId === professionId,
    );
    if (found === undefined) {
      found = { organisationId, accountId, professionId, status: undefined, dateWaiver: undefined };
      standings.push(found);
    }
    Object.assign(found, set, recount());
  };
  const plain = (licence: Licence & { recount?: string }): Licence => {
    const rest = copy(licence);
    delete rest.recount;
    return rest;
  };
  return {
    addProfession: async (profession) => {
      const isThere = professions.some(
        ({ organisationId, name }) =>
          organisationId === profession.organisationId && name === profession.name,
      );
      if (!isThere) professions.push(copy(profession));
      return isThere ? "already-there" : "added";
    },
    listProfessions: async (organisationId) =>
      professions
        .filter((one) => one.organisationId === organisationId)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(copy),
    setStatus: async ({ status, saidAt, ...about }) => {
      change(about, { status, saidAt });
    },
    waiveDate: async ({ dateWaiver, ...about }) => {
      change(about, { dateWaiver: copy(dateWaiver) });
    },
    addLicence: async (licence) => {
      licences.push(copy(licence));
    },
    decideLicence: async ({ organisationId, id, ...decision }) => {
      const licence = licences.find(
        (one) =>
          one.organisationId === organisationId && one.id === id && one.state === "submitted",
      );
      if (licence === undefined) return undefined;
      Object.assign(licence, decision, recount());
      return plain(licence);
    },
    listForAccounts: async (organisationId, accountIds) => {
      const isOf = (one: { organisationId: string; accountId: string }): boolean =>
        one.organisationId === organisationId && accountIds.includes(one.accountId);
      return {
        standings: standings
          .filter(isOf)
          .map(({ accountId, professionId, status, saidAt, dateWaiver }) =>
            copy({ accountId, professionId, status, saidAt, dateWaiver }),
          ),
        licences: licences.filter(isOf).map(plain),
      };
    },
    listAwaitingRecount: async (limit) =>
      [...standings, ...licences]
        .flatMap(({ organisationId, accountId, recount: token }) =>
          token === undefined ? [] : [{ organisationId, accountId, recount: token }],
        )
        .slice(0, limit),
    markRecounted: async ({ recount: token }) => {
      for (const one of [...standings, ...licences]) if (one.recount === token) delete one.recount;
    },
  };
}

function memoryTrackMoves(): CoreStores["trackMoves"] {
  const moves = new Map<string, TrackMove>();
  return {
    addAll: async (added) => {
      let refused = 0;
      for (const move of added) {
        const { organisationId, accountId, trackId, version } = move;
        const key = JSON.stringify([organisationId, accountId, trackId, version]);
        if (moves.has(key)) refused += 1;
        else moves.set(key, copy(move));
      }
      return refused === 0 ? "added" : "some-were-there";
    },
    listForAccounts: async (organisationId, accountIds) =>
      [...moves.values()]
        .filter((move) => move.organisationId === organisationId)
        .filter(({ accountId }) => accountIds.includes(accountId))
        .map(copy),
  };
}

function memoryEquivalencies(): CoreStores["equivalencies"] {
  const ledger: { entry: LedgerEntry; awaitsRecount: boolean }[] = [];
  const of = (organisationId: string) =>
    ledger.map(({ entry }) => entry).filter((entry) => entry.organisationId === organisationId);
  return {
    addOnce: async (entry) => {
      if (of(entry.organisationId).some(({ number }) => number === entry.number))
        return "already-there";
      ledger.push({ entry: copy(entry), awaitsRecount: true });
      return "added";
    },
    findLastNumber: async (organisationId) =>
      Math.max(0, ...of(organisationId).map(({ number }) => number)),
    listByIds: async (organisationId, ids) =>
      of(organisationId)
        .filter(({ id }) => ids.includes(id))
        .map(copy),
    listAll: async (organisationId, learner) =>
      of(organisationId)
        .filter(({ accountId }) => accountId === undefined || accountId === learner)
        .map(copy),
    listStanding: async ({ organisationId, examIds, accountIds }) =>
      standingOf(
        of(organisationId)
          .filter(({ accountId, from, to }) =>
            accountId === undefined
              ? examIds.includes(from.examId) || examIds.includes(to.examId)
              : accountIds.includes(accountId),
          )
          .map(copy),
      ),
    listExamIdsCountingFor: async (organisationId, examIds) => [
      ...new Set(
        standingOf(of(organisationId))
          .flatMap(directionsOf)
          .filter(({ countsFor }) => examIds.includes(countsFor.examId))
          .map(({ passed }) => passed.examId),
      ),
    ],
    listAwaitingRecount: async (now, limit) =>
      ledger
        .filter(({ entry, awaitsRecount }) => awaitsRecount && entry.since <= now)
        .map(({ entry }) => copy(entry))
        .slice(0, limit),
    markRecounted: async (_organisationId, id) => {
      for (const one of ledger) if (one.entry.id === id) one.awaitsRecount = false;
    },
  };
}

function memoryAwards(): CoreStores["awards"] {
  type Kept = {
    award: StandingAward;
    unannounced: boolean;
    credential: CredentialState;
    standingUntold: boolean;
  };
  const kept: Kept[] = [];
  const read = (found: Kept[], limit = Infinity): StandingAward[] =>
    found
      .map(({ award }) => copy(award))
      .sort((a, b) => a.awardedAt.getTime() - b.awardedAt.getTime() || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  const find = (organisationId: string, id: string) =>
    kept.find(({ award }) => award.organisationId === organisationId && award.id === id);
  const of = (organisationId: string, learnerIds: string[]) =>
    kept.filter(
      ({ award }) =>
        award.organisationId === organisationId && learnerIds.includes(award.learnerId),
    );
  const keyOf = ({ organisationId, learnerId, trackId, round }: Award): string =>
    JSON.stringify([organisationId, learnerId, trackId, round]);
  const addOnce: CoreStores["awards"]["addOnce"] = async (award) => {
    if (kept.some((one) => keyOf(one.award) === keyOf(award))) return "already-there";
    kept.push({
      award: { ...copy(award), standing: firstStanding(award) },
      ...{ unannounced: true, credential: "due", standingUntold: false },
    });
    return "added";
  };
  return {
    addOnce,
    addAll: async (added) => await Promise.all(added.map(addOnce)),
    findById: async (organisationId, id) => copy(find(organisationId, id)?.award),
    listForLearners: async (organisationId, learnerIds) => read(of(organisationId, learnerIds)),
    listUnannounced: async (before, limit) =>
      read(
        kept.filter(({ award, unannounced }) => unannounced && award.awardedAt <= before),
        limit,
      ),
    markAnnounced: async (organisationId, ids) => {
      for (const one of ids.map((id) => find(organisationId, id)))
        if (one !== undefined) one.unannounced = false;
    },
    listCredentialDue: async (before, limit) =>
      read(
        kept.filter(({ award, credential }) => credential === "due" && award.awardedAt <= before),
        limit,
      ),
    setCredentialStates: async ({ organisationId, ids, state }) => {
      for (const one of ids.map((id) => find(organisationId, id))) {
        if (one !== undefined && one.credential !== "issued") one.credential = state;
      }
    },
    listByIds: async (organisationId, ids) =>
      read(
        kept.filter(
          ({ award }) => award.organisationId === organisationId && ids.includes(award.id),
        ),
      ),
    setCredentialsDue: async (organisationId, learnerIds) => {
      const found = of(organisationId, learnerIds);
      for (const one of found) if (one.credential === "needs-name") one.credential = "due";
      return read(found.filter(({ credential }) => credential === "due"));
    },
    changeStanding: async ({ organisationId, id, standing }) => {
      const one = find(organisationId, id);
      const isNext = one?.award.standing.revision === standing.revision - 1;
      if (one === undefined || !isNext || one.standingUntold) return "overtaken";
      one.award.standing = copy(standing);
      one.standingUntold = true;
      return "changed";
    },
    markStandingTold: async (organisationId, id, revision) => {
      const one = find(organisationId, id);
      if (one?.award.standing.revision === revision) one.standingUntold = false;
    },
    listStandingUntold: async (before, limit) =>
      read(
        kept.filter(
          ({ award, standingUntold }) => standingUntold && award.standing.since <= before,
        ),
        limit,
      ),
    listGraceEnded: async (now, limit) =>
      read(
        kept.filter(({ award: { standing } }) => {
          const { state, graceEndsAt } = standing;
          return state === "on-hold" && graceEndsAt !== undefined && graceEndsAt <= now;
        }),
        limit,
      ),
  };
}

export function createMemoryCore(): CoreStores {
  const courses = new Map<string, Course>();
  const exams = new Map<string, Exam>();
  return {
    courses: {
      addOnce: async (course) => {
        const isTaken = [...courses.values()].some(
          (one) => one.organisationId === course.organisationId && one.code === course.code,
        );
        if (isTaken) return "already-there";
        courses.set(course.id, copy(course));
        return "added";
      },
      listByIds: byIds(courses),
    },
    exams: {
      add: async (exam) => {
        exams.set(exam.id, copy(exam));
      },
      listByIds: byIds(exams),
    },
    tracks: memoryTracks(),
    trackVersions: memoryTrackVersions(),
    facts: memoryFacts(),
    awards: memoryAwards(),
    eligibility: memoryEligibility(),
    brands: memoryBrands(),
    equivalencies: memoryEquivalencies(),
    trackMoves: memoryTrackMoves(),
  };
}
