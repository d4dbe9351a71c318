import { effectOf, type GroupMove } from "./awards/group-move.js";
import type { GroupMoveStore } from "./awards/group-move-store.js";
import { type BegunNeeds, countBegun, listBegun } from "./awards/list-begun.js";
import { moveLearners, type MoveNeeds } from "./awards/move-learners.js";
import type { InOneWrite } from "./database.js";
import { newId } from "./stored-record.js";
import type { TrackVersion } from "./tracks/track.js";
import type { TrackStore } from "./tracks/track-store.js";
import type { TrackVersionStore } from "./tracks/track-version-store.js";
import type { WorkQueue } from "./work/work-queue.js";

export type GroupMoveNeeds = BegunNeeds &
  MoveNeeds & {
    groupMoves: GroupMoveStore;
    inOneWrite: InOneWrite;
    tracks: Pick<TrackStore, "findById">;
    trackVersions: Pick<TrackVersionStore, "find">;
    work: Pick<WorkQueue, "wake" | "wakeUnlessThere">;
    now: () => Date;
  };

type OneTrack = { organisationId: string; trackId: string };

/** So many learners are looked at, or moved, together. */
const BATCH = 100;
/** So many batches one job does; the next goes on. */
const BATCHES_PER_JOB = 50;

/**
 * Moving everybody who began a track earlier to the version in force: first a durable walk over
 * them that shows what it would mean for each, then, once that was seen and decided, the moving.
 */
export function createMoveJourney(needs: GroupMoveNeeds) {
  const { groupMoves, work } = needs;

  /** The version in force, if it is still the one that a move is about. */
  async function findInForce(move: OneTrack & { version?: number }) {
    const { organisationId, trackId } = move;
    const track = await needs.tracks.findById(organisationId, trackId);
    const { publishedVersion: version = 0 } = track ?? {};
    if (version !== (move.version ?? version)) return undefined;
    return await needs.trackVersions.find(organisationId, { trackId, version });
  }

  async function lookAtBatch(move: GroupMove): Promise<void> {
    const { id: walkId, organisationId, after } = move;
    const at = needs.now();
    const inForce = await findInForce(move);
    if (inForce === undefined) {
      // What was looked at is about nothing any more.
      await groupMoves.advance(move, { found: [], looked: 0, next: undefined, at });
      return;
    }
    const { begun, looked, next } = await listBegun(needs, { inForce, after, limit: BATCH });
    const found = begun.map(({ learner, own, before, after: then }) => ({
      ...{ id: newId(), organisationId, walkId, learnerId: learner.learnerId },
      ...{ ownVersion: own.version, before: before.sentence, after: then.sentence },
      effect: effectOf(before, then),
    }));
    await groupMoves.advance(move, { found, looked, next, at });
  }

  async function moveBatch(
    move: GroupMove,
    { by: movedBy, reason }: NonNullable<GroupMove["decision"]>,
  ): Promise<void> {
    const at = needs.now();
    const members = await groupMoves.listNext(move, BATCH);
    const behind = members.at(-1)?.learnerId;
    const inForce = await findInForce(move);
    if (behind === undefined || inForce === undefined) {
      await groupMoves.noteDone(move, at);
      return;
    }
    // Whoever has finished, or was moved, since they were looked at is left as they are.
    const onlyIds = members.map(({ learnerId }) => learnerId);
    const { begun } = await listBegun(needs, { inForce, limit: BATCH, onlyIds });
    await needs.inOneWrite(async () => {
      const batch = { behind, moved: begun.length, at };
      if (await groupMoves.advanceMoving(move, batch))
        await moveLearners(needs, begun, { inForce, movedBy, reason, at });
    });
    if (members.length < BATCH) await groupMoves.noteDone(move, at);
  }

  /** One batch of whatever is to be done; false when nothing is. */
  async function goOnOnce({ organisationId, trackId }: OneTrack): Promise<boolean> {
    const move = await groupMoves.find(organisationId, trackId);
    if (move === undefined) return false;
    if (move.finishedAt === undefined) await lookAtBatch(move);
    else if (move.decision !== undefined && move.doneAt === undefined)
      await moveBatch(move, move.decision);
    else return false;
    return true;
  }

  const jobOf = ({ organisationId, trackId }: OneTrack) => ({
    ...{ key: trackId, organisationId, trackId },
  });

  /** A first batch at once, so that who moves a few sees what became of it; a job does the rest. */
  async function goOnSoon(about: OneTrack): Promise<void> {
    await goOnOnce(about);
    if (await goOnOnce(about)) await work.wakeUnlessThere("move-group", jobOf(about));
  }

  return {
    /** Begins to look what moving everybody would mean, unless they are being moved just now. */
    async beginMove(inForce: TrackVersion, startedBy: string): Promise<void> {
      const { organisationId, trackId, version } = inForce;
      const now = needs.now();
      await groupMoves.begin({
        ...{ id: newId(), organisationId, trackId, version, startedBy },
        total: await countBegun(needs, inForce),
        ...{ looked: 0, after: "", startedAt: now, touchedAt: now, movedBehind: "", moved: 0 },
      });
      await goOnSoon(inForce);
    },

    /** A move was decided: begins with it. */
    goOnSoon,

    /** Goes on with looking, or moving, for a while. Any number of processes come to the same. */
    async goOnWithMove(about: OneTrack): Promise<void> {
      for (let batch = 0; batch < BATCHES_PER_JOB; batch += 1) if (!(await goOnOnce(about))) return;
      await work.wake("move-group", jobOf(about));
    },

    /** Finds what a process that died has left. */
    async sweepMoves(before: Date, limit: number): Promise<void> {
      const left = [
        ...(await groupMoves.listUnfinished(before, limit)),
        ...(await groupMoves.listUnderWay(before, limit)),
      ];
      for (const move of left) await work.wakeUnlessThere("move-group", jobOf(move));
    },
  };
}
