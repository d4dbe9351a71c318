import { eachInTurn } from "./each-in-turn.js";
import type { Connection } from "mongoose";
import type { Settings } from "../config/environment.js";
import { requestsPerMinute } from "../config/http-policy.js";
import { createAuditStore } from "./audit/audit-store.js";
import { createActivityServices } from "./activity-services.js";
import { createAwardStore } from "./awards/award-store.js";
import { createCatalogueServices } from "./catalogue-services.js";
import { createCredentialServices } from "./credential-services.js";
import { eventOfStanding } from "./awards/event-of-standing.js";
import { readLearnerRecords } from "./awards/read-learner-records.js";
import type { Offering } from "./courses/offering.js";
import { createOfferingStore } from "./courses/offering-store.js";
import { followStanding } from "./credentials/follow-standing.js";
import { createBackpackServices } from "./backpack-services.js";
import { isUnplacedCopy } from "./exams/place-copy.js";
import { submitLicence } from "./eligibility/submit-licence.js";
import { createEventStore } from "./events/event-store.js";
import { createErasureServices, createPeople } from "./erasure-services.js";
import { createExamServices } from "./exam-services.js";
import { createHourServices } from "./hour-services.js";
import { createJourney } from "./journey.js";
import { createCourseMemberStore } from "./instructor/course-member-store.js";
import { findLaunchedCourse, noteLaunchInCourse } from "./instructor/launched-course.js";
import type { Launch } from "./launch/launch.js";
import { launchUrlOf } from "./launch/target-link.js";
import type { Visit } from "./launch/visit.js";
import { createNoticeStore } from "./learner/notice-store.js";
import { tellStanding } from "./learner/tell-standing.js";
import { navigationOf, visitFrame } from "./learner/visit-frame.js";
import type { Log } from "./log.js";
import { createLtiServices } from "./lti-services.js";
import { createNoticeServices } from "./notice-services.js";
import { createOrganisationStore } from "./organisations/organisation-store.js";
import { createPanelServices } from "./panel-services.js";
import { createAccountStore } from "./people/account-store.js";
import { createProfileStore } from "./people/profile-store.js";
import { isCarriedOver } from "./progress/carried-over.js";
import { readCatalogue } from "./progress/read-catalogue.js";
import { createExamFactStore } from "./progress/exam-fact-store.js";
import { whyNotOpen } from "./progress/why-not-open.js";
import { createTrackServices } from "./track-services.js";
import type { SealedBox } from "./sealed-box.js";
import { newId } from "./stored-record.js";
import { readRosters } from "./roster-services.js";
import { createResultServices } from "./result-services.js";
import { createRequestCounts } from "./web/request-count-store.js";
import { createPace } from "./work/pace.js";
import { createWorkQueue } from "./work/work-queue.js";

/** What the process hands to the composition root. */
export type Foundation = {
  connection: Connection;
  settings: Settings;
  log: Log;
  sealedBox: SealedBox;
  now: () => Date;
};

/** Everything the routes and jobs need, made once. No container: read it top to bottom. */
export type Services = ReturnType<typeof createServices>;

export function createServices(foundation: Foundation) {
  const { connection, settings, log, now, sealedBox } = foundation;
  const organisations = createOrganisationStore(connection);
  const events = createEventStore(connection);
  const audit = createAuditStore(connection);
  const work = createWorkQueue({ connection, log });
  const catalogueServices = createCatalogueServices(connection);
  const { courses, exams, tracks, trackVersions, eligibility } = catalogueServices;
  const { equivalencies, trackMoves } = catalogueServices;
  const offerings = createOfferingStore(connection);
  const facts = createExamFactStore(connection);
  const awards = createAwardStore(connection);
  const { accounts, erasedPeople } = createPeople({
    ...{ connection, sealedBox, accounts: createAccountStore(connection) },
  });
  const profiles = createProfileStore(connection);
  const notices = createNoticeStore(connection);
  const courseMembers = createCourseMemberStore(connection);
  // A roster changes rarely, and a copy is what it was a minute ago.
  const rosterPace = createPace(15 * 60_000);
  const copyPace = createPace(60_000);
  const backpackServices = createBackpackServices({ connection, log });
  const lmsNotices = createNoticeServices({ offerings, events, work, now });
  const credentialServices = createCredentialServices({
    ...{ connection, settings, sealedBox, now, work, organisations, accounts, profiles },
    ...{ awards, trackVersions },
  });
  const { credentials, documents, pictures, brands, wordingCorrected } = credentialServices;

  const journey = createJourney({
    ...{ now, work, events, accounts, courses, exams, tracks, trackVersions, facts, awards, audit },
    onStanding: async (award) => {
      await tellStanding({ notices }, award);
      await followStanding({ credentials }, award);
      await events.add(eventOfStanding(award));
    },
    ...{ eligibility, equivalencies, trackMoves, brands, profiles },
    onAwards: async (given) => {
      await notices.addNotices(
        given.map(({ id, organisationId, learnerId, trackName }) => ({
          ...{ id: newId(), organisationId, learnerId, key: `awarded:${id}`, createdAt: now() },
          subject: { kind: "awarded", trackName },
        })),
      );
    },
    catalogues: catalogueServices.catalogues,
  });

  const trackServices = createTrackServices({
    ...{ connection, now, work, accounts, awards, facts, courses, exams, tracks, trackVersions },
    ...{ eligibility, equivalencies, trackMoves, brands, audit },
  });

  const placeCopy = async (launch: Launch, offering: Offering) =>
    isUnplacedCopy(launch, offering) && copyPace.isDue(offering.id, launch.launchedAt)
      ? await examServices.placeCopy(launch, offering)
      : undefined;

  const lti = createLtiServices({
    ...{ connection, settings, sealedBox, now, events, organisations, accounts, profiles },
    findCourse: async (about) =>
      await findLaunchedCourse({ ...examServices, offerings, courseMembers }, about),
    noteLaunch: async (launch, course) => {
      await lmsNotices.wakeSubscription(launch);
      await noteLaunchInCourse(
        {
          ...{ offerings, courseMembers, rosterPace, work },
          placeCopy,
          noteColumns: async () => {
            await examServices.noteLaunchInCourse(launch);
          },
        },
        launch,
        course,
      );
    },
    nameArrived: async (about) => {
      await journey.nameArrived(about);
    },
  });

  const examServices = createExamServices({
    ...{ connection, settings, now, events, accounts, exams, offerings, work, facts },
    http: lti.lmsHttp,
    tokens: { get: lti.lmsToken, forget: lti.forgetLmsToken },
    recordResult: async (result) =>
      (await isCarriedOver({ offerings, facts }, result)) || (await journey.recordResult(result)),
  });

  const results = createResultServices({
    ...{ connection, sealedBox, now, accounts, audit, exams, events, facts, work },
    ...{ journey, deployments: lti.deployments, platforms: lti.platforms },
  });

  const hours = createHourServices({ ...credentialServices, connection, sealedBox, now });
  const activityServices = createActivityServices({
    ...{ connection, now, accounts, audit, courses, exams, journey, notices },
  });

  const erasure = createErasureServices({
    ...{ connection, sealedBox, now, work, audit, awards, accounts, erasedPeople },
    ...{ grants: lti.grants, unnameCredentials: credentialServices.unnameCredentials },
    decideAboutAward: journey.decideAboutAward,
  });

  const panel = createPanelServices({
    inOneWrite: lti.inOneWrite,
    ...{ settings, now, journey, events, work, courses, exams, offerings, tracks, trackVersions },
    ...{ audit, awards, accounts, profiles, credentials, notices, eligibility, facts, sealedBox },
    ...{ ...trackServices, equivalencies, trackMoves, pictures, documents },
    ...{ brands, wordingCorrected, ...results, ...activityServices },
    ...{ ...hours, organisations, addresses: credentialServices.addresses },
    recallCatalogue: catalogueServices.recallCatalogue,
    licenceFiles: catalogueServices.licenceFiles,
    ...{ admit: lti.admit, codes: lti.codes, deployments: lti.deployments, grants: lti.grants },
    ...{ platforms: lti.platforms, testConnection: lti.testConnection },
    ...{ removePlatform: lti.removePlatform, closeDeployment: lti.closeDeployment },
  });

  work.handleTogether("evaluate-learner", async (waiting) => {
    await journey.evaluateLearners(
      waiting.map(({ organisationId, accountId = "" }) => ({ organisationId, accountId })),
    );
  });
  work.handle("evaluate-learner", async ({ organisationId, accountId = "" }) => {
    await journey.evaluateLearner({ organisationId, accountId });
  });
  work.handle("subscribe-to-notices", async ({ platformId = "", url = "", types = "" }) => {
    await lti.subscribeToNotices({ platformId, url, types: types.split(" ") });
  });
  readRosters(work, {
    ...{ now, accounts, profiles, offerings, courseMembers, nameArrived: journey.nameArrived },
    roster: examServices.roster,
  });
  work.handle("sweep", async ({ reach }) => {
    const about = { reach: reach === "all" ? reach : "settled" } as const;
    const sweeps = [
      ...[
        credentialServices.sweepCredentials,
        erasure.sweepErasures,
        credentialServices.sweepPictures,
      ],
      ...[examServices.sweepGradeSources, results.sweepResults],
      ...[activityServices.sweepActivities, trackServices.sweepTrials, journey.sweep],
    ];
    await eachInTurn(sweeps, async (sweep) => {
      await sweep(about);
    });
  });

  return {
    settings,
    log,
    now,
    ...lti,
    ...examServices,
    ...lmsNotices,
    ...results,
    ...activityServices,
    ...hours,
    listMemberIds: async (organisationId: string, offeringId: string) =>
      (await courseMembers.list(organisationId, offeringId)).map(({ accountId }) => accountId),
    organisations,
    events,
    audit,
    work,
    ...{ courses, exams, offerings, tracks, trackVersions, facts },
    ...{ eligibility, equivalencies, trackMoves },
    awards,
    accounts,
    profiles,
    notices,
    courseMembers,
    journey,
    recallCatalogue: catalogueServices.recallCatalogue,
    countRequest: createRequestCounts(connection, requestsPerMinute),
    launchUrl: launchUrlOf(settings.publicUrl),
    ...credentialServices,
    ...backpackServices,
    ...erasure,
    panel,
    recordResult: journey.recordResult,
    whyNotOpen: async ({ launch, learnerId }: Visit, examId: string) => {
      const { organisationId } = launch;
      const found = await readCatalogue(catalogueServices, { organisationId, examIds: [examId] });
      if (found.tracks.length === 0) return undefined;
      const accountIds = await accounts.listIdsOfLearner(organisationId, learnerId);
      const stores = { facts, awards, eligibility, equivalencies, trackMoves };
      const [record] = await readLearnerRecords(stores, organisationId, [{ accountIds }]);
      return record && whyNotOpen(found, { examId, record, now: now() });
    },
    submitLicence: async (wanted: Parameters<typeof submitLicence>[1]) =>
      await submitLicence({ ...catalogueServices, sealedBox, now }, wanted),
    frameOf: (visit: Visit, title: string) => visitFrame(visit, { title }),
    ...{ openEvidence: panel.openEvidence, openLicenceNumber: panel.openLicenceNumber },
    backpackNavigation: (visit: Visit) => navigationOf(visit, "backpack"),

    /** What must hold before anything is served: our key opens, credentials name this address. */
    checkBeforeServing: async () => {
      await lti.checkEncryptionKey();
      await credentialServices.checkAddress();
    },

    /** Whether requests can be served: the store answers. */
    isReady: async () => (await connection.db?.admin().ping())?.["ok"] === 1,
  };
}
