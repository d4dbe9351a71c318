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
import type { Parts } from "./parts/parts.js";
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
export function createApp(parts: Parts, rootDir: string): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", parts.settings.trustProxyHops);
  app.set("query parser", "simple");
  app.set("view engine", "ejs");
  app.set("views", join(rootDir, "views"));
  app.enable("view cache");

  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use(healthRoutes(parts));
  app.use(assetRoutes(rootDir));
  app.use(limitRequests(parts.countRequest));
  const { formBytes: limit, formFields: parameterLimit } = bodyLimits;
  app.use(resultRoutes(parts.resultIntake));
  app.use(express.urlencoded({ extended: false, limit, parameterLimit }));
  // Elsewhere forms are text: no page of ours sends JSON, and JSON could bring operators.
  app.use(["/lti/notices", "/verify"], express.json({ limit: bodyLimits.jsonBytes }));

  app.use(statusListRoutes(parts), publicDocumentRoutes(parts));
  app.use(learnerRecordRoutes(parts), openBadge2Routes(parts));
  app.use(credentialPageRoutes(parts), verifyRoutes(parts));

  app.use(platformRoutes(parts.registration));
  app.use(launchRoutes(parts.signIn), noticeRoutes(parts));
  app.use(visitRoutes(parts.visits));
  app.use("/l/:launchId/admin", adminRoutes(parts.panel));
  app.use(hourRoutes(parts));
  app.use(assessorRoutes(parts), activityRoutes(parts));
  app.use(examRoutes(parts), learnerRoutes(parts), trackRoutes(parts));
  app.use(eligibilityRoutes(parts));
  app.use(menteeRoutes(parts), instructorRoutes(parts), reviewRoutes(parts));
  app.use(ownCredentialRoutes(parts));
  app.use(catalogueRoutes(parts));
  app.use(
    openingRoutes(parts),
    backpackRoutes(parts),
    ownRecordRoutes(parts),
    archiveRoutes(parts),
    accountRoutes(parts),
    holderIdRoutes(parts),
    foreignBadgeRoutes(parts),
    publicBackpackRoutes(parts),
  );

  app.use(notFound, createErrorHandler(parts.log));
  return app;
}
