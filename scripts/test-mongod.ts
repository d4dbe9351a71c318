import { spawnSync } from "node:child_process";
import { MongoMemoryReplSet } from "mongodb-memory-server-core";

/*
 * npm run test:mongod: the conformance suite of packages/embedded-mongo on a real MongoDB (a replica
 * set): the one at MONGODB_URI, else one that mongodb-memory-server downloads and starts. Of that
 * package the part without an install script is used, so that no install downloads a database.
 */
const SUITE = "packages/embedded-mongo/test/conformance/*.test.ts";
const VERSION = "7.0.14";

async function startMongod(): Promise<MongoMemoryReplSet | undefined> {
  try {
    const replSet = { count: 1, storageEngine: "wiredTiger" } as const;
    return await MongoMemoryReplSet.create({ replSet, binary: { version: VERSION } });
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    process.stderr.write(
      `mongod ${VERSION} cannot be downloaded here (${why}).\n` +
        `Set MONGODB_URI to a MongoDB to test against.\n`,
    );
    return undefined;
  }
}

async function main(): Promise<number> {
  const given = process.env["MONGODB_URI"];
  const server = given === undefined || given === "" ? await startMongod() : undefined;
  const uri = server?.getUri() ?? given ?? "";
  if (uri === "") return 1;
  try {
    const options = { stdio: "inherit", env: { ...process.env, MONGODB_URI: uri } } as const;
    return spawnSync("npx", ["mocha", SUITE], options).status ?? 1;
  } finally {
    await server?.stop();
  }
}

process.exitCode = await main();
