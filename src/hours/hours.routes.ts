import { type Request, type Response, Router } from "express";
import type { Visit } from "../launch/visit.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import { queryText } from "../web/forms.js";
import { type PageFrame, showPage } from "../web/page.js";
import { readTranscript, type Transcript, type TranscriptNeeds } from "./read-transcript.js";
import { readPeriod, transcriptCsv, transcriptView } from "./transcript-page.js";

type Needs = TranscriptNeeds & {
  admit: Admit;
  frameOf: (visit: Visit, title: string) => PageFrame;
  makeTranscriptPdf: (transcript: Transcript, organisationId: string) => Promise<Buffer>;
};

/** A learner's own hours: everybody sees their own and nobody else's. */
export function hourRoutes(needs: Needs): Router {
  const router = Router();

  const read = async (request: Request, response: Response) => {
    const { launch, learnerId } = visitOf(response);
    const period = readPeriod(queryText(request, "from"), queryText(request, "to"));
    const { organisationId } = launch;
    return await readTranscript(needs, { organisationId, learnerId, period });
  };

  router.get("/l/:launchId/hours", needs.admit("anyone"), async (request, response) => {
    const visit = visitOf(response);
    showPage(response, "hours/transcript", {
      frame: needs.frameOf(visit, "My hours"),
      page: {
        ...transcriptView(await read(request, response)),
        ...{ address: `/l/${visit.launch.id}/hours`, back: undefined },
      },
    });
  });

  router.get("/l/:launchId/hours.csv", needs.admit("anyone"), async (request, response) => {
    const csv = transcriptCsv(await read(request, response));
    response.attachment("hours.csv").type("text/csv; charset=utf-8");
    // With a mark, so that spreadsheets know the letters.
    response.send(`\uFEFF${csv}`);
  });

  router.get("/l/:launchId/hours.pdf", needs.admit("anyone"), async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const transcript = await read(request, response);
    const pdf = await needs.makeTranscriptPdf(transcript, organisationId);
    response.attachment("hours.pdf").type("application/pdf");
    response.send(pdf);
  });

  return router;
}
