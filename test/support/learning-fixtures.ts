import type { Award } from "../../src/awards/award.js";
import { firstStanding, type StandingAward } from "../../src/awards/award-standing.js";
import type { Course } from "../../src/courses/course.js";
import type { Exam } from "../../src/courses/exam.js";
import type { Offering } from "../../src/courses/offering.js";
import type { Launch } from "../../src/launch/launch.js";
import type { Visit } from "../../src/launch/visit.js";
import type { Account } from "../../src/people/account.js";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import { newId } from "../../src/stored-record.js";
import type { Track, TrackContent, TrackVersion } from "../../src/tracks/track.js";

/** A school with three courses, an exam each, and a track over them: plain records to start from. */

const ORGANISATION_ID = "00000000-0000-4000-8000-000000000001";
export const ISSUER = "https://lms.example";
export const NOW = new Date("2026-11-22T12:00:00Z");

export const aCourse = (given: Partial<Course> = {}): Course => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  code: "ESS-101",
  title: "Balance Essentials",
  contactHours: 3,
  subject: "Physiotherapy",
  version: "2026",
  createdAt: NOW,
  ...given,
});

export const anExam = (courseId: string, given: Partial<Exam> = {}): Exam => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  courseId,
  title: "Final exam",
  kind: "exam",
  passMarkPercent: 80,
  attemptsAllowed: 3,
  gradeSource: "hosted",
  scoreMaximum: 100,
  questions: [],
  createdAt: NOW,
  ...given,
});

export const aTrackContent = (
  examIds: string[],
  given: Partial<TrackContent> = {},
): TrackContent => ({
  name: "Gait and Balance",
  description: "How people keep upright, and what helps when they do not.",
  criteriaNarrative: "Pass the exams of all three courses.",
  competencies: [
    {
      name: "Assesses gait",
      description: undefined,
      frameworkUrl: "https://framework.example/gait",
      frameworkName: "Allied Health 2025",
    },
  ],
  subject: "Physiotherapy",
  badge: { shape: "hexagon", colour: "#0d5257", initials: "GB" },
  contactHours: 9,
  developmentPoints: 12,
  requirement: {
    id: "root",
    kind: "all-of",
    of: examIds.map((examId, index) => ({ id: `step-${index + 1}`, kind: "exam-passed", examId })),
  },
  ...given,
});

export const aTrackVersion = (content: TrackContent, trackId = newId()): TrackVersion => ({
  ...content,
  id: newId(),
  organisationId: ORGANISATION_ID,
  trackId,
  version: 1,
  publishedAt: NOW,
  publishedBy: newId(),
});

export const aTrack = (version: TrackVersion): Track => ({
  id: version.trackId,
  organisationId: ORGANISATION_ID,
  name: version.name,
  draft: undefined,
  publishedVersion: version.version,
  createdAt: NOW,
  updatedAt: NOW,
});

export const anOffering = (given: Partial<Offering> = {}): Offering => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  issuer: ISSUER,
  contextId: "course-7",
  contextTitle: "Balance, autumn group",
  status: "pending",
  courseId: undefined,
  decidedBy: undefined,
  decidedAt: undefined,
  firstSeenAt: NOW,
  lastLaunchAt: NOW,
  ...given,
});

export const aFact = (
  exam: Exam,
  scorePercent: number | "cleared",
  given: Partial<ExamFact> = {},
): ExamFact => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  accountId: "account",
  courseId: exam.courseId,
  examId: exam.id,
  offeringId: "offering",
  sourceKey: newId(),
  source: "hosted",
  outcome:
    scorePercent === "cleared"
      ? { kind: "cleared" }
      : { kind: "graded", score: scorePercent, maximum: 100 },
  passMarkPercent: exam.passMarkPercent,
  occurredAt: new Date("2026-11-20T09:00:00Z"),
  observedAt: new Date("2026-11-20T09:00:00Z"),
  ...given,
});

export const anAward = (track: TrackVersion, given: Partial<Award> = {}): StandingAward => {
  const award: Award = {
    id: newId(),
    organisationId: ORGANISATION_ID,
    learnerId: "learner",
    trackId: track.trackId,
    trackVersion: track.version,
    trackName: track.name,
    round: 1,
    subjectUrn: `urn:uuid:${newId()}`,
    awardedAt: new Date("2026-11-21T23:30:00Z"),
    explanation: {
      nodeId: "root",
      kind: "all-of",
      state: "met",
      sentence: "All 3 steps done.",
      evidence: [],
      needed: 0,
      steps: [],
    },
    evidence: [],
    ...given,
  };
  return { ...award, standing: firstStanding(award) };
};

export const anAccount = (given: Partial<Account> = {}): Account => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  issuer: ISSUER,
  sub: newId(),
  linkedTo: undefined,
  isTestUser: false,
  createdAt: NOW,
  ...given,
});

const aLaunch = (given: Partial<Launch> = {}): Launch => ({
  id: newId(),
  organisationId: ORGANISATION_ID,
  platformId: newId(),
  issuer: ISSUER,
  deploymentRecordId: newId(),
  accountId: newId(),
  message: "resource-link",
  courseRoles: ["learner"],
  claimsAdministrator: false,
  isTestUser: false,
  context: { id: "course-7", label: "B7", title: "Balance, autumn group" },
  resourceLinkId: "link-1",
  custom: {},
  grading: undefined,
  roster: undefined,
  deepLinking: undefined,
  locale: "en",
  returnUrl: undefined,
  launchedAt: NOW,
  ...given,
});

/** The visit of an account; `launch` says what differs from a learner's ordinary launch. */
export const aVisit = (account: Account, launch: Partial<Launch> = {}): Visit => ({
  launch: aLaunch({ accountId: account.id, ...launch }),
  account,
  learnerId: account.linkedTo ?? account.id,
  isAdministrator: false,
});
