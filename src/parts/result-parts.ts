import type { Connection } from "mongoose";
import type { AuditStore } from "../audit/audit-store.js";
import { createInOneWrite } from "../database.js";
import type { ExamStore } from "../courses/exam-store.js";
import { allInTurn } from "../each-in-turn.js";
import type { EventStore } from "../events/event-store.js";
import type { Journey } from "../journey.js";
import type { AccountStore } from "../people/account-store.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { bindResults, countBound, sweepBindings } from "../results/bind-results.js";
import { createFileImports } from "../results/import-files.js";
import { makePushKey } from "../results/make-push-key.js";
import { createPushKeyStore } from "../results/push-key-store.js";
import { createResultImportStore } from "../results/result-import-store.js";
import { createWaitingResultStore } from "../results/waiting-result-store.js";
import type { SealedBox } from "../sealed-box.js";
import type { WorkQueue } from "../work/work-queue.js";

type Needs = {
  connection: Connection;
  sealedBox: SealedBox;
  now: () => Date;
  accounts: AccountStore;
  audit: AuditStore;
  exams: ExamStore;
  events: EventStore;
  facts: ExamFactStore;
  deployments: DeploymentStore;
  platforms: PlatformStore;
  journey: Pick<Journey, "recordResults">;
  work: Pick<WorkQueue, "handle" | "wake" | "wakeUnlessThere">;
};

/** What taking results from elsewhere needs, made once: the part of the parts for it. */
export function createResultParts(needs: Needs) {
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
  const resultImports = createResultImportStore(connection);
  const inOneWrite = createInOneWrite(connection);
  const files = createFileImports({ ...takeNeeds, imports: resultImports, inOneWrite });
  needs.work.handle("import-results", async ({ organisationId, importId = "" }) => {
    await files.goOnWithFile({ organisationId, id: importId });
  });
  return {
    ...stores,
    resultImports,
    ...files,
    /** For the endpoint that takes results. */
    resultIntake: takeNeeds,
    bindResults: async (decision: Parameters<typeof bindResults>[1]) =>
      await bindResults(takeNeeds, decision),
    countBound: async (organisationId: string, examName: string) =>
      await countBound(takeNeeds, organisationId, examName),
    makePushKey: async (wanted: Parameters<typeof makePushKey>[1]) =>
      await makePushKey(takeNeeds, wanted),
    sweepResults: async (about: { reach: "all" | "settled" }) => {
      await allInTurn(
        async () => {
          await sweepBindings(takeNeeds);
        },
        async () => {
          await files.sweepFiles(about);
        },
      );
    },
  };
}
