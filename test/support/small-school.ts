import type { Connection } from "mongoose";
import { createSubmissionStore } from "../../src/activities/submission-store.js";
import { createAwardStore } from "../../src/awards/award-store.js";
import { createCourseStore } from "../../src/courses/course-store.js";
import type { Exam } from "../../src/courses/exam.js";
import { createExamStore } from "../../src/courses/exam-store.js";
import { createOfferingStore } from "../../src/courses/offering-store.js";
import type { Credential } from "../../src/credentials/credential.js";
import { createCredentialStore } from "../../src/credentials/credential-store.js";
import { createPublicAddresses } from "../../src/issuers/public-addresses.js";
import { buildIndexes } from "../../src/database.js";
import { createCourseMemberStore } from "../../src/instructor/course-member-store.js";
import { createNoticeStore } from "../../src/learner/notice-store.js";
import { createAttemptStore } from "../../src/exams/attempt-store.js";
import { createOrganisationStore } from "../../src/organisations/organisation-store.js";
import type { Account } from "../../src/people/account.js";
import { createAccountStore } from "../../src/people/account-store.js";
import { createOneTimeCodeStore } from "../../src/people/one-time-code-store.js";
import { createProfileStore } from "../../src/people/profile-store.js";
import { createDeploymentStore } from "../../src/platforms/deployment-store.js";
import { createPlatformStore } from "../../src/platforms/platform-store.js";
import { createEligibilityStore } from "../../src/eligibility/eligibility-store.js";
import { createEquivalencyStore } from "../../src/equivalencies/equivalency-store.js";
import { createExamFactStore } from "../../src/progress/exam-fact-store.js";
import { newId } from "../../src/stored-record.js";
import { createTrackMoveStore } from "../../src/tracks/track-move-store.js";
import { createTrackStore } from "../../src/tracks/track-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import {
  aCourse,
  anAward,
  anExam,
  aTrack,
  aTrackContent,
  aTrackVersion,
  ISSUER,
  NOW,
} from "./learning-fixtures.js";

/** Every store that the learner's and the instructor's pages read. */
const storesOf = (connection: Connection) => ({
  organisations: createOrganisationStore(connection),
  accounts: createAccountStore(connection),
  profiles: createProfileStore(connection),
  codes: createOneTimeCodeStore(connection),
  courses: createCourseStore(connection),
  exams: createExamStore(connection),
  offerings: createOfferingStore(connection),
  tracks: createTrackStore(connection),
  trackVersions: createTrackVersionStore(connection),
  facts: createExamFactStore(connection),
  attempts: createAttemptStore(connection),
  submissions: createSubmissionStore(connection),
  eligibility: createEligibilityStore(connection),
  equivalencies: createEquivalencyStore(connection),
  trackMoves: createTrackMoveStore(connection),
  awards: createAwardStore(connection),
  credentials: createCredentialStore(connection),
  notices: createNoticeStore(connection),
  courseMembers: createCourseMemberStore(connection),
  platforms: createPlatformStore(connection),
  deployments: createDeploymentStore(connection),
});

/**
 * A school in a fresh database: three courses with an exam each, a published track over them, a
 * project in the first course, and one LMS course that is approved as the first course.
 */
export async function openSmallSchool(connection: Connection) {
  const stores = storesOf(connection);
  await buildIndexes(connection);
  const organisation = await stores.organisations.ensureFirst("Allied Health Association", NOW);
  const organisationId = organisation.id;
  const scoped = { organisationId };

  const courses = ["Balance", "Gait", "Falls"].map((title, index) =>
    aCourse({ ...scoped, code: `ESS-10${index + 1}`, title: `${title} Essentials` }),
  );
  const exams = courses.map((course) =>
    anExam(course.id, { ...scoped, title: `${course.title}: exam` }),
  );
  for (const course of courses) await stores.courses.addOnce(course);
  for (const exam of exams) await stores.exams.add(exam);
  const project = anExam(courses[0]?.id ?? "", {
    ...scoped,
    kind: "project",
    title: "Observe a patient",
    gradeSource: "lms-gradebook",
    createdAt: new Date(NOW.getTime() + 1000),
  });
  await stores.exams.add(project);

  const content = aTrackContent(exams.map(({ id }) => id));
  const trackVersion = { ...aTrackVersion(content), ...scoped };
  const track = { ...aTrack(trackVersion), ...scoped, draft: content, publishedVersion: 0 };
  await stores.tracks.add(track);
  await stores.trackVersions.addOnce(trackVersion);
  await stores.tracks.putInForce({
    ...{ organisationId, id: track.id, version: 1, name: track.name },
    ...{
      examIds: exams.map(({ id }) => id),
      trackIds: [],
      draftWrittenAt: track.updatedAt,
      at: NOW,
    },
  });

  const seen = await stores.offerings.noteLaunch({
    organisationId,
    issuer: ISSUER,
    contextId: "course-7",
    contextTitle: "Balance, autumn group",
    at: NOW,
  });
  const offering = await stores.offerings.decide({
    organisationId,
    id: seen.id,
    decidedBy: newId(),
    decidedAt: NOW,
    status: "approved",
    courseId: courses[0]?.id ?? "",
  });
  if (offering === undefined) throw new Error("The school's LMS course is not there");

  return {
    ...stores,
    organisationId,
    courseRecords: courses,
    examRecords: exams,
    project,
    trackVersion,
    offering,

    async join(name: string | undefined): Promise<Account> {
      const account = await stores.accounts.findOrCreate(
        { organisationId, issuer: ISSUER, sub: newId() },
        NOW,
      );
      await stores.profiles.noteFromLms({ id: account.id, ...scoped, name, email: undefined });
      return account;
    },

    /** A graded exam in the approved LMS course. */
    async grade(account: Account, exam: Exam, scorePercent: number) {
      await this.gradeIn(offering.id, account, { exam, scorePercent });
    },

    async gradeIn(
      offeringId: string,
      account: Account,
      { exam, scorePercent }: { exam: Exam; scorePercent: number },
    ) {
      const at = new Date("2026-11-20T09:00:00Z");
      await stores.facts.addOnce({
        ...{ id: newId(), ...scoped, accountId: account.id, courseId: exam.courseId },
        ...{ examId: exam.id, offeringId, sourceKey: newId(), source: "hosted" },
        outcome: { kind: "graded", score: scorePercent, maximum: 100 },
        passMarkPercent: exam.passMarkPercent,
        ...{ occurredAt: at, observedAt: at },
      });
    },

    async award(account: Account) {
      const award = anAward(trackVersion, { ...scoped, learnerId: account.id });
      await stores.awards.addOnce(award);
      return award;
    },

    async credential(account: Account, awardId: string): Promise<Credential> {
      const credential: Credential = {
        ...{ id: newId(), ...scoped, awardId, learnerId: account.id },
        ...{ trackId: trackVersion.trackId, trackVersion: trackVersion.version },
        ...{ issuerId: scoped.organisationId, signedWith: [] },
        statusPlace: { listId: newId(), index: 7 },
        forms: { dataIntegrity: "{}", jwtRs256: "not.read.here", jwtEs256: "not.read.here" },
        ...{ visibility: "private", status: "active", issuedAt: NOW },
      };
      await stores.credentials.addAll([credential]);
      return credential;
    },
  };
}

export type SmallSchool = Awaited<ReturnType<typeof openSmallSchool>>;

export const schoolAddresses = createPublicAddresses("https://badges.example");
