import { randomUUID } from "node:crypto";
import { startStore } from "embedded-mongo";
import type { Connection } from "mongoose";
import { connectDatabase } from "../../src/database.js";

let store: ReturnType<typeof startStore> | undefined;

after(async () => {
  await (await store)?.stop();
});

/** The address of a fresh, empty database on the test process's one store, or on `MONGODB_URI`. */
export async function testDatabaseUri(): Promise<string> {
  const given = process.env["MONGODB_URI"];
  const base = given ?? (await (store ??= startStore({}))).uri;
  const uri = new URL(base);
  uri.pathname = `/test-${randomUUID().slice(0, 18)}`;
  return uri.href;
}

/** A connection to a fresh, empty database. Build the indexes after the stores are made. */
export async function openTestDatabase(): Promise<{
  connection: Connection;
  close(): Promise<void>;
}> {
  const connection = await connectDatabase(await testDatabaseUri());
  return {
    connection,
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
