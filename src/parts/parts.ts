import { eachInTurn } from "../each-in-turn.js";
import type { Connection } from "mongoose";
import type { Settings } from "../../config/environment.js";
import { requestsPerMinute } from "../../config/http-policy.js";
import { createAuditStore } from "../audit/audit-store.js";
import { createActivityParts } from "./activity-parts.js";
import { createAwardStore } from "../awards/award-store.js";
import { createCatalogueParts } from "./catalogue-parts.js";
import { createCredentialParts } from "./credential-parts.js";
import { eventOfStanding } from "../awards/event-of-standing.js";
import { readLearnerRecords } from "../awards/read-learner-records.js";
import type { Offering } from "../courses/offering.js";
import { createOfferingStore } from "../courses/offering-store.js";
import { followStanding } from "../credentials/follow-standing.js";
import { createBackpackParts } from "./backpack-parts.js";
import { isUnplacedCopy } from "../exams/place-copy.js";
import { submitLicence } from "../eligibility/submit-licence.js";
import { createEventStore } from "../events/event-store.js";
import { createErasureParts, createPeople } from "./erasure-parts.js";
import { createExamParts } from "./exam-parts.js";
import { createHourParts } from "./hour-parts.js";
import { createJourney } from "../journey.js";
import { createCourseMemberStore } from "../instructor/course-member-store.js";
import { findLaunchedCourse, noteLaunchInCourse } from "../instructor/launched-course.js";
import type { Launch } from "../launch/launch.js";
import { launchUrlOf } from "../launch/target-link.js";
import type { Visit } from "../launch/visit.js";
import { createNoticeStore } from "../learner/notice-store.js";
import { tellStanding } from "../learner/tell-standing.js";
import { navigationOf, visitFrame } from "../learner/visit-frame.js";
import type { Log } from "../log.js";
import { createLtiParts } from "./lti-parts.js";
import { createNoticeParts } from "./notice-parts.js";
import { createOrganisationStore } from "../organisations/organisation-store.js";
import { createPanelParts } from "./panel-parts.js";
import { createAccountStore } from "../people/account-store.js";
import { createProfileStore } from "../people/profile-store.js";
import { isCarriedOver } from "../progress/carried-over.js";
import { readCatalogue } from "../progress/read-catalogue.js";
import { createExamFactStore } from "../progress/exam-fact-store.js";
import { whyNotOpen } from "../progress/why-not-open.js";
import { createTrackParts } from "./track-parts.js";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import { readRosters } from "./roster-parts.js";
import { createResultParts } from "./result-parts.js";
import { createRequestCounts } from "../web/request-count-store.js";
import { createPace } from "../work/pace.js";
import { createWorkQueue } from "../work/work-queue.js";

/** What the process hands to the composition root. */
export type Foundation = {
  connection: Connection;
  settings: Settings;
  log: Log;
  sealedBox: SealedBox;
  now: () => Date;
};

/** Everything the routes and jobs need, made once. No container: read it top to bottom. */
export type Parts = ReturnType<typeof createParts>;

export function createParts(foundation: Foundation) {
  const { connection, settings, log, now, sealedBox } = foundation;
  const organisations = createOrganisationStore(connection);
  const events = createEventStore(connection);
  const audit = createAuditStore(connection);
  const work = createWorkQueue({ connection, log });
  const catalogueParts = createCatalogueParts(connection);
  const { courses, exams, tracks, trackVersions, eligibility } = catalogueParts;
  const { equivalencies, trackMoves } = catalogueParts;
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
  const backpackParts = createBackpackParts({ connection, log });
  const lmsNotices = createNoticeParts({ offerings, events, work, now });
  const credentialParts = createCredentialParts({
    ...{ connection, settings, sealedBox, now, work, organisations, accounts, profiles },
    ...{ awards, trackVersions },
  });
  const { credentials, documents, pictures, brands, wordingCorrected } = credentialParts;

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
    catalogues: catalogueParts.catalogues,
  });

  const trackParts = createTrackParts({
    ...{ connection, now, work, accounts, awards, facts, courses, exams, tracks, trackVersions },
    ...{ eligibility, equivalencies, trackMoves, brands, audit },
  });

  const placeCopy = async (launch: Launch, offering: Offering) =>
    isUnplacedCopy(launch, offering) && copyPace.isDue(offering.id, launch.launchedAt)
      ? await examParts.placeCopy(launch, offering)
      : undefined;

  const lti = createLtiParts({
    ...{ connection, settings, sealedBox, now, events, organisations, accounts, profiles },
    findCourse: async (about) =>
      await findLaunchedCourse({ ...examParts, offerings, courseMembers }, about),
    noteLaunch: async (launch, course) => {
      await lmsNotices.wakeSubscription(launch);
      await noteLaunchInCourse(
        {
          ...{ offerings, courseMembers, rosterPace, work },
          placeCopy,
          noteColumns: async () => {
            await examParts.noteLaunchInCourse(launch);
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

  const examParts = createExamParts({
    ...{ connection, settings, now, events, accounts, exams, offerings, work, facts },
    http: lti.lmsHttp,
    tokens: { get: lti.lmsToken, forget: lti.forgetLmsToken },
    recordResult: async (result) =>
      (await isCarriedOver({ offerings, facts }, result)) || (await journey.recordResult(result)),
  });

  const results = createResultParts({
    ...{ connection, sealedBox, now, accounts, audit, exams, events, facts, work },
    ...{ journey, deployments: lti.deployments, platforms: lti.platforms },
  });

  const hours = createHourParts({ ...credentialParts, connection, sealedBox, now });
  const activityParts = createActivityParts({
    ...{ connection, now, accounts, audit, courses, exams, journey, notices },
  });

  const erasure = createErasureParts({
    ...{ connection, sealedBox, now, work, audit, awards, accounts, erasedPeople },
    ...{ grants: lti.grants, unnameCredentials: credentialParts.unnameCredentials },
    decideAboutAward: journey.decideAboutAward,
  });

  const panel = createPanelParts({
    inOneWrite: lti.inOneWrite,
    ...{ settings, now, journey, events, work, courses, exams, offerings, tracks, trackVersions },
    ...{ audit, awards, accounts, profiles, credentials, notices, eligibility, facts, sealedBox },
    ...{ ...trackParts, equivalencies, trackMoves, pictures, documents },
    ...{ brands, wordingCorrected, ...results, ...activityParts },
    ...{ ...hours, organisations, addresses: credentialParts.addresses },
    recallCatalogue: catalogueParts.recallCatalogue,
    licenceFiles: catalogueParts.licenceFiles,
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
    roster: examParts.roster,
  });
  work.handle("sweep", async ({ reach }) => {
    const about = { reach: reach === "all" ? reach : "settled" } as const;
    const sweeps = [
      ...[credentialParts.sweepCredentials, erasure.sweepErasures, credentialParts.sweepPictures],
      ...[examParts.sweepGradeSources, results.sweepResults],
      ...[activityParts.sweepActivities, trackParts.sweepTrials, journey.sweep],
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
    ...examParts,
    ...lmsNotices,
    ...results,
    ...activityParts,
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
    recallCatalogue: catalogueParts.recallCatalogue,
    countRequest: createRequestCounts(connection, requestsPerMinute),
    launchUrl: launchUrlOf(settings.publicUrl),
    ...credentialParts,
    ...backpackParts,
    ...erasure,
    panel,
    recordResult: journey.recordResult,
    whyNotOpen: async ({ launch, learnerId }: Visit, examId: string) => {
      const { organisationId } = launch;
      const found = await readCatalogue(catalogueParts, { organisationId, examIds: [examId] });
      if (found.tracks.length === 0) return undefined;
      const accountIds = await accounts.listIdsOfLearner(organisationId, learnerId);
      const stores = { facts, awards, eligibility, equivalencies, trackMoves };
      const [record] = await readLearnerRecords(stores, organisationId, [{ accountIds }]);
      return record && whyNotOpen(found, { examId, record, now: now() });
    },
    submitLicence: async (wanted: Parameters<typeof submitLicence>[1]) =>
      await submitLicence({ ...catalogueParts, sealedBox, now }, wanted),
    frameOf: (visit: Visit, title: string) => visitFrame(visit, { title }),
    ...{ openEvidence: panel.openEvidence, openLicenceNumber: panel.openLicenceNumber },
    backpackNavigation: (visit: Visit) => navigationOf(visit, "backpack"),

    /** What must hold before anything is served: our key opens, credentials name this address. */
    checkBeforeServing: async () => {
      await lti.checkEncryptionKey();
      await credentialParts.checkAddress();
    },

    /** Whether requests can be served: the store answers. */
    isReady: async () => (await connection.db?.admin().ping())?.["ok"] === 1,
  };
}
