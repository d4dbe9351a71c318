import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import type { Track, TrackContent } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { writeTrack } from "../tracks/write-track.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import type { FormValues } from "../web/forms.js";
import { textOf } from "./form-values.js";
import { readPictureForm, takePicture, type UploadNeeds } from "./picture-upload.routes.js";
import { readCommand } from "./list-edit.js";
import type { ListChoices } from "./list-choices.js";
import { trackChoicesOf, trackEditor } from "./track-editor.js";
import { faultsOnPage } from "./track-faults.js";
import {
  checkTrackForm,
  editTrackForm,
  emptyTrackForm,
  readTrackForm,
  type TrackForm,
  trackFormOf,
} from "./track-form.js";

type Needs = DecisionNeeds &
  UploadNeeds & {
    admit: Admit;
    tracks: Pick<TrackStore, "findById" | "add" | "saveDraft" | "listInForce">;
    trackVersions: Pick<TrackVersionStore, "find" | "listEditions">;
    courses: Pick<CourseStore, "listByIds">;
    eligibility: Pick<EligibilityStore, "listProfessions">;
    exams: Pick<ExamStore, "listByIds">;
    listChoices: ListChoices;
  };

type Faults = Record<string, string>;

const newKey = (): string => randomUUID().slice(0, 8);

/** When the text that a form was filled in from was written; undefined where it says none. */
function seenIn(values: FormValues): Date | undefined {
  const seen = new Date(textOf(values, "seen"));
  return Number.isNaN(seen.getTime()) ? undefined : seen;
}

const OVERTAKEN =
  "Somebody else saved this draft while you were writing. Nothing is lost: their text is saved, and yours stands below. Compare the two; if you save now, yours takes the place of theirs.";

type Shown = {
  track: Track | undefined;
  form: TrackForm;
  faults?: Faults;
  /** When the text was written that is being changed. */
  seen?: string;
  isOvertaken?: boolean;
  /** What of a picture was not taken, in one sentence. */
  leftOut?: string | undefined;
};

const statusOf = ({ isOvertaken, faults = {} }: Shown): number => {
  if (isOvertaken === true) return 409;
  return Object.keys(faults).length === 0 ? 200 : 422;
};

/** The page on which a track's draft is written, with a door of its own that takes a picture. */
export function trackEditorRoutes(needs: Needs): Router {
  const router = Router({ mergeParams: true });

  const showEditor = async (request: Request, response: Response, shown: Shown): Promise<void> => {
    const { track, form, faults = {}, isOvertaken, leftOut } = shown;
    const warnings = [isOvertaken === true ? OVERTAKEN : undefined, leftOut];
    const seen = shown.seen ?? textOf(postedValues(request), "seen");
    const visit = visitOf(response);
    const list = await needs.listChoices(visit.launch.organisationId);
    const path = track === undefined ? "/tracks" : `/tracks/${track.id}`;
    showAdminPage(request, response, {
      view: "track-edit",
      title: track === undefined ? "Add a track" : `Draft: ${track.draft?.name ?? track.name}`,
      area: "tracks",
      status: statusOf(shown),
      notices: warnings.flatMap((text) => (text === undefined ? [] : [{ kind: "warning", text }])),
      page: {
        ...trackEditor(form, list, faults),
        action: adminPath(visit, track === undefined ? "/tracks/new" : `${path}/edit`),
        back: adminPath(visit, path),
        seen,
        theirs: isOvertaken === true ? adminPath(visit, `${path}/edit`) : undefined,
      },
    });
  };

  /** The form with the picture that came with it, or with what is wrong with that one. */
  const withPicture = async (
    request: Request,
    response: Response,
    form: TrackForm,
  ): Promise<{ form: TrackForm; faults: Faults; leftOut: string | undefined }> => {
    const { badgePicture: kept } = form.fields;
    const wanted = { field: "badgeFile", kept, use: "badge" as const };
    const { id, fault, leftOut } = await takePicture(needs, { request, response }, wanted);
    return {
      form: { ...form, fields: { ...form.fields, badgePicture: id } },
      faults: fault === undefined ? {} : { badgeFile: fault },
      leftOut,
    };
  };

  /** Keeps a draft that was found in order, unless somebody else kept theirs meanwhile. */
  const save = async (
    request: Request,
    response: Response,
    draft: { track: Track | undefined; form: TrackForm; content: TrackContent; isTried: boolean },
  ): Promise<void> => {
    const { track, form, content, isTried } = draft;
    const { organisationId } = visitOf(response).launch;
    const values = postedValues(request);
    const wanted = { organisationId, trackId: track?.id, content, seen: seenIn(values) };
    const result = await decide(needs, response, {
      make: async () => await writeTrack(needs, wanted),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "track-draft-saved", subject: { kind: "track", id: made.track.id } },
              after: { version: made.track.publishedVersion },
            }
          : undefined,
    });
    if (result.kind === "overtaken") {
      const latest = found(await needs.tracks.findById(organisationId, track?.id ?? ""));
      const seen = latest.updatedAt.toISOString();
      await showEditor(request, response, { track: latest, form, seen, isOvertaken: true });
      return;
    }
    if (result.kind === "faulty") {
      const faults = faultsOnPage(form, result.faults);
      await showEditor(request, response, { track, form, faults });
      return;
    }
    const done = track === undefined ? "track-added" : "draft-saved";
    goOn(response, `/tracks/${result.track.id}${isTried ? "/try" : ""}`, done);
  };

  /** A pressed button: either saves, or shows the form as it is after the press. */
  const handlePost = async (
    request: Request,
    response: Response,
    track: Track | undefined,
  ): Promise<void> => {
    const { organisationId } = visitOf(response).launch;
    const values = postedValues(request);
    const { form, faults, leftOut } = await withPicture(
      request,
      response,
      readTrackForm(values, newKey),
    );
    const command = readCommand(textOf(values, "do"));
    if (Object.keys(faults).length > 0) {
      await showEditor(request, response, { track, form, faults });
      return;
    }
    const isTried = command.verb === "save-and-try";
    const isSaved = isTried || command.verb === "save";
    // A picture of which something was left out is looked at before it is saved.
    if (!isSaved || leftOut !== undefined) {
      const edited = isSaved ? form : editTrackForm(form, command, newKey);
      await showEditor(request, response, { track, form: edited, leftOut });
      return;
    }
    const checked = checkTrackForm(form, trackChoicesOf(await needs.listChoices(organisationId)));
    if (checked.kind === "faulty") {
      await showEditor(request, response, { track, form, faults: checked.faults });
      return;
    }
    await save(request, response, { track, form, content: checked.content, isTried });
  };

  const findTrack = async (
    request: Request<{ trackId: string }>,
    response: Response,
  ): Promise<Track> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.tracks.findById(organisationId, idIn(request.params.trackId)));
  };

  router.use(
    ["/tracks/new", "/tracks/:trackId/edit"],
    needs.admit("administrator", readPictureForm),
  );

  router.get("/tracks/new", async (request, response) => {
    await showEditor(request, response, { track: undefined, form: emptyTrackForm(newKey) });
  });

  router.post("/tracks/new", async (request, response) => {
    await handlePost(request, response, undefined);
  });

  router.get("/tracks/:trackId/edit", async (request, response) => {
    const track = await findTrack(request, response);
    const { organisationId, id: trackId, publishedVersion: version } = track;
    // Without a draft, a new one starts from what is in force.
    const content =
      track.draft ?? found(await needs.trackVersions.find(organisationId, { trackId, version }));
    const seen = track.updatedAt.toISOString();
    await showEditor(request, response, { track, form: trackFormOf(content), seen });
  });

  router.post("/tracks/:trackId/edit", async (request, response) => {
    await handlePost(request, response, await findTrack(request, response));
  });

  return router;
}
