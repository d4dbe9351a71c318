import { join } from "node:path";
import express, { type Express } from "express";
import { bodyLimits, contentSecurityPolicy } from "../config/http-policy.js";
import { activityRoutes } from "./activities/activity.routes.js";
import { assessorRoutes } from "./activities/assessor.routes.js";
import { adminRoutes } from "./admin/admin.routes.js";
import { accountRoutes } from "./backpack/account.routes.js";
import { archiveRoutes } from "./backpack/archive.routes.js";
import { backpackRoutes } from "./backpack/backpack.routes.js";
import { foreignBadgeRoutes } from "./backpack/foreign-badge.routes.js";
import { holderIdRoutes } from "./backpack/holder-id.routes.js";
import { openingRoutes } from "./backpack/holder.routes.js";
import { publicBackpackRoutes } from "./backpack/public-backpack.routes.js";
import { catalogueRoutes } from "./credentials/catalogue.routes.js";
import { publicDocumentRoutes } from "./credentials/public-documents.routes.js";
import { examRoutes } from "./exams/exam.routes.js";
import { instructorRoutes } from "./instructor/instructor.routes.js";
import { reviewRoutes } from "./instructor/review.routes.js";
import { launchRoutes } from "./launch/launch.routes.js";
import { noticeRoutes } from "./launch/notice.routes.js";
import { visitRoutes } from "./launch/visit.routes.js";
import { eligibilityRoutes } from "./learner/eligibility.routes.js";
import { learnerRoutes } from "./learner/learner.routes.js";
import { menteeRoutes } from "./learner/mentee.routes.js";
import { trackRoutes } from "./learner/track.routes.js";
import { platformRoutes } from "./platforms/platforms.routes.js";
import { resultRoutes } from "./results/results.routes.js";
import { ownRecordRoutes } from "./backpack/own-record.routes.js";
import { learnerRecordRoutes } from "./credentials/learner-record.routes.js";
import { openBadge2Routes } from "./credentials/open-badge-2.routes.js";
import { hourRoutes } from "./hours/hours.routes.js";
import type { Services } from "./services.js";
import { statusListRoutes } from "./status-lists/status-list.routes.js";
import {
  credentialPageRoutes,
  ownCredentialRoutes,
} from "./verification/credential-pages.routes.js";
import { verifyRoutes } from "./verification/verify.routes.js";
import { assetRoutes } from "./web/assets.js";
import { createErrorHandler, notFound } from "./web/error-page.js";
import { healthRoutes } from "./web/health.js";
import { limitRequests } from "./web/limit-requests.js";
import { createSecurityHeaders, nameRequest } from "./web/security-headers.js";

/**
 * The HTTP application: middleware order and mounts, nothing else.
 * @param rootDir folder that holds `views/`, `styles/` and `public/`
 */
export function createApp(services: Services, rootDir: string): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", services.settings.trustProxyHops);
  app.set("query parser", "simple");
  app.set("view engine", "ejs");
  app.set("views", join(rootDir, "views"));
  app.enable("view cache");

  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use(healthRoutes(services));
  app.use(assetRoutes(rootDir));
  app.use(limitRequests(services.countRequest));
  const { formBytes: limit, formFields: parameterLimit } = bodyLimits;
  app.use(resultRoutes(services.resultIntake));
  app.use(express.urlencoded({ extended: false, limit, parameterLimit }));
  // Elsewhere forms are text: no page of ours sends JSON, and JSON could bring operators.
  app.use(["/lti/notices", "/verify"], express.json({ limit: bodyLimits.jsonBytes }));

  app.use(statusListRoutes(services), publicDocumentRoutes(services));
  app.use(learnerRecordRoutes(services), openBadge2Routes(services));
  app.use(credentialPageRoutes(services), verifyRoutes(services));

  app.use(platformRoutes(services.registration));
  app.use(launchRoutes(services.signIn), noticeRoutes(services));
  app.use(visitRoutes(services.visits));
  app.use("/l/:launchId/admin", adminRoutes(services.panel));
  app.use(hourRoutes(services));
  app.use(assessorRoutes(services), activityRoutes(services));
  app.use(examRoutes(services), learnerRoutes(services), trackRoutes(services));
  app.use(eligibilityRoutes(services));
  app.use(menteeRoutes(services), instructorRoutes(services), reviewRoutes(services));
  app.use(ownCredentialRoutes(services));
  app.use(catalogueRoutes(services));
  app.use(
    openingRoutes(services),
    backpackRoutes(services),
    ownRecordRoutes(services),
    archiveRoutes(services),
    accountRoutes(services),
    holderIdRoutes(services),
    foreignBadgeRoutes(services),
    publicBackpackRoutes(services),
  );

  app.use(notFound, createErrorHandler(services.log));
  return app;
}
