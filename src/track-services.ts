import type { Connection } from "mongoose";
import { createTrackTrialStore } from "./awards/track-trial-store.js";
import { createTrialJourney, type TrialNeeds } from "./trial-journey.js";
import type { WorkQueue } from "./work/work-queue.js";

type Needs = Omit<TrialNeeds, "trials"> & {
  connection: Connection;
  work: Pick<WorkQueue, "handle" | "wake" | "wakeUnlessThere">;
};

/** Younger walks are left to whoever has just begun them. */
const SWEEP_AFTER_MS = 60_000;
const SWEEP_LIMIT = 100;

/** What publishing tracks needs, made once: the part of the services for it. */
export function createTrackServices(needs: Needs) {
  const trials = createTrackTrialStore(needs.connection);
  const journey = createTrialJourney({ ...needs, trials });
  needs.work.handle("try-out-track", async ({ organisationId, trackId = "" }) => {
    await journey.goOnWithTrial({ organisationId, trackId });
  });
  return {
    trials,
    beginTrial: journey.beginTrial,
    sweepTrials: async ({ reach }: { reach: "all" | "settled" }) => {
      const graceMs = reach === "all" ? 0 : SWEEP_AFTER_MS;
      await journey.sweepTrials(new Date(needs.now().getTime() - graceMs), SWEEP_LIMIT);
    },
  };
}
