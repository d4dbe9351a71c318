import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { type Mood, type PracticeLms, startPracticeLms } from "practice-lms";
import type { Exam } from "../../src/courses/exam.js";
import type { Offering } from "../../src/courses/offering.js";
import { buildIndexes } from "../../src/database.js";
import { createEventStore } from "../../src/events/event-store.js";
import { createAttemptStore } from "../../src/exams/attempt-store.js";
import type { DueWork } from "../../src/exams/grade-source.js";
import { createGradeSources, sweepGradeSources } from "../../src/exams/grade-sources.js";
import { createLineItemStore } from "../../src/exams/line-item-store.js";
import { createLmsGradesClient } from "../../src/exams/lms-grades-client.js";
import { createLmsRosterClient } from "../../src/exams/lms-roster-client.js";
import { createObservationStore } from "../../src/exams/observation-store.js";
import type { RecordResult } from "../../src/exams/record-result.js";
import { createScorePostStore } from "../../src/exams/score-post-store.js";
import type { Launch } from "../../src/launch/launch.js";
import type { Account } from "../../src/people/account.js";
import { createAccountStore } from "../../src/people/account-store.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { createLmsTokens } from "../../src/platforms/lms-token-client.js";
import type { Platform } from "../../src/platforms/platform.js";
import { newId } from "../../src/stored-record.js";
import { openTestDatabase } from "./test-database.js";

export const ORGANISATION = "00000000-0000-4000-8000-00000000000a";
export const COURSE = "cvi-101";
const OUR_COURSE = "00000000-0000-4000-8000-0000000000c0";
const CLIENT_ID = "rosette-in-practice";

// Making RSA keys is slow; one pair serves the whole test process.
let keyPair: ReturnType<typeof generateKeyPair> | undefined;

/** A practice LMS and a key that it trusts us by. */
export async function startLms(mood: Mood, now: () => Date = () => new Date()) {
  const { publicKey, privateKey } = await (keyPair ??= generateKeyPair("RS256", {
    extractable: true,
  }));
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  const keyServer = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => keyServer.listen(0, "127.0.0.1", resolve));
  const toolUrl = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
  const lms = await startPracticeLms({
    mood,
    now,
    tools: [
      {
        clientId: CLIENT_ID,
        deploymentIds: ["1"],
        loginUrl: `${toolUrl}/login`,
        redirectUrls: [`${toolUrl}/launch`],
        jwksUrl: `${toolUrl}/jwks`,
        title: "Rosette",
        privacy: "public",
      },
    ],
  });
  const platform: Platform = {
    id: newId(),
    organisationId: ORGANISATION,
    name: "Practice",
    issuer: lms.issuer,
    clientId: CLIENT_ID,
    authorizationUrl: lms.endpoints.authorizationUrl,
    tokenUrl: lms.endpoints.tokenUrl,
    tokenAudience: undefined,
    jwksUrl: lms.endpoints.jwksUrl,
    family: mood,
    acceptsAnyDeployment: false,
    createdAt: now(),
  };
  const sign = async (claims: JWTPayload) =>
    await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(privateKey);
  const http = createLmsHttp({ timeoutMs: 5_000, maxBytes: 1_000_000, allowPrivate: true });
  const tokens = createLmsTokens({
    http,
    toolKeys: { sign },
    platforms: { findById: async (id) => (id === platform.id ? platform : undefined) },
    now,
  });
  const calls = { http, tokens, now };
  return {
    lms,
    platform,
    ...servicesOf(lms, mood),
    grades: createLmsGradesClient(calls),
    roster: createLmsRosterClient(calls),
    stop: async () => {
      await lms.stop();
      await new Promise((resolve) => keyServer.close(resolve));
    },
  };
}

/** Where the parts of the practice course stand, as a launch would tell. */
function servicesOf({ url }: PracticeLms, mood: Mood) {
  return mood === "moodle"
    ? {
        lineItemsUrl: `${url}/lti/services/${COURSE}/lineitems?type_id=1`,
        membershipsUrl: `${url}/lti/services/CourseSection/${COURSE}/bindings/1/memberships`,
      }
    : {
        lineItemsUrl: `${url}/api/lti/courses/${COURSE}/line_items`,
        membershipsUrl: `${url}/api/lti/courses/${COURSE}/names_and_roles`,
      };
}

/** A moment that a test moves. */
export function createClock(start = new Date("2026-11-23T10:00:00Z")) {
  let at = start.getTime();
  return {
    now: () => new Date(at),
    advance: (ms: number) => {
      at += ms;
    },
  };
}

export const examOf = (changes: Partial<Exam> = {}): Exam => ({
  id: newId(),
  organisationId: ORGANISATION,
  courseId: OUR_COURSE,
  title: "The basics",
  kind: "exam",
  passMarkPercent: 60,
  attemptsAllowed: 3,
  gradeSource: "hosted",
  scoreMaximum: 100,
  questions: ["q1", "q2"].map((id) => ({
    id,
    kind: "single-choice" as const,
    prompt: `Question ${id}?`,
    options: [
      { id: "right", text: "This one" },
      { id: "wrong", text: "Not this one" },
    ],
    correctOptionId: "right",
  })),
  createdAt: new Date(0),
  ...changes,
});

type Fact = Parameters<RecordResult>[0];

/** The exams chapter with its stores, facts kept once by their key, and jobs run on demand. */
export async function createExamWorld(mood: Mood, random: () => number = () => 0) {
  const clock = createClock();
  const practice = await startLms(mood, clock.now);
  const database = await openTestDatabase();
  const { connection } = database;
  const stores = {
    attempts: createAttemptStore(connection),
    lineItems: createLineItemStore(connection),
    scorePosts: createScorePostStore(connection),
    observations: createObservationStore(connection),
    accounts: createAccountStore(connection),
    events: createEventStore(connection),
  };
  await buildIndexes(connection);

  const exams = new Map<string, Exam>();
  const offeringChanges: Partial<Offering> = {};
  const facts = new Map<string, Fact>();
  const woken: DueWork[] = [];
  const wake = async (name: DueWork["name"], data: DueWork["data"]) => {
    woken.push({ name, data });
  };
  const needs = {
    ...stores,
    exams: { findById: async (_organisation: string, id: string) => exams.get(id) },
    offerings: {
      findById: async () => {
        const [exam] = exams.values();
        return exam && { ...offeringOf(exam, practice.lms.issuer), ...offeringChanges };
      },
    },
    grades: practice.grades,
    roster: practice.roster,
    work: { wake, wakeUnlessThere: wake },
    recordResult: (async (result) => {
      if (!facts.has(result.sourceKey)) facts.set(result.sourceKey, result);
    }) as RecordResult,
    bounds: { resultsQuickMinutes: 10, resultsSlowHours: 6 },
    now: clock.now,
    random,
    readStanding: async () => ({ kind: "no-result" as const }),
  };
  const sources = createGradeSources(needs);
  const handlers = Object.assign(
    {},
    ...Object.values(sources).map((source) => source.handlers),
  ) as Record<string, (data: DueWork["data"]) => Promise<void>>;

  /** Does everything that was woken; faults of the LMS are left to be tried again. */
  const work = async (): Promise<void> => {
    for (let job = woken.shift(); job !== undefined; job = woken.shift()) {
      await handlers[job.name]?.(job.data).catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== "ToolError") throw error;
      });
    }
  };

  const accountOf = async (sub: string): Promise<Account> =>
    await stores.accounts.findOrCreate(
      { organisationId: ORGANISATION, issuer: practice.lms.issuer, sub },
      clock.now(),
    );

  const openingOf = async (exam: Exam, sub: string, changes: Partial<Launch> = {}) => {
    exams.set(exam.id, exam);
    const account = await accountOf(sub);
    if (changes.isTestUser === true) await stores.accounts.markTestUser(ORGANISATION, account.id);
    const launch: Launch = {
      id: newId(),
      organisationId: ORGANISATION,
      platformId: practice.platform.id,
      issuer: practice.lms.issuer,
      deploymentRecordId: newId(),
      accountId: account.id,
      message: "resource-link",
      courseRoles: ["learner"],
      claimsAdministrator: false,
      isTestUser: false,
      context: { id: COURSE, label: "CVI", title: "Cerebral Visual Impairment" },
      resourceLinkId: "1",
      custom: { rosette_exam: exam.id },
      grading: { scopes: [], lineItemsUrl: practice.lineItemsUrl, lineItemUrl: undefined },
      roster: { membershipsUrl: practice.membershipsUrl },
      deepLinking: undefined,
      locale: undefined,
      returnUrl: undefined,
      launchedAt: clock.now(),
      ...changes,
    };
    return { launch, account, offering: offeringOf(exam, practice.lms.issuer), exam };
  };

  return {
    ...practice,
    ...stores,
    connection,
    clock,
    needs,
    /** What a test changes in the decision about the LMS course. */
    offeringChanges,
    sources,
    handlers,
    exams,
    facts,
    woken,
    work,
    openingOf,
    /** What the sweep does every minute. */
    sweep: async () => {
      const wake = async (due: DueWork) => {
        await Promise.resolve(woken.push(due));
      };
      await sweepGradeSources({ sources, wake, now: clock.now }, { reach: "settled" });
      await work();
    },
    stop: async () => {
      await database.close();
      await practice.stop();
    },
  };
}

export type ExamWorld = Awaited<ReturnType<typeof createExamWorld>>;

export const offeringOf = (exam: Exam, issuer: string): Offering => ({
  id: "00000000-0000-4000-8000-0000000000f0",
  organisationId: ORGANISATION,
  issuer,
  contextId: COURSE,
  contextTitle: "Cerebral Visual Impairment",
  status: "approved",
  courseId: exam.courseId,
  decidedBy: "admin",
  decidedAt: new Date(0),
  firstSeenAt: new Date(0),
  lastLaunchAt: new Date(0),
});
