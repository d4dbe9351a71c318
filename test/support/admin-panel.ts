import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import { readEnvironment } from "../../config/environment.js";
import { contentSecurityPolicy } from "../../config/http-policy.js";
import { adminRoutes } from "../../src/admin/admin.routes.js";
import { buildIndexes } from "../../src/database.js";
import { visitOf } from "../../src/launch/visit.routes.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { newId } from "../../src/stored-record.js";
import { assetRoutes } from "../../src/web/assets.js";
import { createErrorHandler, notFound } from "../../src/web/error-page.js";
import { createSecurityHeaders, nameRequest } from "../../src/web/security-headers.js";
import { openTestDatabase } from "./test-database.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

/** An administrator of an organisation, let in without a launch. */
export type PanelVisit = { organisationId: string; accountId: string; launchId: string };

export type Panel = Awaited<ReturnType<typeof openPanel>>;

/**
 * The administrator's panel over the real parts, with a door that lets in who was announced:
 * what the pages do, apart from how one gets there.
 * @param instead what a test puts in the place of a service
 */
export async function openPanel(
  now: () => Date = () => new Date(),
  instead: Partial<Parameters<typeof adminRoutes>[0]> = {},
) {
  const database = await openTestDatabase();
  const { connection } = database;
  const settings = readEnvironment({ NODE_ENV: "test", LOG_LEVEL: "silent" });
  const log = createLog(settings);
  const sealedBox = createSealedBox("ab".repeat(32));
  const parts = createParts({ connection, settings, log, sealedBox, now });
  await buildIndexes(connection);

  const visits = new Map<string, PanelVisit>();
  const app: Express = express();
  app.set("view engine", "ejs");
  app.set("views", join(rootDir, "views"));
  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use(assetRoutes(rootDir));
  app.use(express.urlencoded({ extended: false }));
  app.use(
    "/l/:launchId/admin",
    adminRoutes({
      ...parts.panel,
      ...instead,
      admit: (_door, readBody) => async (request, response, next) => {
        const visit = visits.get(String(request.params["launchId"]));
        if (visit === undefined) throw new Error("no such visit in this test");
        const { organisationId, accountId, launchId } = visit;
        response.locals["csrfToken"] = "token";
        response.locals["visit"] = {
          launch: { id: launchId, organisationId },
          account: { id: accountId, organisationId },
          learnerId: accountId,
          isAdministrator: true,
        };
        await readBody?.(request, { visit: visitOf(response), checkToken: () => undefined });
        next();
      },
    }),
  );
  app.use(notFound, createErrorHandler(log));

  return {
    app,
    stores: {
      ...{ ...parts.panel, work: parts.work },
      publishTrack: parts.journey.publishTrack,
    },
    stopThreads: parts.stopThreads,
    connection,
    submitLicence: parts.submitLicence,
    close: async () => {
      await database.close();
    },
    /** A new organisation with its administrator; the address of their panel. */
    async enter(name = "Ada Admin"): Promise<PanelVisit & { panel: string }> {
      const { accounts, profiles, grants } = parts.panel;
      const organisationId = newId();
      const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
      const { id } = await accounts.findOrCreate(key, now());
      await profiles.noteFromLms({ id, organisationId, name, email: "ada@example.org" });
      await grants.addOnce({ id, organisationId, grantedBy: undefined, grantedAt: now() });
      const visit = { organisationId, accountId: id, launchId: newId() };
      visits.set(visit.launchId, visit);
      return { ...visit, panel: `/l/${visit.launchId}/admin` };
    },
  };
}
