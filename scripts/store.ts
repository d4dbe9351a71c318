import { parseArgs } from "node:util";
import { readEnvironment } from "../config/environment.js";
import { connectDatabase } from "../src/database.js";
import { openStore } from "../src/open-store.js";
import { CommandError, runCommand } from "./command.js";
import { exportDatabase, importDatabase } from "./store/transfer.js";

const USAGE = `Usage:
  npm run store -- export DIR              write every collection into a new directory
  npm run store -- import DIR [--replace]  read it into an empty store, or replace what is there

The store is the one that MONGODB_URI names, else the embedded one in DATA_DIR. To move a pilot to
a MongoDB: stop Rosette, export, set MONGODB_URI, import, start. Keep ENCRYPTION_KEY as it is.
`;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { replace: { type: "boolean", default: false } },
    });
    const [action, directory, ...more] = positionals;
    const isKnown = action === "export" || action === "import";
    if (isKnown && directory !== undefined && more.length === 0) {
      return { action, directory, replace: values.replace };
    }
  } catch {
    // Told below.
  }
  throw new CommandError(USAGE);
}

async function main(): Promise<void> {
  const { action, directory, replace } = readArguments();
  // Never beside a server at work: an export would be no snapshot, an import a fault in its back.
  const store = await openStore(readEnvironment(process.env)).catch((error: unknown) => {
    const isLocked = error instanceof Error && "code" in error && error.code === "store-locked";
    throw isLocked ? new CommandError(`${error.message}\nStop Rosette first.`) : error;
  });
  try {
    const connection = await connectDatabase(store.uri);
    try {
      const { db } = connection;
      if (db === undefined) throw new Error("The store has no open connection");
      const done =
        action === "export"
          ? await exportDatabase(db, directory)
          : await importDatabase(db, directory, { replace });
      for (const { name, documents } of done) process.stdout.write(`${name}: ${documents}\n`);
    } finally {
      await connection.close();
    }
  } finally {
    await store.stop();
  }
}

runCommand(main);
