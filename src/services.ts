import type { Connection } from "mongoose";
import type { Settings } from "../config/environment.js";
import { createAwardStore } from "./awards/award-store.js";
import { createCourseStore } from "./courses/course-store.js";
import { createExamStore } from "./courses/exam-store.js";
import { createOfferingStore } from "./courses/offering-store.js";
import { createEventStore } from "./events/event-store.js";
import { createJourney } from "./journey.js";
import { createNoticeStore } from "./learner/notice-store.js";
import type { Log } from "./log.js";
import { createAccountStore } from "./people/account-store.js";
import { createExamFactStore } from "./progress/exam-fact-store.js";
import type { SealedBox } from "./sealed-box.js";
import { newId } from "./stored-record.js";
import { createTrackStore } from "./tracks/track-store.js";
import { createTrackVersionStore } from "./tracks/track-version-store.js";
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
  const { connection, settings, log, now } = foundation;
  const events = createEventStore(connection);
  const work = createWorkQueue({ connection, log });
  const courses = createCourseStore(connection);
  const exams = createExamStore(connection);
  const offerings = createOfferingStore(connection);
  const tracks = createTrackStore(connection);
  const trackVersions = createTrackVersionStore(connection);
  const facts = createExamFactStore(connection);
  const awards = createAwardStore(connection);
  const accounts = createAccountStore(connection);
  const notices = createNoticeStore(connection);

  const journey = createJourney({
    ...{ now, work, events, accounts, courses, exams, tracks, trackVersions, facts, awards },
    onAward: async ({ id, organisationId, learnerId, trackName }) => {
      await notices.addNotice({
        ...{ id: newId(), organisationId, learnerId, key: `awarded:${id}`, createdAt: now() },
        subject: { kind: "awarded", trackName },
      });
    },
  });

  return {
    settings,
    log,
    now,
    events,
    work,
    courses,
    exams,
    offerings,
    tracks,
    trackVersions,
    facts,
    awards,
    accounts,
    notices,
    journey,

    /** Whether requests can be served: the store answers. */
    isReady: async () => (await connection.db?.admin().ping())?.["ok"] === 1,
  };
}
