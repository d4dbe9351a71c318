import mongoose, { type Connection } from "mongoose";

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
