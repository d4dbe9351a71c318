import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { asAccount, type StoredAccount } from "../people/account-store.js";
import { type Stored, withoutUndefined } from "../stored-record.js";
import type { KeptLaunch } from "./launch.js";
import type { AttemptKey, LoginAttempt } from "./login-attempt.js";
import type { NewSession, Session } from "./session.js";

type StoredAttempt = Omit<LoginAttempt, "id" | "platformId" | "expiresAt"> & { expiresAt: Date };

/** From the login on; `launch` and what follows from the launch on. */
type StoredLaunch = Pick<Stored<KeptLaunch>, "_id" | "platformId" | "expiresAt"> &
  Partial<Stored<KeptLaunch>> & {
    attempt: StoredAttempt;
    session?: NewSession;
    ticket?: { hash: string; expiresAt: Date };
  };

const schema = new Schema<StoredLaunch>(
  {
    _id: { type: String, required: true },
    platformId: { type: String, required: true },
    expiresAt: { type: Date, required: true },
    attempt: { type: Schema.Types.Mixed, required: true },
    organisationId: String,
    accountId: String,
    launch: Schema.Types.Mixed,
    csrfToken: String,
    frameOrigins: { type: [String], default: undefined },
    session: Schema.Types.Mixed,
    ticket: Schema.Types.Mixed,
  },
  { versionKey: false, strict: "throw", collection: "launches", minimize: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
schema.index({ platformId: 1 });
const where = (field: string) => ({ partialFilterExpression: { [field]: { $exists: true } } });
schema.index({ "session.id": 1 }, where("session.id"));
schema.index({ "session.replaces": 1 }, where("session.replaces"));
schema.index({ "ticket.hash": 1 }, where("ticket.hash"));
schema.index({ accountId: 1 }, where("accountId"));

type OpenLaunch = StoredLaunch & Stored<KeptLaunch>;

/** A document of `findVisit`, which joins what is known of the account. */
type VisitRow = OpenLaunch & { account: StoredAccount[]; grants: unknown[] };

const asKept = (stored: OpenLaunch): KeptLaunch => {
  const { _id: id, organisationId, accountId, platformId, launch } = stored;
  const { csrfToken, frameOrigins, expiresAt } = stored;
  return { id, organisationId, accountId, platformId, launch, csrfToken, frameOrigins, expiresAt };
};

/** The session that a token stands for, unless it is over or was replaced by a later one. */
function sessionIn(rows: VisitRow[], id: string, now: Date): Session | undefined {
  if (rows.some(({ session }) => session?.replaces === id)) return undefined;
  const row = rows.find(({ session }) => session?.id === id);
  if (row?.session === undefined || row.session.expiresAt <= now) return undefined;
  const { lastSeenAt, expiresAt } = row.session;
  const { organisationId, accountId, _id: launchId } = row;
  return { id, organisationId, accountId, launchId, lastSeenAt, expiresAt };
}

/** What a launch leaves behind with the attempt it uses. */
export type Opening = {
  kept: KeptLaunch;
  session?: NewSession;
  /** SHA-256 of a ticket to a session, where the browser keeps no cookies. */
  ticket?: { hash: string; expiresAt: Date };
};

export type LaunchStore = ReturnType<typeof createLaunchStore>;

/**
 * Launches, each one record from its login to the end of its visit a day later, with the session
 * that it opened. So one write uses the attempt up, opens the launch and replaces the session: all of
 * it happens, or nothing.
 */
export function createLaunchStore(connection: Connection) {
  const model = connection.model<StoredLaunch>("Launch", schema);
  const { collection } = model;
  const read = gatheredReads(connection);

  return {
    /** A sign-in begins. Nobody knows yet whose it is. */
    async begin({ id, platformId, expiresAt, ...attempt }: LoginAttempt): Promise<void> {
      const kept = withoutUndefined({ ...attempt, expiresAt });
      await collection.insertOne({ _id: id as never, platformId, expiresAt, attempt: kept });
    },

    /** Uses an attempt up and opens its launch; of several at once only one does. */
    async open(key: AttemptKey, { kept, ...opened }: Opening, now: Date): Promise<boolean> {
      const { id, platformId, nonceHash, browserHash, targetLinkUri, deploymentId } = key;
      const { matchedCount } = await collection.updateOne(
        {
          ...{ _id: id as never, platformId, launch: { $exists: false } },
          ...{ "attempt.nonceHash": nonceHash, "attempt.browserHash": browserHash },
          "attempt.expiresAt": { $gt: now },
          ...(targetLinkUri === undefined ? {} : { "attempt.targetLinkUri": targetLinkUri }),
          // null: the login named none.
          "attempt.deploymentId": { $in: [null, deploymentId] },
        },
        { $set: withoutUndefined({ ...kept, id: undefined, ...opened }) },
      );
      return matchedCount === 1;
    },

    /** For telling why an attempt could not be used. */
    async findAttempt(id: string): Promise<(LoginAttempt & { isUsed: boolean }) | undefined> {
      const stored = await model.findOne({ _id: id }).lean<StoredLaunch>();
      if (stored === null) return undefined;
      const { platformId, attempt, launch } = stored;
      return { id, platformId, ...attempt, isUsed: launch !== undefined };
    },

    /** Two first launches of one person met: this one goes on with the account that was kept. */
    async setAccount(id: string, accountId: string): Promise<void> {
      await model.updateOne({ _id: id }, { $set: { accountId, "launch.accountId": accountId } });
    },

    /** Opens the session that a ticket stands for, once. Not scoped: the ticket says whose it is. */
    async takeTicket(hash: string, session: NewSession): Promise<string | undefined> {
      const taken = await model
        .findOneAndUpdate(
          { "ticket.hash": hash, "ticket.expiresAt": { $gt: session.lastSeenAt } },
          { $set: { session }, $unset: { ticket: 1 } },
          { returnDocument: "after" },
        )
        .lean<StoredLaunch>();
      return taken?._id;
    },

    /**
     * Who comes with a session, and the launch of theirs that they ask for; another's is as good
     * as not there. Not scoped: it is the session that says whose it is.
     */
    async findVisit(asked: { sessionId: string; launchId: string }, now: Date) {
      const { sessionId, launchId } = asked;
      const rows = await read<VisitRow>({
        from: "launches",
        match: {
          $or: [{ _id: launchId }, { "session.id": sessionId }, { "session.replaces": sessionId }],
        },
        join: [
          {
            $lookup: {
              ...{ from: "accounts", localField: "accountId", foreignField: "_id", as: "account" },
            },
          },
          {
            $lookup: {
              ...{ from: "administratorGrants", localField: "accountId", foreignField: "_id" },
              as: "grants",
            },
          },
        ],
      });
      const session = sessionIn(rows, sessionId, now);
      if (session === undefined) return undefined;
      const { organisationId, accountId } = session;
      const row = rows.find(({ _id }) => _id === launchId);
      const account = row?.account[0];
      const isOwn = row?.organisationId === organisationId && row.accountId === accountId;
      if (row === undefined || account === undefined || !isOwn || row.expiresAt <= now) {
        return undefined;
      }
      const isGranted = row.grants.length > 0;
      const mayBeJoined = account.linkedTo !== undefined || (account.followers ?? 0) > 0;
      return {
        ...{ session, kept: asKept(row), account: asAccount(account) },
        ...{ isGranted, mayBeJoined },
      };
    },

    /** Puts a session's end off; one that was ended meanwhile stays ended. */
    async touchSession(session: Session, lastSeenAt: Date, expiresAt: Date): Promise<void> {
      await model.updateOne(
        {
          _id: session.launchId,
          "session.id": session.id,
          "session.expiresAt": { $gt: lastSeenAt },
        },
        { $set: { "session.lastSeenAt": lastSeenAt, "session.expiresAt": expiresAt } },
      );
    },

    /** Ends every session of an account, in whatever browser, and every ticket to one. */
    async endSessions(organisationId: string, accountId: string): Promise<void> {
      // What a session has replaced stays replaced: its record is kept.
      await model.updateMany(
        { organisationId, accountId, session: { $exists: true } },
        { $set: { "session.expiresAt": new Date(0) } },
      );
      await model.updateMany({ organisationId, accountId }, { $unset: { ticket: 1 } });
    },

    /** Ends every visit from a platform, or from one deployment of it. */
    async endVisits(from: { platformId: string; deploymentRecordId?: string }): Promise<void> {
      const { platformId, deploymentRecordId } = from;
      await model.updateMany(
        deploymentRecordId === undefined
          ? { platformId }
          : { platformId, "launch.deploymentRecordId": deploymentRecordId },
        {
          $unset: { organisationId: 1, accountId: 1, launch: 1, csrfToken: 1, ticket: 1 },
          $set: { "session.expiresAt": new Date(0) },
        },
      );
    },
  };
}
