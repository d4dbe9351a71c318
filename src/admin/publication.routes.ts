import { type Request, type Response, Router } from "express";
import type { AwardStore } from "../awards/award-store.js";
import type { TrackTrial } from "../awards/track-trial.js";
import type { TrackTrialStore } from "../awards/track-trial-store.js";
import { visitOf } from "../launch/visit.routes.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import type { Publication } from "../tracks/publish-track.js";
import type { Track, TrackVersion } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import { readListQuery } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  idIn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import { textOf } from "./form-values.js";
import { publicationPage } from "./publication-page.js";
import type { ShowTrack } from "./track-admin.routes.js";

type Faulty = { kind: "faulty"; faults: Record<string, string> } | { kind: "nothing-to-publish" };

export type PublicationActions = {
  publishTrack: (wanted: {
    organisationId: string;
    trackId: string;
    publishedBy: string;
    draftWrittenAt: Date;
  }) => Promise<Publication>;
  /** What follows from a version that has come into force. */
  trackPublished: (edition: TrackVersion) => Promise<void>;
  beginTrial: (wanted: {
    organisationId: string;
    trackId: string;
    startedBy: string;
  }) => Promise<{ kind: "begun" } | Faulty>;
};

const LOOK_FIRST = ["Look first whom it would award, as the draft stands now."];

type Needs = PublicationActions &
  DecisionNeeds & {
    awards: Pick<AwardStore, "countUnder" | "listForLearners">;
    facts: Pick<ExamFactStore, "isAnyDue">;
    profiles: Pick<ProfileStore, "listByIds">;
    tracks: Pick<TrackStore, "findById">;
    trials: Pick<TrackTrialStore, "find" | "listFound" | "notePublished">;
    showTrack: ShowTrack;
  };

/** Publishing a track: first whom it would award, then the awarding, with how far it is. */
export function publicationRoutes(needs: Needs): Router {
  const router = Router();

  const findTrack = async (response: Response, id: string | undefined): Promise<Track> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.tracks.findById(organisationId, idIn(id ?? "")));
  };

  const refuse = async (request: Request, response: Response, about: Refusal): Promise<void> => {
    const { track, sentences, status = 422 } = about;
    const notices = sentences.map((sentence) => ({
      kind: "warning" as const,
      text: `Not published. ${sentence}`,
    }));
    await needs.showTrack(request, response, { track, notices, status });
  };

  const sentencesOf = (result: Faulty): string[] =>
    result.kind === "faulty" ? Object.values(result.faults) : ["There is no draft to publish."];

  const isAbout = (trial: TrackTrial, { updatedAt }: Track): boolean =>
    trial.finishedAt !== undefined && trial.draftWrittenAt.getTime() === updatedAt.getTime();

  router.post("/tracks/:trackId/try-out", async (request, response) => {
    const track = await findTrack(response, request.params.trackId);
    const visit = visitOf(response);
    const { organisationId, id: trackId } = track;
    const startedBy = visit.account.id;
    const result = await needs.beginTrial({ organisationId, trackId, startedBy });
    if (result.kind !== "begun") {
      await refuse(request, response, { track, sentences: sentencesOf(result) });
      return;
    }
    response.redirect(303, adminPath(visit, `/tracks/${trackId}/publication`));
  });

  router.get("/tracks/:trackId/publication", async (request, response) => {
    const track = await findTrack(response, request.params.trackId);
    const { organisationId, id: trackId } = track;
    const trial = await needs.trials.find(organisationId, trackId);
    if (trial === undefined) {
      response.redirect(303, adminPath(visitOf(response), `/tracks/${trackId}`));
      return;
    }
    const list = await needs.trials.listFound(trial, readListQuery(request));
    const ids = list.items.map(({ learnerId }) => learnerId);
    const { publishedAs: version } = trial;
    const [profiles, held, awarded, isWaiting] = await Promise.all([
      needs.profiles.listByIds(organisationId, ids),
      needs.awards.listForLearners(organisationId, ids),
      version === undefined ? 0 : needs.awards.countUnder(organisationId, { trackId, version }),
      needs.facts.isAnyDue(organisationId, needs.now()),
    ]);
    const own = held.filter((award) => award.trackId === trackId);
    const awardedIds = new Set(own.map(({ learnerId }) => learnerId));
    showAdminPage(request, response, {
      ...{ view: "publication", title: track.draft?.name ?? track.name, area: "tracks" },
      page: publicationPage({ track, trial, list, profiles, awardedIds, awarded, isWaiting }),
    });
  });

  router.post("/tracks/:trackId/publish", async (request, response) => {
    const track = await findTrack(response, request.params.trackId);
    const visit = visitOf(response);
    const { organisationId, id: trackId } = track;
    const trial = await needs.trials.find(organisationId, trackId);
    if (trial?.id !== textOf(postedValues(request), "trial") || !isAbout(trial, track)) {
      await refuse(request, response, { track, sentences: LOOK_FIRST, status: 409 });
      return;
    }
    const publishedBy = visit.account.id;
    const { draftWrittenAt } = trial;
    const result = await decide(needs, response, {
      make: async () => {
        const wanted = { organisationId, trackId, publishedBy, draftWrittenAt };
        const made = await needs.publishTrack(wanted);
        if (made.kind === "published")
          await needs.trials.notePublished(trial, made.version.version);
        return made;
      },
      note: (made) =>
        made.kind === "published"
          ? {
              ...{ action: "track-published", subject: { kind: "track", id: trackId } },
              before: { version: track.publishedVersion },
              after: { version: made.version.version },
            }
          : undefined,
    });
    if (result.kind === "overtaken") {
      const newest = await findTrack(response, trackId);
      await refuse(request, response, { track: newest, sentences: LOOK_FIRST, status: 409 });
      return;
    }
    if (result.kind !== "published") {
      await refuse(request, response, { track, sentences: sentencesOf(result) });
      return;
    }
    await needs.trackPublished(result.version);
    const page = adminPath(visit, `/tracks/${trackId}/publication`);
    response.redirect(303, `${page}?done=track-published`);
  });

  return router;
}

type Refusal = { track: Track; sentences: string[]; status?: number };
