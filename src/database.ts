import mongoose, { type Connection } from "mongoose";

// What stores do inside `inOneWrite` joins its transaction without being told.
mongoose.set("transactionAsyncLocalStorage", true);

const namesDatabase = (uri: string): boolean => /^mongodb(\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);

/**
 * Connects to a MongoDB-compatible store: a replica set, a sharded cluster or the embedded one.
 * The database is the one that the address names, else `rosette`.
 * @param options `monitorCommands` has the client tell of every command, for measuring
 */
export async function connectDatabase(
  uri: string,
  options: { monitorCommands?: boolean } = {},
): Promise<Connection> {
  const connection = mongoose.createConnection(uri, {
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    serverSelectionTimeoutMS: 10_000,
    ...options,
    ...(namesDatabase(uri) ? {} : { dbName: "rosette" }),
  });
  return await connection.asPromise();
}

/** Creates every collection and index that the stores on this connection declare. Repeatable. */
export async function buildIndexes(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) {
    await model.createCollection();
    await model.createIndexes();
  }
}

/**
 * Does what is written inside all or not at all, whenever the process dies; who meets another's
 * write does it again. One after another, and nothing that goes on afterwards: the transaction is
 * over then. A write that a unique index refuses ends it, so nothing may be asked of the store
 * after one.
 */
export type InOneWrite = <T>(write: () => Promise<T>) => Promise<T>;

export const createInOneWrite =
  (connection: Connection): InOneWrite =>
  async (write) =>
    await connection.transaction(async () => await write());
