import type { Connection } from "mongoose";
import type { Settings } from "../config/environment.js";
import type { Log } from "./log.js";
import type { SealedBox } from "./sealed-box.js";

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
  const { settings, log, now } = foundation;
  return { settings, log, now };
}
