import type { Connection } from "mongoose";
import { createBackpackStore } from "../backpack/backpack-store.js";
import { createDeviceStore } from "../backpack/device-store.js";
import { createForeignBadgeStore } from "../backpack/foreign-badge-store.js";
import type { Log } from "../log.js";

/** What backpacks need, made once: the part of the parts for them. */
export const createBackpackParts = ({ connection, log }: { connection: Connection; log: Log }) => ({
  backpacks: createBackpackStore(connection),
  devices: createDeviceStore(connection),
  foreignBadges: createForeignBadgeStore(connection),
  noteFault: (error: unknown, about: { credentialId: string; suffix: string }): void => {
    log.error({ ...about, err: error }, "a form of a credential could not be made");
  },
});
