import { Router } from "express";
import type { AuditStore } from "../audit/audit-store.js";
import type { InOneWrite } from "../database.js";
import type { ActivityStore } from "../activities/activity-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import type { GroupMoveStore } from "../awards/group-move-store.js";
import type { TrackTrialStore } from "../awards/track-trial-store.js";
import type { AwardStore } from "../awards/award-store.js";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { LedgerEntry } from "../equivalencies/equivalency.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import type { EventStore } from "../events/event-store.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import type { IssuerStore } from "../issuers/issuer-store.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { AdministratorGrantStore } from "../people/administrator-grant-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { HourTypeStore } from "../hours/hour-type-store.js";
import type { PushKeyStore } from "../results/push-key-store.js";
import type { ResultImportStore } from "../results/result-import-store.js";
import type { WaitingResultStore } from "../results/waiting-result-store.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { TrackStore } from "../tracks/track-store.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { WorkQueue } from "../work/work-queue.js";
import type { PictureStore } from "../pictures/picture-store.js";
import type { DocumentMaker } from "../documents/document-maker.js";
import type { PictureNeeds } from "../pictures/add-picture.js";
import { type ActivityActions, activityAdminRoutes } from "./activity-admin.routes.js";
import { showAdminPage } from "./admin-page.routes.js";
import { auditAdminRoutes } from "./audit-admin.routes.js";
import { awardAdminRoutes, type DecideAboutAward } from "./award-admin.routes.js";
import { countOverview } from "./count-overview.js";
import { courseAdminRoutes } from "./course-admin.routes.js";
import { editionAdminRoutes } from "./edition-admin.routes.js";
import { equivalencyAdminRoutes } from "./equivalency-admin.routes.js";
import { eventAdminRoutes } from "./event-admin.routes.js";
import { examAdminRoutes } from "./exam-admin.routes.js";
import { issuerAdminRoutes } from "./issuer-admin.routes.js";
import { learnerAdminRoutes, type LearnerNeeds } from "./learner-admin.routes.js";
import { type LicenceActions, licenceAdminRoutes } from "./licence-admin.routes.js";
import { createListChoices } from "./list-choices.js";
import { nameAdminRoutes, type NameActions } from "./name-admin.routes.js";
import { offeringAdminRoutes } from "./offering-admin.routes.js";
import { overviewPage } from "./overview.js";
import { type AdministratorActions, peopleAdminRoutes } from "./people-admin.routes.js";
import { type AddressActions, platformAddressRoutes } from "./platform-addresses.routes.js";
import { type PlatformActions, platformAdminRoutes } from "./platform-admin.routes.js";
import { type PublicationActions, publicationRoutes } from "./publication.routes.js";
import { questionAdminRoutes } from "./question-admin.routes.js";
import { type GroupMoveActions, groupMoveRoutes } from "./group-move.routes.js";
import { hourListRoutes } from "./hour-list.routes.js";
import { hoursAdminRoutes } from "./hours-admin.routes.js";
import { type RegistrationActions, registrationAdminRoutes } from "./registration-admin.routes.js";
import { createShowResults, resultAdminRoutes, type ResultActions } from "./result-admin.routes.js";
import {
  type ImportActions,
  resultImportRoutes,
  resultUploadRoutes,
} from "./result-import.routes.js";
import { platformDecisionRoutes, type RemovalActions } from "./platform-decision.routes.js";
import { createShowTrack, trackAdminRoutes } from "./track-admin.routes.js";
import { trackLearnersRoutes } from "./track-learners.routes.js";
import { trackEditorRoutes } from "./track-editor.routes.js";
import { trackTryRoutes } from "./track-try.routes.js";

type Needs = AdministratorActions &
  LicenceActions &
  NameActions &
  PlatformActions &
  AddressActions &
  RegistrationActions &
  RemovalActions &
  PublicationActions &
  GroupMoveActions &
  ResultActions &
  ImportActions &
  ActivityActions &
  Pick<LearnerNeeds, "addresses" | "makeTranscriptPdf" | "organisations" | "recallCatalogue"> & {
    activities: ActivityStore;
    hourTypes: HourTypeStore;
    admit: Admit;
    accounts: AccountStore;
    audit: AuditStore;
    inOneWrite: InOneWrite;
    awards: AwardStore;
    courses: CourseStore;
    credentials: CredentialStore;
    deployments: DeploymentStore;
    eligibility: EligibilityStore;
    equivalencies: EquivalencyStore;
    events: EventStore;
    exams: ExamStore;
    grants: AdministratorGrantStore;
    offerings: OfferingStore;
    platforms: PlatformStore;
    profiles: ProfileStore;
    brands: IssuerStore;
    wordingCorrected: (organisationId: string) => Promise<void>;
    organisations: Pick<OrganisationStore, "findById">;
    pictures: PictureStore;
    documents: PictureNeeds["documents"] & Pick<DocumentMaker, "findUnprintable">;
    pushKeys: PushKeyStore;
    resultImports: ResultImportStore;
    waitingResults: WaitingResultStore;
    tracks: TrackStore;
    trackVersions: TrackVersionStore;
    trackMoves: TrackMoveStore;
    trials: TrackTrialStore;
    groupMoves: GroupMoveStore;
    facts: ExamFactStore;
    work: Pick<WorkQueue, "listFailed" | "retry">;
    decideAboutAward: DecideAboutAward;
    equivalencyDecided: (entry: LedgerEntry) => Promise<void>;
    toolAddresses: { id: string; label: string; value: string }[];
    now: () => Date;
  };

/** The administrator's panel, to be mounted at `/l/:launchId/admin`. One door for all of it. */
export function adminRoutes(needs: Needs): Router {
  const router = Router({ mergeParams: true });
  const listChoices = createListChoices(needs);
  const showTrack = createShowTrack({ ...needs, listChoices });
  const showResults = createShowResults({ ...needs, listChoices });
  // Forms with files have a door each, which reads them once it is known who sends them.
  router.use(resultUploadRoutes({ ...needs, showResults }));
  router.use(trackEditorRoutes({ ...needs, listChoices }), issuerAdminRoutes(needs));
  router.use(needs.admit("administrator"));

  router.get("/", async (request, response) => {
    const counts = await countOverview(needs, visitOf(response).launch.organisationId);
    showAdminPage(request, response, {
      view: "overview",
      title: "Administration",
      area: "overview",
      page: overviewPage(counts),
    });
  });

  router.use(
    courseAdminRoutes(needs),
    editionAdminRoutes(needs),
    equivalencyAdminRoutes({ ...needs, listChoices }),
    hourListRoutes(needs),
    hoursAdminRoutes(needs),
    activityAdminRoutes(needs),
    examAdminRoutes(needs),
    questionAdminRoutes(needs),
    offeringAdminRoutes(needs),
    trackAdminRoutes({ ...needs, listChoices, showTrack }),
    publicationRoutes({ ...needs, showTrack }),
    trackLearnersRoutes(needs),
    groupMoveRoutes(needs),
    trackTryRoutes(needs),
    resultAdminRoutes({ ...needs, showResults }),
    resultImportRoutes(needs),
    awardAdminRoutes(needs),
    licenceAdminRoutes(needs),
    peopleAdminRoutes(needs),
    learnerAdminRoutes(needs),
    nameAdminRoutes(needs),
    platformAdminRoutes(needs),
    platformDecisionRoutes(needs),
    registrationAdminRoutes(needs),
    platformAddressRoutes(needs),
    eventAdminRoutes(needs),
    auditAdminRoutes(needs),
  );
  return router;
}
