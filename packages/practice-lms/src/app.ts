import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { authorizationRoutes } from "./authorization.routes.js";
import { coursePageRoutes } from "./course-pages.routes.js";
import { deepLinkingRoutes } from "./deep-linking.routes.js";
import { gradebookPageRoutes } from "./gradebook-pages.routes.js";
import { launchPageRoutes } from "./launch-pages.routes.js";
import { lineItemRoutes } from "./line-items.routes.js";
import type { LmsState } from "./lms-state.js";
import { membershipRoutes } from "./memberships.routes.js";
import { noticeRoutes } from "./notices.routes.js";
import { publicFolder, sendProblem } from "./pages.js";
import { platformRoutes } from "./platform.routes.js";
import { registrationRoutes } from "./registration.routes.js";
import { scoreRoutes } from "./scores.routes.js";
import { signInRoutes } from "./sign-in.routes.js";
import { tokenRoutes } from "./token.routes.js";
import { toolPageRoutes } from "./tool-pages.routes.js";

// Tools live anywhere, so frames may show and forms may post to any address.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "frame-src *",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join("; ");

export function createApp(lms: LmsState): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    response.set({
      "Content-Security-Policy": contentSecurityPolicy,
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "X-Content-Type-Options": "nosniff",
    });
    next();
  });
  app.use("/assets", express.static(publicFolder));
  app.use(platformRoutes(lms), registrationRoutes(lms), authorizationRoutes(lms));
  app.use(tokenRoutes(lms), lineItemRoutes(lms), scoreRoutes(lms), membershipRoutes(lms));
  app.use(deepLinkingRoutes(lms), noticeRoutes(lms));
  app.use(signInRoutes(lms), coursePageRoutes(lms), launchPageRoutes(lms));
  app.use(gradebookPageRoutes(lms), toolPageRoutes(lms));
  app.use(async (_request: Request, response: Response) => {
    await sendProblem(response, {
      schoolName: lms.name,
      status: 404,
      title: "This page does not exist",
      because: "Perhaps the address has a typing mistake, or the page was removed.",
    });
  });
  // eslint-disable-next-line max-params -- Express knows an error handler by its four parameters.
  app.use(async (error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    const isOurMistake = status >= 500 || !(error instanceof Error);
    await sendProblem(response, {
      schoolName: lms.name,
      status,
      title: "Something went wrong",
      because: isOurMistake ? "The learning site made a mistake. Try again." : error.message,
    });
    if (isOurMistake) console.error(error);
  });
  return app;
}

/** Body parsers throw errors that carry the right status; everything else is our mistake. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" ? status : 500;
}
