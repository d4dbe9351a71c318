import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Express } from "express";
import { adminRoutes } from "../../src/admin/admin.routes.js";
import { createAwardStore } from "../../src/awards/award-store.js";
import { createCourseStore } from "../../src/courses/course-store.js";
import { createExamStore } from "../../src/courses/exam-store.js";
import { createOfferingStore } from "../../src/courses/offering-store.js";
import { createCredentialStore } from "../../src/credentials/credential-store.js";
import { buildIndexes } from "../../src/database.js";
import { createEventStore } from "../../src/events/event-store.js";
import { createLog } from "../../src/log.js";
import { createAccountStore } from "../../src/people/account-store.js";
import { createAdministratorGrantStore } from "../../src/people/administrator-grant-store.js";
import { makeCode, makeLink } from "../../src/people/make-code.js";
import { createOneTimeCodeStore } from "../../src/people/one-time-code-store.js";
import { createProfileStore } from "../../src/people/profile-store.js";
import { createDeploymentStore } from "../../src/platforms/deployment-store.js";
import { createPlatformStore } from "../../src/platforms/platform-store.js";
import { newId } from "../../src/stored-record.js";
import { publishTrack } from "../../src/tracks/publish-track.js";
import { createTrackStore } from "../../src/tracks/track-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import { createErrorHandler, notFound } from "../../src/web/error-page.js";
import { createSecurityHeaders, nameRequest } from "../../src/web/security-headers.js";
import { createWorkQueue } from "../../src/work/work-queue.js";
import { contentSecurityPolicy } from "../../config/http-policy.js";
import { openTestDatabase } from "./test-database.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

/** An administrator of an organisation, let in without a launch. */
export type PanelVisit = { organisationId: string; accountId: string; launchId: string };

export type Panel = Awaited<ReturnType<typeof openPanel>>;

/**
 * The administrator's panel over real stores, with a door that lets in who is announced: what
 * the pages do, apart from how one gets there.
 */
export async function openPanel(now: () => Date = () => new Date()) {
  const database = await openTestDatabase();
  const { connection } = database;
  const log = createLog({ logLevel: "silent" });
  const stores = {
    accounts: createAccountStore(connection),
    awards: createAwardStore(connection),
    courses: createCourseStore(connection),
    credentials: createCredentialStore(connection),
    deployments: createDeploymentStore(connection),
    events: createEventStore(connection),
    exams: createExamStore(connection),
    grants: createAdministratorGrantStore(connection),
    offerings: createOfferingStore(connection),
    platforms: createPlatformStore(connection),
    profiles: createProfileStore(connection),
    tracks: createTrackStore(connection),
    trackVersions: createTrackVersionStore(connection),
    work: createWorkQueue({ connection, log }),
  };
  const codes = createOneTimeCodeStore(connection);
  await buildIndexes(connection);

  const visits = new Map<string, PanelVisit>();
  const app: Express = express();
  app.set("view engine", "ejs");
  app.set("views", join(rootDir, "views"));
  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use("/assets", express.static(join(rootDir, "public")));
  app.use(express.urlencoded({ extended: false }));
  app.use(
    "/l/:launchId/admin",
    adminRoutes({
      ...stores,
      now,
      admit: () => (request, response, next) => {
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
        next();
      },
      publishTrack: async (wanted) => await publishTrack({ ...stores, now }, wanted),
      grantAdministrator: async ({ organisationId, accountId, grantedBy }) =>
        await stores.grants.addOnce({ id: accountId, organisationId, grantedBy, grantedAt: now() }),
      revokeAdministrator: async ({ organisationId, accountId }) => {
        if ((await stores.grants.list(organisationId)).length < 2) return "last-one";
        const outcome = await stores.grants.remove(organisationId, accountId);
        return outcome === "removed" ? "revoked" : "not-there";
      },
      makeAdministratorCode: async (wanted) =>
        await makeCode({ codes, now }, { purpose: "administrator", ...wanted }),
      approveName: async ({ organisationId, accountId, name }) =>
        await stores.profiles.approveName(organisationId, accountId, name),
      declineName: async ({ organisationId, accountId, name }) =>
        await stores.profiles.declineName(organisationId, accountId, name),
      approveDeployment: async ({ organisationId, deploymentRecordId }) =>
        await stores.deployments.approve(organisationId, deploymentRecordId),
      invitePlatform: async (wanted) => {
        const link = await makeLink({ codes, now }, { purpose: "platform-invitation", ...wanted });
        return { url: `http://localhost/lti/register?invitation=${link.token}`, ...link };
      },
      toolAddresses: [{ id: "login", label: "Login address", value: "http://localhost/lti/login" }],
    }),
  );
  app.use(notFound, createErrorHandler(log));

  return {
    app,
    stores,
    close: async () => {
      await database.close();
    },
    /** A new organisation with its administrator; the address of their panel. */
    async enter(name = "Ada Admin"): Promise<PanelVisit & { panel: string }> {
      const organisationId = newId();
      const issuer = "https://lms.example.org";
      const key = { organisationId, issuer, sub: newId() };
      const account = await stores.accounts.findOrCreate(key, now());
      await stores.profiles.noteFromLms({
        id: account.id,
        organisationId,
        name,
        email: "ada@example.org",
      });
      await stores.grants.addOnce({
        id: account.id,
        organisationId,
        grantedBy: undefined,
        grantedAt: now(),
      });
      const visit = { organisationId, accountId: account.id, launchId: newId() };
      visits.set(visit.launchId, visit);
      return { ...visit, panel: `/l/${visit.launchId}/admin` };
    },
  };
}
