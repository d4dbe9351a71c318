import { type Connection, Schema } from "mongoose";
import {
  isDuplicate,
  type Lease,
  newId,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import { nextTimestamp, type ScorePost } from "./score-post.js";

const schema = new Schema<Stored<ScorePost>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    lineItemId: { type: String, required: true },
    accountId: { type: String, required: true },
    sub: { type: String, required: true },
    attemptId: { type: String, required: true },
    score: { type: Number, required: true },
    maximum: { type: Number, required: true },
    submittedAt: { type: Date, required: true },
    number: { type: Number, required: true },
    timestamp: { type: Date, required: true },
    state: { type: String, required: true },
    tries: { type: Number, required: true },
    nextTryAt: { type: Date, required: true },
    leaseUntil: { type: Date, required: true },
    lastError: String,
    acknowledgedNumber: { type: Number, required: true },
    sends: { type: Schema.Types.Mixed, required: true },
  },
  { versionKey: false, strict: "throw", collection: "scorePosts" },
);
schema.index({ lineItemId: 1, accountId: 1 }, { unique: true });
schema.index({ accountId: 1 });
schema.index({ nextTryAt: 1 }, { partialFilterExpression: { state: "waiting" } });
schema.index({ lineItemId: 1, nextTryAt: 1 }, { partialFilterExpression: { state: "waiting" } });

/** A score to be sent. */
export type NewScore = Pick<
  ScorePost,
  "organisationId" | "lineItemId" | "accountId" | "sub" | "attemptId"
> &
  Pick<ScorePost, "score" | "maximum" | "submittedAt">;

/** A score post at one number: what a step in its sending is about. */
type At = Pick<ScorePost, "id" | "number">;

/** How a try ended. */
export type TryOutcome =
  | { state: "sent"; confirmed: boolean }
  | { state: "overridden" }
  | { state: "failed"; error: string }
  /** `isKnownLost`: the LMS said that it did not take the score. */
  | { state: "waiting"; error: string; nextTryAt: Date; isKnownLost: boolean; timestamp?: Date };

/** A score that may be sent. */
type DueScore = Pick<ScorePost, "id" | "organisationId">;
const DUE = { _id: 1, organisationId: 1 } as const;
const BY_WAITING = { nextTryAt: 1 } as const;
const dueAt = (now: Date) => ({
  state: "waiting" as const,
  nextTryAt: { $lte: now },
  leaseUntil: { $lte: now },
});

const NO_LEASE = new Date(0);
/** Beyond this many, older scores have long been answered. */
const KEPT_SENDS = 10;

export type ScorePostStore = ReturnType<typeof createScorePostStore>;

/** The spool of scores on their way to LMS gradebooks. */
export function createScorePostStore(connection: Connection) {
  const model = connection.model<Stored<ScorePost>>("ScorePost", schema);

  const findByLearner = async (lineItemId: string, accountId: string) => {
    const document = await model.findOne({ lineItemId, accountId }).lean();
    return document === null ? undefined : toRecord<ScorePost>(document);
  };

  const insert = async (score: NewScore): Promise<ScorePost> => {
    const post: ScorePost = {
      ...score,
      id: newId(),
      number: 1,
      timestamp: score.submittedAt,
      state: "waiting",
      tries: 0,
      nextTryAt: score.submittedAt,
      leaseUntil: NO_LEASE,
      lastError: undefined,
      acknowledgedNumber: 0,
      sends: [],
    };
    await model.create(toDocument<ScorePost>(post));
    return post;
  };

  /** Undefined when another score got in between. */
  const replace = async (old: ScorePost, score: NewScore): Promise<ScorePost | undefined> => {
    const { attemptId, maximum, submittedAt } = score;
    const document = await model
      .findOneAndUpdate(
        { _id: old.id, number: old.number },
        {
          $set: {
            attemptId,
            score: score.score,
            maximum,
            submittedAt,
            timestamp: nextTimestamp(submittedAt, old.timestamp),
            state: "waiting",
            tries: 0,
            nextTryAt: submittedAt,
            leaseUntil: NO_LEASE,
          },
          $inc: { number: 1 },
          $unset: { lastError: 1 },
        },
        { returnDocument: "after" },
      )
      .lean();
    return document === null ? undefined : toRecord<ScorePost>(document);
  };

  /** Adds or replaces; undefined when another score got in between. */
  const trySpool = async (score: NewScore): Promise<ScorePost | undefined> => {
    const old = await findByLearner(score.lineItemId, score.accountId);
    if (old !== undefined) {
      const isOlder = score.attemptId === old.attemptId || score.submittedAt < old.submittedAt;
      return isOlder ? old : await replace(old, score);
    }
    try {
      return await insert(score);
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  };

  const markEnd = async (at: At, outcome: TryOutcome): Promise<void> => {
    const isWaiting = outcome.state === "waiting";
    const isGone = outcome.state === "failed" || outcome.state === "overridden";
    await model.updateOne(
      { _id: at.id, number: at.number },
      {
        $set: {
          state: outcome.state,
          leaseUntil: NO_LEASE,
          ...("error" in outcome ? { lastError: outcome.error } : {}),
          ...(isWaiting ? { nextTryAt: outcome.nextTryAt } : {}),
          ...(isWaiting && outcome.timestamp ? { timestamp: outcome.timestamp } : {}),
        },
        ...("error" in outcome ? {} : { $unset: { lastError: 1 } }),
        ...(isGone || (isWaiting && outcome.isKnownLost)
          ? { $pull: { sends: { number: at.number } } }
          : {}),
      },
    );
  };

  return {
    /** Puts a score in the spool, in the place of an older one. The same attempt again is a no-op. */
    async spool(score: NewScore): Promise<ScorePost> {
      for (;;) {
        const spooled = await trySpool(score);
        if (spooled !== undefined) return spooled;
      }
    },

    async find(id: string): Promise<ScorePost | undefined> {
      const document = await model.findOne({ _id: id }).lean();
      return document === null ? undefined : toRecord<ScorePost>(document);
    },

    findByLearner,

    /** Takes the sending of a score that is not sent yet; of several senders one gets it. */
    async claim(id: string, lease: Lease): Promise<ScorePost | undefined> {
      const document = await model
        .findOneAndUpdate(
          { _id: id, state: { $in: ["waiting", "failed"] }, leaseUntil: { $lte: lease.now } },
          { $set: { leaseUntil: lease.until, state: "waiting" }, $inc: { tries: 1 } },
          { returnDocument: "after" },
        )
        .lean();
      return document === null ? undefined : toRecord<ScorePost>(document);
    },

    /**
     * Written before the LMS is asked, so that after a crash the score is still known as ours.
     * False when a newer score took its place.
     */
    async beginSend(post: ScorePost): Promise<boolean> {
      const { number, score, maximum, timestamp } = post;
      const at = { _id: post.id, number };
      await model.updateOne(
        { ...at, "sends.number": { $ne: number } },
        {
          $push: {
            sends: { $each: [{ number, score, maximum, timestamp }], $slice: -KEPT_SENDS },
          },
        },
      );
      return (await model.exists({ ...at, leaseUntil: post.leaseUntil })) !== null;
    },

    /** Ends a try. A newer score meanwhile goes its own way; that the LMS took this one is kept. */
    async finish(at: At, outcome: TryOutcome): Promise<void> {
      if (outcome.state === "sent" && outcome.confirmed) {
        await model.updateOne({ _id: at.id }, { $max: { acknowledgedNumber: at.number } });
      }
      await markEnd(at, outcome);
    },

    /** Sent and confirmed numbers by the learner's id in the LMS, for one line item. */
    async listOwnScores(
      lineItemId: string,
      subs?: readonly string[],
    ): Promise<Pick<ScorePost, "sub" | "acknowledgedNumber" | "sends">[]> {
      return await model
        .find(
          { lineItemId, ...(subs === undefined ? {} : { sub: { $in: [...subs] } }) },
          { _id: 0, sub: 1, acknowledgedNumber: 1, sends: 1 },
        )
        .lean();
    },

    /** The score for one line item that has waited longest and may be sent now. */
    async findDue(lineItemId: string, now: Date): Promise<DueScore | undefined> {
      const document = await model
        .findOne({ lineItemId, ...dueAt(now) }, DUE)
        .sort(BY_WAITING)
        .lean();
      return document === null ? undefined : toRecord<DueScore>(document);
    },

    /**
     * Scores to be tried again now, in all organisations; the longest waiting first, and of each
     * line item only that one: who has sent it finds the next.
     */
    async listDue(now: Date, limit: number): Promise<DueScore[]> {
      const [id, organisationId] = [{ $first: "$_id" }, { $first: "$organisationId" }];
      const first = { _id: "$lineItemId", id, organisationId, nextTryAt: { $first: "$nextTryAt" } };
      return await model.aggregate<DueScore>([
        { $match: dueAt(now) },
        { $sort: BY_WAITING },
        { $group: first },
        { $sort: BY_WAITING },
        { $limit: limit },
        { $project: { _id: 0, id: 1, organisationId: 1 } },
      ]);
    },
  };
}
