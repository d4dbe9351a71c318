import { expect } from "chai";
import type { AuditEntry } from "../../src/audit/audit-entry.js";
import { createAuditStore } from "../../src/audit/audit-store.js";
import { createGroupMoveStore, type GroupMoveStore } from "../../src/awards/group-move-store.js";
import { buildIndexes, createInOneWrite } from "../../src/database.js";
import { createMoveJourney } from "../../src/move-journey.js";
import { createTrackMoveStore } from "../../src/tracks/track-move-store.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import { aFact, allOf, aTrackContent, day, examStep } from "../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../support/journey-fixtures.js";
import { createMemoryCore } from "../support/memory-core.js";
import { openTestDatabase } from "../support/test-database.js";

const everyone = { page: 1, pageSize: 1000 };
const track = { organisationId: "org", trackId: "t" };

/** Rules and facts in memory; moves, their entries and how far it is in the database. */
async function openScene() {
  const database = await openTestDatabase();
  const { connection } = database;
  const groupMoves = createGroupMoveStore(connection);
  const audit = createAuditStore(connection);
  const trackMoves = createTrackMoveStore(connection);
  await buildIndexes(connection);
  const stores = { ...createMemoryCore(), trackMoves };
  const { people } = createPeople();
  await addExams(stores, ["a", "b", "c"]);
  const { calm, setNow } = openJourney({ stores, people });
  const publish = async (requirement: Requirement, at: Date) => {
    setNow(at);
    const draft = aTrackContent({ requirement });
    await stores.tracks.saveDraft({ organisationId: "org", id: "t", draft, at });
    await calm.publishTrack({ ...track, publishedBy: "admin" });
  };
  await addTrack(stores, allOf("g", examStep("a"), examStep("b")), "t");
  await calm.publishTrack({ ...track, publishedBy: "admin" });
  const woken: string[] = [];
  const wake = async (name: string) => {
    woken.push(name);
  };
  type Instead = {
    groupMoves?: Partial<GroupMoveStore>;
    addOnce?: (entry: AuditEntry) => Promise<"added" | "already-there">;
  };
  const openProcess = (instead: Instead = {}) =>
    createMoveJourney({
      ...{ ...stores, accounts: people, now: () => day(9), work: { wake, wakeUnlessThere: wake } },
      inOneWrite: createInOneWrite(connection),
      groupMoves: { ...groupMoves, ...instead.groupMoves },
      audit: { addOnce: instead.addOnce ?? audit.addOnce },
    });
  /** So many who passed the first exam on the third day. */
  const meet = async (count: number) => {
    const ids = Array.from({ length: count }, (_, at) => `p${String(at).padStart(4, "0")}`);
    await stores.facts.addAll(
      ids.map((accountId) => aFact({ accountId, examId: "a", occurredAt: day(3) })),
    );
    return ids;
  };
  const inForce = async (version: number) =>
    (await stores.trackVersions.find("org", { trackId: "t", version }))!;
  const find = async () => (await groupMoves.find("org", "t"))!;
  const decide = async () =>
    await groupMoves.decide(await find(), { by: "ada", at: day(9), reason: "Agreed." });
  const movedIds = async (ids: string[]) =>
    (await trackMoves.listForAccounts("org", ids)).map(({ accountId }) => accountId).sort();
  const entries = async () => {
    const found: AuditEntry[] = [];
    for await (const entry of audit.readAll("org", {})) found.push(entry);
    return found;
  };
  return {
    ...{ audit, groupMoves, stores, trackMoves, woken, openProcess, meet, publish },
    ...{ inForce, find, decide, movedIds, entries, close: database.close },
  };
}

describe("moving everybody to another version", () => {
  let scene: Awaited<ReturnType<typeof openScene>>;

  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(async () => {
    await scene.close();
  });

  it("shows what it would mean for each, and moves nobody before that was decided", async () => {
    const { decide, find, groupMoves, inForce, meet, movedIds, openProcess, publish } = scene;
    const ids = await meet(3);
    await scene.stores.facts.addAll([
      aFact({ accountId: "p0001", examId: "c", occurredAt: day(4) }),
    ]);
    await publish(allOf("g", examStep("a"), examStep("b"), examStep("c")), day(5));
    await openProcess().beginMove(await inForce(2), "ada");
    const move = await find();
    expect(move).to.deep.include({ version: 2, total: 3, looked: 3, finishedAt: day(9) });
    const { items } = await groupMoves.listFound(move, everyone);
    expect(items.map(({ learnerId, ownVersion, effect }) => [learnerId, ownVersion, effect]))
      // Who has passed the new course already has as much left as before.
      .to.deep.equal([
        ["p0000", 1, "farther"],
        ["p0001", 1, "same"],
        ["p0002", 1, "farther"],
      ]);
    expect(items[0]).to.deep.include({
      before: "1 of 2 steps done; Course b would complete this.",
      after: "1 of 3 steps done; Course b and Course c would complete this.",
    });
    expect(await groupMoves.countEffects(move)).to.deep.equal({ nearer: 0, same: 1, farther: 2 });
    await openProcess().goOnWithMove(track);
    expect(await movedIds(ids)).to.deep.equal([]);

    expect(await decide()).to.equal(true);
    expect(await decide(), "once").to.equal(false);
    await openProcess().goOnSoon(track);
    expect(await movedIds(ids)).to.deep.equal(ids);
    expect(await find()).to.deep.include({ moved: 3, doneAt: day(9) });
    const told = (await scene.entries()).map(({ action, actorId, reason, subject }) => [
      ...[action, actorId, reason, subject.id],
    ]);
    expect(told.sort()).to.deep.equal(
      ids.map((id) => ["learner-moved-to-version", "ada", "Agreed.", id]),
    );
  });

  it("goes on in another process where one was killed, each learner once and with an entry", async () => {
    const { decide, find, inForce, meet, movedIds, openProcess, publish, woken } = scene;
    const ids = await meet(320);
    await publish(allOf("g", examStep("a"), examStep("c")), day(5));
    const dying = (left: number) => {
      const kill = async () => {
        await Promise.resolve();
        throw new Crash();
      };
      let calls = 0;
      return openProcess({
        addOnce: async (entry) => {
          calls += 1;
          if (calls > left) throw new Crash();
          return await scene.audit.addOnce(entry);
        },
        ...(left === 0 ? { groupMoves: { advance: kill, advanceMoving: kill } } : {}),
      });
    };
    const survive = async (work: Promise<void>) => {
      await work.catch((error: unknown) => {
        expect(error).to.be.instanceOf(Crash);
      });
    };
    await survive(dying(0).beginMove(await inForce(2), "ada"));
    expect((await find()).looked).to.equal(0);
    await openProcess().sweepMoves(day(10), 5);
    expect(woken).to.deep.equal(["move-group"]);
    await Promise.all([openProcess().goOnWithMove(track), openProcess().goOnWithMove(track)]);
    expect(await find()).to.deep.include({ looked: 320, finishedAt: day(9) });
    await decide();
    for (const left of [0, 30, 150]) {
      await survive(dying(left).goOnWithMove(track));
      const moved = await movedIds(ids);
      expect(moved).to.have.length((await find()).moved);
      expect((await scene.entries()).map(({ subject }) => subject.id).sort()).to.deep.equal(moved);
    }
    expect((await find()).moved)
      .to.be.greaterThan(0)
      .and.lessThan(320);
    woken.length = 0;
    await openProcess().sweepMoves(day(10), 5);
    expect(woken).to.deep.equal(["move-group"]);
    await Promise.allSettled([
      openProcess().goOnWithMove(track),
      openProcess().goOnWithMove(track),
    ]);
    await openProcess().goOnWithMove(track);
    expect(await find()).to.deep.include({ moved: 320, doneAt: day(9) });
    expect(await movedIds(ids)).to.deep.equal(ids);
    expect(await scene.entries()).to.have.length(320);
    woken.length = 0;
    await openProcess().sweepMoves(day(10), 5);
    expect(woken).to.deep.equal([]);
  });

  it("leaves who was moved meanwhile as they are, and stops when another version is published", async () => {
    const { decide, find, inForce, meet, movedIds, openProcess, publish, trackMoves } = scene;
    const ids = await meet(250);
    await publish(allOf("g", examStep("a"), examStep("c")), day(5));
    await openProcess().beginMove(await inForce(2), "ada");
    await openProcess().goOnWithMove(track);
    await trackMoves.addAll([
      {
        ...{ id: "m", organisationId: "org", accountId: "p0000", trackId: "t", version: 2 },
        ...{ movedAt: day(8), movedBy: "bob", reason: "Asked for it." },
      },
    ]);
    await decide();
    // One batch, and then a newer version.
    let batches = 0;
    const once = openProcess({
      groupMoves: {
        advanceMoving: async (...given) => {
          batches += 1;
          if (batches > 1) throw new Crash();
          return await scene.groupMoves.advanceMoving(...given);
        },
      },
    });
    await once.goOnWithMove(track).catch(() => undefined);
    expect((await find()).moved).to.equal(99);
    await publish(allOf("g", examStep("a")), day(6));
    await openProcess().goOnWithMove(track);
    expect(await find()).to.deep.include({ moved: 99, doneAt: day(9) });
    expect(await movedIds(ids)).to.have.length(100);
    expect((await trackMoves.listForAccounts("org", ["p0000"]))[0]?.movedBy).to.equal("bob");
  });

  it("is not begun anew while it is under way, and is afterwards", async () => {
    const { decide, find, inForce, meet, openProcess, publish } = scene;
    await meet(150);
    await publish(allOf("g", examStep("a"), examStep("c")), day(5));
    await openProcess().beginMove(await inForce(2), "ada");
    const { id } = await find();
    await decide();
    await openProcess().beginMove(await inForce(2), "bob");
    expect(await find()).to.include({ id, startedBy: "ada" });
    await openProcess().goOnWithMove(track);
    await openProcess().beginMove(await inForce(2), "bob");
    expect((await find()).id).not.to.equal(id);
    expect((await scene.groupMoves.listFound(await find(), everyone)).total).to.equal(0);
  });
});
