import { type RequestHandler, Router } from "express";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import { ToolError } from "../errors.js";
import type { AttemptStore } from "../exams/attempt-store.js";
import { findExamOpening } from "../exams/find-exam-opening.js";
import type { Door, Visit } from "../launch/visit.js";
import { visitOf } from "../launch/visit.routes.js";
import { visitFrame } from "../learner/visit-frame.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerIdOf, learnerLabel } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import { showPage } from "../web/page.js";
import { type ReviewPage, reviewPage } from "./review-page.js";

type Needs = {
  admit: (door: Door) => RequestHandler;
  exams: Pick<ExamStore, "findById">;
  offerings: Pick<OfferingStore, "findByContext">;
  accounts: Pick<AccountStore, "findBySub">;
  profiles: Pick<ProfileStore, "listByIds">;
  attempts: Pick<AttemptStore, "list">;
};

/**
 * The work that a submission review launch asks for: of that learner, in the exam of that link,
 * in the instructor's own LMS course. Everything else is not found.
 */
async function readReview(needs: Needs, visit: Visit): Promise<ReviewPage> {
  const { message, forUserSub: sub, organisationId, issuer, custom } = visit.launch;
  if (message !== "submission-review" || sub === undefined) throw new ToolError("not-found");
  const found = await findExamOpening(needs, visit, custom["rosette_exam"] ?? "");
  if (found.kind === "closed") throw new ToolError("not-found");
  const { exam, opening } = found;
  const account = await needs.accounts.findBySub({ organisationId, issuer, sub });
  if (account === undefined) return reviewPage({ learner: "This learner", exam, attempts: [] });
  const [profiles, attempts] = await Promise.all([
    needs.profiles.listByIds(organisationId, [account.id]),
    needs.attempts.list({ organisationId, accountId: account.id, examId: exam.id }),
  ]);
  return reviewPage({
    learner: learnerLabel({ learnerId: learnerIdOf(account), name: profiles[0]?.name }),
    exam,
    attempts: attempts.filter(({ offeringId }) => offeringId === opening.offering.id),
  });
}

/** A learner's attempt, opened by an instructor from the LMS gradebook (LTI Submission Review 1.0). */
export function reviewRoutes(needs: Needs): Router {
  const router = Router();
  router.get("/l/:launchId/review", needs.admit("instructor"), async (_request, response) => {
    const visit = visitOf(response);
    const page = await readReview(needs, visit);
    const title = `${page.examTitle}: ${page.learner}`;
    showPage(response, "instructor/review", { frame: visitFrame(visit, { title }), page });
  });
  return router;
}
