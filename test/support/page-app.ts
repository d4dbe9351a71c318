import { fileURLToPath } from "node:url";
import express, { type Express, type Router } from "express";
import { contentSecurityPolicy } from "../../config/http-policy.js";
import { sessionIdOf } from "../../src/launch/session.js";
import type { Visit } from "../../src/launch/visit.js";
import { type Admit, createDoor } from "../../src/launch/visit.routes.js";
import { createLog } from "../../src/log.js";
import type { AccountStore } from "../../src/people/account-store.js";
import { assetRoutes } from "../../src/web/assets.js";
import { createErrorHandler, notFound } from "../../src/web/error-page.js";
import { createSecurityHeaders, nameRequest } from "../../src/web/security-headers.js";

const rootDir = fileURLToPath(new URL("../../", import.meta.url));

/** The form token of every visit in a page app. */
export const FORM_TOKEN = "form-token";

/** The cookie of somebody who is signed in as this visit's account. */
export const cookieOf = (visit: Visit): string => `__Host-rosette=${visit.account.id}`;

/**
 * Some routes behind the real door and the real headers, for visits that are simply there. How
 * visits come about is the launch's story and tested there.
 */
export function createPageApp(
  visits: Visit[],
  accounts: Pick<AccountStore, "findById">,
  routes: (admit: Admit) => Router,
): Express {
  const byLaunch = new Map(visits.map((visit) => [visit.launch.id, visit]));
  const forever = new Date("2100-01-01T00:00:00Z");
  const admit = createDoor({
    launches: {
      findVisit: async ({ sessionId, launchId }) => {
        const visit = byLaunch.get(launchId);
        if (visit === undefined || sessionIdOf(visit.account.id) !== sessionId) return undefined;
        const { launch, isAdministrator } = visit;
        const { organisationId, accountId, platformId } = launch;
        const account = await accounts.findById(organisationId, visit.account.id);
        const owner = { organisationId, accountId };
        return (
          account && {
            ...{ account, isGranted: isAdministrator, mayBeJoined: true },
            session: {
              ...{ ...owner, id: sessionId, launchId, lastSeenAt: new Date(), expiresAt: forever },
            },
            kept: {
              ...{ ...owner, id: launchId, platformId, launch, csrfToken: FORM_TOKEN },
              ...{ frameOrigins: ["https://lms.example"], expiresAt: forever },
            },
          }
        );
      },
      touchSession: async () => undefined,
    },
    now: () => new Date(),
  });

  const app = express();
  app.set("query parser", "simple");
  app.set("view engine", "ejs");
  app.set("views", `${rootDir}views`);
  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use(assetRoutes(rootDir));
  app.use(express.urlencoded({ extended: false }));
  app.use(routes(admit));
  app.use(notFound, createErrorHandler(createLog({ logLevel: "silent" })));
  return app;
}
