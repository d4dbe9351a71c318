import { randomUUID } from "node:crypto";
import { setImmediate, setTimeout as pause } from "node:timers/promises";
import { MongoBackend } from "@agendajs/mongo-backend";
import {
  Agenda,
  type BackoffStrategy,
  backoffStrategies,
  InMemoryNotificationChannel,
  type Job,
} from "agenda";
import { type Connection, Schema } from "mongoose";
import { ToolError } from "../errors.js";
import type { Log } from "../log.js";
import type { ListQuery, PageOf } from "../stored-record.js";
import { createGatheredWork, type GatheredWork } from "./gathered-work.js";

/** The kinds of background work. What each does is told in `journey.ts`. */
export type WorkName =
  | "evaluate-learner"
  | "issue-credential"
  | "correct-names"
  | "follow-holder-id"
  | "correct-wording"
  | "issue-due"
  | "post-score"
  | "read-results"
  | "read-roster"
  | "subscribe-to-notices"
  | "publish-statuses"
  | "sign-shown-edition"
  | "sign-learner-record"
  | "erase-account"
  | "try-out-track"
  | "move-group"
  | "import-results"
  | "sweep";

/**
 * What a job is about: opaque ids and addresses of LMS parts only. Jobs merely wake work that stands in the stores, so a
 * lost or doubled job changes nothing but the moment it is done.
 */
export type WorkData = { key: string; organisationId: string; [about: string]: string };

export type FailedWork = {
  id: string;
  name: string;
  data: WorkData;
  failedAt: Date;
  failCount: number;
  /** The error's message: a code and a detail, never personal data. */
  reason: string;
  /** When it is tried again by itself; undefined when it waits for "retry". */
  nextRunAt: Date | undefined;
};

type Handler = (data: WorkData) => Promise<unknown>;

/** The queue's own records, for what is written in one write with other stores. */
const jobSchema = new Schema({}, { strict: false, versionKey: false, collection: "jobs" });

/**
 * How work that comes in numbers is done together: at most so many in one go; and where results
 * come one by one, those of a moment that nobody notices.
 */
const TOGETHER = { atMost: 500, paceMs: 100, few: 20 };

export type WorkQueue = ReturnType<typeof createWorkQueue>;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * Tried again after about 2, 4, 8 … seconds, at most half an hour apart and for some two days, so
 * that an LMS that is down for a night costs nobody a grade and its return no stampede.
 */
const untilItWorks = backoffStrategies.exponential({
  delay: 2 * SECOND_MS,
  maxDelay: 30 * MINUTE_MS,
  maxRetries: 110,
  jitter: 0.3,
});

/** What an LMS refuses for good waits for a person to mend it there and to press "retry". */
const backoff: BackoffStrategy = (failure) => {
  const { error } = failure;
  const isForGood = error instanceof ToolError && error.code === "platform-refused";
  return isForGood ? null : untilItWorks(failure);
};

/**
 * Durable jobs in the database (agenda), safe with several processes: at least once, so every
 * handler must be idempotent. A job whose process died is taken up again when its lock runs out.
 */
export function createWorkQueue(needs: { connection: Connection; log: Log }) {
  const { db } = needs.connection;
  if (db === undefined) throw new Error("The work queue needs an open connection");
  const jobs = needs.connection.model("Job", jobSchema);
  const ownName = randomUUID();
  const agenda = new Agenda({
    name: ownName,
    backend: new MongoBackend({ mongo: db, collection: "jobs" }),
    notificationChannel: new InMemoryNotificationChannel(),
    processEvery: 5 * SECOND_MS,
    defaultConcurrency: 4,
    maxConcurrency: 12,
    defaultLockLifetime: 2 * MINUTE_MS,
    removeOnComplete: true,
  });
  agenda.on("error", (error) => {
    needs.log.error({ err: error }, "work queue failed");
  });
  agenda.on("fail", (error: unknown, job: { attrs?: { name: string; failCount?: number } }) => {
    const { name, failCount } = job.attrs ?? {};
    needs.log.warn({ work: name, failCount, err: error }, "work failed");
  });

  const running = new Set<Promise<unknown>>();
  const gathered = new Map<WorkName, GatheredWork<WorkData>>();
  let isAtWork = false;
  let sweeping: NodeJS.Timeout | undefined;

  /** Has jobs taken up at once whose lock nobody needs any more. */
  const giveBack = async (from: { lastModifiedBy?: string }): Promise<void> => {
    await db
      .collection("jobs")
      .updateMany(
        { ...from, lockedAt: { $ne: null } },
        { $set: { nextRunAt: new Date() }, $unset: { lockedAt: 1 } },
      );
  };

  /** Nothing is lost when a sweep fails: the next one finds the same. */
  const wakeSweep = async (reach: "all" | "settled"): Promise<void> => {
    try {
      await agenda.now<WorkData>("sweep", { key: "sweep", organisationId: "", reach });
    } catch (error) {
      needs.log.error({ err: error }, "sweep not begun");
    }
  };

  return {
    /** Says what a kind of work does. Before `start`. */
    handle(name: WorkName, handler: Handler): void {
      agenda.define<WorkData>(
        name,
        async (job: Job<WorkData>) => {
          const work = handler(job.attrs.data);
          running.add(work);
          await work.finally(() => running.delete(work));
        },
        { backoff },
      );
    },

    /**
     * Says how a kind of work is done that comes in numbers: many together, in this process and
     * without jobs. For what a sweep finds by itself, should the process die. Before `start`.
     */
    handleTogether(name: WorkName, run: (data: WorkData[]) => Promise<void>): void {
      const onFault = (error: unknown): void => {
        needs.log.error({ work: name, err: error }, "work failed");
      };
      const keyOf = ({ organisationId, key }: WorkData) => `${organisationId} ${key}`;
      gathered.set(name, createGatheredWork({ keyOf, run, onFault, ...TOGETHER }));
    },

    /** Takes up work of such a kind at once; false when this process does no work. */
    takeUp(name: WorkName, data: readonly WorkData[]): boolean {
      const work = isAtWork ? gathered.get(name) : undefined;
      work?.add(data);
      return work !== undefined;
    },

    /** Has work done soon, in this process or another. */
    async wake(name: WorkName, data: WorkData): Promise<void> {
      await agenda.now(name, data);
    },

    /** The same, unless a job for the same key is there already, waiting or failed. */
    async wakeUnlessThere(name: WorkName, data: WorkData): Promise<void> {
      await agenda
        .create(name, data)
        .unique({ "data.key": data.key }, { insertOnly: true })
        .schedule(new Date())
        .save();
    },

    /**
     * Begins to work, and does `sweep` at once and then every minute or more often; the first time
     * for `all` that is left, then for what is `settled`, that is nobody's who has just begun it.
     * Who has the store alone begins with what a process that died had taken up.
     */
    async start(about: { isAlone: boolean; sweepEveryMs?: number }): Promise<void> {
      if (about.isAlone) await giveBack({});
      await agenda.start();
      isAtWork = true;
      await wakeSweep("all");
      const pauseMs = about.sweepEveryMs ?? MINUTE_MS;
      sweeping = setInterval(() => void wakeSweep("settled"), pauseMs).unref();
    },

    /**
     * Takes up nothing more, lets what has begun finish for a while and gives back the rest, to be
     * taken up at once by another process or after the next start.
     */
    async stop(timeoutMs = 5_000): Promise<void> {
      clearInterval(sweeping);
      isAtWork = false;
      await agenda.stop(false);
      const all = [...running, ...[...gathered.values()].map((work) => work.settled())];
      const finished = Promise.allSettled(all).then(() => setImmediate());
      await Promise.race([finished, pause(timeoutMs, undefined, { ref: false })]);
      await giveBack({ lastModifiedBy: ownName });
    },

    /** What failed at least once and is not done, newest first. `search` looks in the name. */
    async listFailed(query: ListQuery & { organisationId: string }): Promise<PageOf<FailedWork>> {
      const { jobs: found, total } = await agenda.queryJobs({
        state: "failed",
        data: { organisationId: query.organisationId },
        ...(query.search === "" ? {} : { search: query.search }),
        sort: { lastFinishedAt: "desc" },
        skip: (query.page - 1) * query.pageSize,
        limit: query.pageSize,
      });
      const items = found.map((job) => ({
        id: String(job._id),
        name: job.name,
        data: job.data as WorkData,
        failedAt: job.failedAt ?? new Date(0),
        failCount: job.failCount ?? 0,
        reason: job.failReason ?? "",
        nextRunAt: job.nextRunAt ?? undefined,
      }));
      return {
        items,
        total,
        page: query.page,
        pageCount: Math.max(1, Math.ceil(total / query.pageSize)),
      };
    },

    /**
     * Has a failed job done again, from the start of its tries. In one write with what belongs to it.
     * @throws ToolError not-found when the organisation has no such failed job */
    async retry(failed: { organisationId: string; id: string }): Promise<void> {
      const { matchedCount } = await jobs.updateOne(
        { _id: failed.id, "data.organisationId": failed.organisationId, failedAt: { $ne: null } },
        {
          $set: { nextRunAt: new Date(), failCount: 0 },
          $unset: { failedAt: 1, failReason: 1, lastFinishedAt: 1, lockedAt: 1 },
        },
      );
      if (matchedCount === 0) throw new ToolError("not-found");
    },
  };
}
