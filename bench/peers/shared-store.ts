import { spawnSync } from "node:child_process";
import { MongoClient } from "mongodb";
import { type MeasuredProcess, startMeasured } from "./measured-process.js";

/** The embedded store as a process of its own, for servers that are compared on it. */
export type SharedStore = {
  process: MeasuredProcess;
  uri: string;
  /** Commands so far by name, and documents looked at to answer them (`serverStatus`). */
  figures(): Promise<{ commands: Record<string, number>; examined: number }>;
  stop(): Promise<void>;
};

type Status = {
  metrics: {
    commands: Record<string, { total: number }>;
    queryExecutor: { scannedObjects: number };
  };
};

export async function startSharedStore(at: {
  dataDir: string;
  core: number;
}): Promise<SharedStore> {
  spawnSync("npm", ["run", "build", "--silent"], { stdio: ["ignore", "ignore", "inherit"] });
  const args = ["packages/embedded-mongo/dist/command.js", "--port", "0", "--data-dir", at.dataDir];
  const process = await startMeasured({ core: at.core, args, env: {} });
  const uri = process.firstLine;
  const client = await MongoClient.connect(uri);
  return {
    process,
    uri,
    figures: async () => {
      const status = (await client.db("admin").command({ serverStatus: 1 })) as Status;
      const { commands, queryExecutor } = status.metrics;
      const totals = Object.entries(commands).map(([name, { total }]) => [name, total]);
      return {
        commands: Object.fromEntries(totals) as Record<string, number>,
        examined: queryExecutor.scannedObjects,
      };
    },
    stop: async () => {
      await client.close();
      await process.stop();
    },
  };
}
