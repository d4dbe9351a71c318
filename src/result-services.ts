import type { Connection } from "mongoose";
import type { ExamStore } from "./courses/exam-store.js";
import type { EventStore } from "./events/event-store.js";
import type { Journey } from "./journey.js";
import type { AccountStore } from "./people/account-store.js";
import type { DeploymentStore } from "./platforms/deployment-store.js";
import type { PlatformStore } from "./platforms/platform-store.js";
import type { ExamFactStore } from "./progress/exam-fact-store.js";
import { bindResults, sweepBindings } from "./results/bind-results.js";
import { makePushKey } from "./results/make-push-key.js";
import { createPushKeyStore } from "./results/push-key-store.js";
import { createWaitingResultStore } from "./results/waiting-result-store.js";
import type { SealedBox } from "./sealed-box.js";

type Needs = {
  connection: Connection;
  sealedBox: SealedBox;
  now: () => Date;
  accounts: AccountStore;
  exams: ExamStore;
  events: EventStore;
  facts: ExamFactStore;
  deployments: DeploymentStore;
  platforms: PlatformStore;
  journey: Pick<Journey, "recordResults">;
};

/** What taking results from elsewhere needs, made once: the part of the services for it. */
export function createResultServices(needs: Needs) {
  const { connection, deployments, journey, platforms } = needs;
  const stores = {
    pushKeys: createPushKeyStore(connection),
    waitingResults: createWaitingResultStore(connection),
  };
  const takeNeeds = {
    ...needs,
    ...stores,
    recordResults: journey.recordResults,
    listIssuers: async (organisationId: string) =>
      await platforms.listIssuers(
        organisationId,
        await deployments.listPlatformIds(organisationId),
      ),
  };
  return {
    ...stores,
    /** For the endpoint that takes results. */
    resultIntake: takeNeeds,
    bindResults: async (decision: Parameters<typeof bindResults>[1]) =>
      await bindResults(takeNeeds, decision),
    makePushKey: async (wanted: Parameters<typeof makePushKey>[1]) =>
      await makePushKey(takeNeeds, wanted),
    sweepResults: async () => {
      await sweepBindings(takeNeeds);
    },
  };
}
