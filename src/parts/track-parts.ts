import type { Connection } from "mongoose";
import { createGroupMoveStore } from "../awards/group-move-store.js";
import { createTrackTrialStore } from "../awards/track-trial-store.js";
import { createInOneWrite } from "../database.js";
import { createMoveJourney, type GroupMoveNeeds } from "../move-journey.js";
import { createTrialJourney, type TrialNeeds } from "../trial-journey.js";
import type { WorkQueue } from "../work/work-queue.js";

type Needs = Omit<TrialNeeds, "trials"> &
  Omit<GroupMoveNeeds, "groupMoves" | "inOneWrite"> & {
    connection: Connection;
    work: Pick<WorkQueue, "handle" | "wake" | "wakeUnlessThere">;
  };

/** Younger walks are left to whoever has just begun them. */
const SWEEP_AFTER_MS = 60_000;
const SWEEP_LIMIT = 100;

/** What publishing tracks needs, made once: the part of the parts for it. */
export function createTrackParts(needs: Needs) {
  const trials = createTrackTrialStore(needs.connection);
  const journey = createTrialJourney({ ...needs, trials });
  needs.work.handle("try-out-track", async ({ organisationId, trackId = "" }) => {
    await journey.goOnWithTrial({ organisationId, trackId });
  });
  const groupMoves = createGroupMoveStore(needs.connection);
  const inOneWrite = createInOneWrite(needs.connection);
  const moving = createMoveJourney({ ...needs, groupMoves, inOneWrite });
  needs.work.handle("move-group", async ({ organisationId, trackId = "" }) => {
    await moving.goOnWithMove({ organisationId, trackId });
  });
  return {
    ...{ trials, groupMoves },
    beginTrial: journey.beginTrial,
    ...{ beginMove: moving.beginMove, goOnWithMoveSoon: moving.goOnSoon },
    sweepTrials: async ({ reach }: { reach: "all" | "settled" }) => {
      const graceMs = reach === "all" ? 0 : SWEEP_AFTER_MS;
      const before = new Date(needs.now().getTime() - graceMs);
      await journey.sweepTrials(before, SWEEP_LIMIT);
      await moving.sweepMoves(before, SWEEP_LIMIT);
    },
  };
}
