import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStore } from "embedded-mongo";
import type { Connection } from "mongoose";
import { connectDatabase } from "../../src/database.js";

let store: ReturnType<typeof startStore> | undefined;

/** Every command and operator that the embedded store is sent by the tests, a line each. */
const commandLog = join(mkdtempSync(join(tmpdir(), "rosette-test-")), "commands.log");
const COVERED = new URL(
  "../../packages/embedded-mongo/test/conformance/covered.txt",
  import.meta.url,
);

/** What the application asks of the store must be held to MongoDB's answers by a test there. */
function checkCovered(): void {
  if (!existsSync(commandLog)) return;
  const linesOf = (path: string | URL) => readFileSync(path, "utf8").trim().split("\n");
  const covered = new Set(linesOf(COVERED));
  const missing = linesOf(commandLog).filter((line) => !covered.has(line));
  if (missing.length === 0) return;
  throw new Error(`No conformance case of embedded-mongo covers: ${missing.join(", ")}`);
}

after(async () => {
  await (await store)?.stop();
  checkCovered();
});

/** The address of a fresh, empty database on the test process's one store, or on `MONGODB_URI`. */
export async function testDatabaseUri(): Promise<string> {
  const given = process.env["MONGODB_URI"];
  const base = given ?? (await (store ??= startStore({ commandLog }))).uri;
  const uri = new URL(base);
  uri.pathname = `/test-${randomUUID().slice(0, 18)}`;
  return uri.href;
}

/** A connection to a fresh, empty database. Build the indexes after the stores are made. */
export async function openTestDatabase(options: { monitorCommands?: boolean } = {}): Promise<{
  connection: Connection;
  close(): Promise<void>;
}> {
  const connection = await connectDatabase(await testDatabaseUri(), options);
  return {
    connection,
    close: async () => {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
