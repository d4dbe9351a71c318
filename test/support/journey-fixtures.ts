import type { Award } from "../../src/awards/award.js";
import type { AuditEntry } from "../../src/audit/audit-entry.js";
import type { StandingAward } from "../../src/awards/award-standing.js";
import type { ArrivedName } from "../../src/people/profile-store.js";
import type { Event } from "../../src/events/event.js";
import { createJourney, type JourneyNeeds } from "../../src/journey.js";
import { createShortMemory } from "../../src/short-memory.js";
import { newId } from "../../src/stored-record.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import { aCourse, anExam, aTrackContent, day } from "./core-fixtures.js";
import type { CoreStores } from "./memory-core.js";

/** People as the journey knows them: accounts and whom they are joined to. */
export function createPeople(linked: Record<string, string> = {}) {
  const idsOf = (learnerId: string): string[] => [
    learnerId,
    ...Object.keys(linked).filter((id) => linked[id] === learnerId),
  ];
  const awaiting = new Set<string>();
  const people = {
    findLearners: async (_: string, accountIds: readonly string[]) =>
      [...new Set(accountIds.map((id) => linked[id] ?? id))].map((learnerId) => ({
        ...{ learnerId, accountIds: idsOf(learnerId) },
      })),
    listAwaitingRecount: async () =>
      [...awaiting].map((accountId) => ({ organisationId: "org", accountId })),
    markRecounted: async (_: string, accountIds: string[]) => {
      for (const id of accountIds) awaiting.delete(id);
    },
  };
  const link = (id: string, learnerId: string): void => {
    linked[id] = learnerId;
    awaiting.add(id);
  };
  return { people, link };
}

/** Names that arrived, until what waited for them is on its way. */
function createArrivals() {
  let arrived: ArrivedName[] = [];
  const profiles: JourneyNeeds["profiles"] = {
    listAwaitingNaming: async () => arrived,
    markNamed: async ({ accountId, name }) => {
      arrived = arrived.filter((one) => one.accountId !== accountId || one.name !== name);
    },
  };
  return { profiles, arrive: (name: ArrivedName) => arrived.push(name) };
}

/** The process died before or after a step; nobody is there to handle this. */
export class Crash extends Error {}

type AsyncFunctions = Record<string, (...given: never[]) => Promise<unknown>>;

/** The same functions, each passing by `around` on its way. */
function surround<T extends object>(
  target: T,
  around: (run: () => Promise<unknown>) => Promise<unknown>,
): T {
  const functions = target as AsyncFunctions;
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      async (...given: never[]) => await around(async () => await run(...given)),
    ]),
  ) as unknown as T;
}

/** A journey over given stores that keeps what it told the outside. */
export function openJourney(given: {
  stores: CoreStores;
  people: JourneyNeeds["accounts"];
  around?: (run: () => Promise<unknown>) => Promise<unknown>;
}) {
  const { stores, people, around } = given;
  let now = day(2);
  const told: Award[] = [];
  const changes: StandingAward[] = [];
  const trail: AuditEntry[] = [];
  const events: Omit<Event, "id">[] = [];
  const woken: { name: string; key: string }[] = [];
  const { profiles, arrive } = createArrivals();
  const wake = async (name: string, { key }: { key: string }) => {
    woken.push({ name, key });
  };
  const needs: JourneyNeeds = {
    ...{ accounts: people, courses: stores.courses, exams: stores.exams },
    ...{ tracks: stores.tracks, trackVersions: stores.trackVersions },
    ...{ facts: stores.facts, awards: stores.awards, eligibility: stores.eligibility },
    ...{ equivalencies: stores.equivalencies, trackMoves: stores.trackMoves },
    ...{ brands: stores.brands, profiles },
    events: {
      add: async (event) => {
        events.push(event);
      },
    },
    work: { wake, wakeUnlessThere: wake, takeUp: () => false },
    // Tests change stores behind its back, as another process does.
    catalogues: createShortMemory({ lifetimeMs: 0, atMost: 1 }),
    onAwards: async (awards) => {
      told.push(...awards);
    },
    onStanding: async (award) => {
      changes.push(award);
    },
    audit: {
      addOnce: async (entry) => {
        if (trail.some(({ id }) => id === entry.id)) return "already-there";
        trail.push(entry);
        return "added";
      },
    },
    now: () => now,
  };
  const build = (passBy: NonNullable<typeof around>) =>
    createJourney({
      accounts: surround(needs.accounts, passBy),
      courses: surround(needs.courses, passBy),
      exams: surround(needs.exams, passBy),
      tracks: surround(needs.tracks, passBy),
      trackVersions: surround(needs.trackVersions, passBy),
      facts: surround(needs.facts, passBy),
      awards: surround(needs.awards, passBy),
      eligibility: surround(needs.eligibility, passBy),
      brands: surround(needs.brands, passBy),
      profiles: surround(needs.profiles, passBy),
      equivalencies: surround(needs.equivalencies, passBy),
      trackMoves: surround(needs.trackMoves, passBy),
      events: surround(needs.events, passBy),
      audit: surround(needs.audit, passBy),
      onStanding: async (award) => {
        await passBy(async () => {
          await needs.onStanding(award);
        });
      },
      work: { ...surround(needs.work, passBy), takeUp: needs.work.takeUp },
      catalogues: needs.catalogues,
      onAwards: async (awards) => {
        await passBy(async () => {
          await needs.onAwards(awards);
        });
      },
      now: needs.now,
    });
  return {
    journey: around === undefined ? createJourney(needs) : build(around),
    /** The same stores without what stands around them. */
    calm: createJourney(needs),
    ...{ told, changes, trail, events, woken, arrive },
    setNow: (date: Date) => {
      now = date;
    },
  };
}

/** Exams of that many courses; each id is the one given. */
export async function addExams(stores: CoreStores, examIds: string[]): Promise<void> {
  for (const examId of examIds) {
    const course = aCourse({ id: `course-${examId}`, title: `Course ${examId}` });
    await stores.courses.addOnce(course);
    await stores.exams.add(anExam({ id: examId, courseId: course.id }));
  }
}

/** A track with a draft that asks for `requirement`. */
export async function addTrack(
  stores: CoreStores,
  requirement: Requirement,
  id: string = newId(),
): Promise<string> {
  await stores.tracks.add({
    ...{ id, organisationId: "org", name: `Track ${id}`, publishedVersion: 0 },
    draft: aTrackContent({ name: `Track ${id}`, requirement }),
    ...{ createdAt: day(0), updatedAt: day(0) },
  });
  return id;
}
