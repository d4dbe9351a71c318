import type { Connection } from "mongoose";
import type { AccountStore } from "../people/account-store.js";
import { createErasedPersonStore, withoutErased } from "../people/erased-person-store.js";
import { createErasureStore } from "../people/erasure-store.js";
import { createPersonalDataStore } from "../people/personal-data-store.js";
import { createErasureJourney, type ErasureNeeds } from "../erasure-journey.js";
import type { SealedBox } from "../sealed-box.js";
import type { WorkQueue } from "../work/work-queue.js";

/** The accounts of people who are here: who deleted theirs comes back by a launch alone. */
export function createPeople(needs: {
  connection: Connection;
  sealedBox: SealedBox;
  accounts: AccountStore;
}) {
  const erasedPeople = createErasedPersonStore(needs.connection, needs.sealedBox);
  return { erasedPeople, accounts: withoutErased(needs.accounts, erasedPeople) };
}

type JourneyNeeds = Omit<ErasureNeeds, "erasures" | "personalData" | "work"> & {
  connection: Connection;
  work: WorkQueue;
};

/** What deleting an account needs, made once; and the background work on it. */
export function createErasureParts({ connection, ...needs }: JourneyNeeds) {
  const erasures = createErasureStore(connection);
  const personalData = createPersonalDataStore(connection);
  const journey = createErasureJourney({ ...needs, erasures, personalData });
  needs.work.handle("erase-account", async ({ key }) => {
    await journey.eraseAccount(key);
  });
  return { erasures, ...journey };
}
