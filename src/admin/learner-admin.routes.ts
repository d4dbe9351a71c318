import { type Request, type Response, Router } from "express";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { readTranscript, type Transcript, type TranscriptNeeds } from "../hours/read-transcript.js";
import { readPeriod, transcriptCsv, transcriptView } from "../hours/transcript-page.js";
import { visitOf } from "../launch/visit.routes.js";
import { type PageOfNeeds, readPageOf } from "../learner/read-learner-page.js";
import type { AccountStore } from "../people/account-store.js";
import { learnerLabel } from "../people/account.js";
import type { ProfileStore } from "../people/profile-store.js";
import { queryText } from "../web/forms.js";
import { showPage } from "../web/page.js";
import { adminFrame, adminPath } from "./admin-frame.js";
import { found, idIn, showAdminPage } from "./admin-page.routes.js";
import { learnerPage } from "./learner-page.js";

export type LearnerNeeds = PageOfNeeds &
  TranscriptNeeds & {
    accounts: Pick<AccountStore, "findById" | "findLearners" | "listByIds">;
    eligibility: Pick<EligibilityStore, "listForAccounts" | "listProfessions">;
    profiles: Pick<ProfileStore, "listByIds">;
    makeTranscriptPdf: (transcript: Transcript, organisationId: string) => Promise<Buffer>;
  };

const ALL_TIME = { from: undefined, to: undefined };

/** One learner: tracks, awards, licences and hours. It is only read; deciding has its own pages. */
export function learnerAdminRoutes(needs: LearnerNeeds): Router {
  const router = Router();

  /** The learner behind an account of this organisation. */
  const findLearner = async (response: Response, id: string | undefined) => {
    const { organisationId } = visitOf(response).launch;
    const accountId = idIn(id ?? "");
    found(await needs.accounts.findById(organisationId, accountId));
    const [learner] = await needs.accounts.findLearners(organisationId, [accountId]);
    const { learnerId, accountIds } = found(learner);
    const profiles = await needs.profiles.listByIds(organisationId, accountIds);
    const name = profiles.find((profile) => profile.name !== undefined)?.name;
    return {
      ...{ organisationId, learnerId, accountIds, profiles },
      label: learnerLabel({ learnerId, name }),
    };
  };

  router.get("/learners/:accountId", async (request, response) => {
    const learner = await findLearner(response, request.params.accountId);
    const { organisationId, learnerId, accountIds, profiles, label } = learner;
    const about = { organisationId, accountIds, openCourseId: undefined };
    const [accounts, page, awards, eligibility, professions, transcript] = await Promise.all([
      needs.accounts.listByIds(organisationId, accountIds),
      readPageOf(needs, { ...about, onlooker: "administrator" }),
      needs.awards.listForLearners(organisationId, accountIds),
      needs.eligibility.listForAccounts(organisationId, accountIds),
      needs.eligibility.listProfessions(organisationId),
      readTranscript(needs, { organisationId, learnerId, period: ALL_TIME }),
    ]);
    const known = { learnerId, accounts, profiles, awards, page, professions, eligibility };
    showAdminPage(request, response, {
      ...{ view: "learner", title: label, area: "people" },
      page: learnerPage({ ...known, transcript }, needs.now()),
    });
  });

  const readHours = async (request: Request<{ accountId: string }>, response: Response) => {
    const learner = await findLearner(response, request.params.accountId);
    const { organisationId, learnerId } = learner;
    const period = readPeriod(queryText(request, "from"), queryText(request, "to"));
    const transcript = await readTranscript(needs, { organisationId, learnerId, period });
    return { ...learner, transcript };
  };

  router.get("/learners/:accountId/hours", async (request, response) => {
    const { learnerId, label, transcript } = await readHours(request, response);
    const visit = visitOf(response);
    const here = adminPath(visit, `/learners/${learnerId}`);
    showPage(response, "hours/transcript", {
      frame: adminFrame(visit, { title: `Hours of ${label}`, area: "people" }),
      page: {
        ...transcriptView(transcript),
        ...{ address: `${here}/hours`, back: { href: here, label } },
      },
    });
  });

  router.get("/learners/:accountId/hours.csv", async (request, response) => {
    const { transcript } = await readHours(request, response);
    response.attachment("hours.csv").type("text/csv; charset=utf-8");
    // With a mark, so that spreadsheets know the letters.
    response.send(`\uFEFF${transcriptCsv(transcript)}`);
  });

  router.get("/learners/:accountId/hours.pdf", async (request, response) => {
    const { transcript, organisationId } = await readHours(request, response);
    const pdf = await needs.makeTranscriptPdf(transcript, organisationId);
    response.attachment("hours.pdf").type("application/pdf");
    response.send(pdf);
  });

  return router;
}
