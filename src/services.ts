import type { Connection } from "mongoose";
import type { Settings } from "../config/environment.js";
import { createEventStore } from "./events/event-store.js";
import type { Log } from "./log.js";
import type { SealedBox } from "./sealed-box.js";
import { createWorkQueue } from "./work/work-queue.js";

/** What the process hands to the composition root. */
export type Foundation = {
  connection: Connection;
  settings: Settings;
  log: Log;
  sealedBox: SealedBox;
  now: () => Date;
};

/** Everything the routes and jobs need, made once. No container: read it top to bottom. */
export type Services = ReturnType<typeof createServices>;

export function createServices(foundation: Foundation) {
  const { connection, settings, log, now } = foundation;
  const events = createEventStore(connection);
  const work = createWorkQueue({ connection, log });

  return {
    settings,
    log,
    now,
    events,
    work,

    /** Whether requests can be served: the store answers. */
    isReady: async () => (await connection.db?.admin().ping())?.["ok"] === 1,
  };
}
