/* eslint-disable n/no-process-env -- the server under test is the runner's choice */
import { existsSync, mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient, type Db, type MongoClientOptions } from "mongodb";
import { startStore } from "../../src/index.js";

type Server = { uri: string; stop(): Promise<void> };

const log = join(mkdtempSync(join(tmpdir(), "em-log-")), "commands.log");

let server: Promise<Server> | undefined;
let clients: MongoClient[] = [];
let nextDatabase = 1;

async function start(): Promise<Server> {
  const uri = process.env["MONGODB_URI"];
  if (uri !== undefined && uri !== "") {
    return { uri, stop: async () => undefined };
  }
  return await startStore({ commandLog: log });
}

/** A client of the server under test: the embedded one, or that of MONGODB_URI. */
export async function openClient(options: MongoClientOptions = {}): Promise<MongoClient> {
  server ??= start();
  const client = await MongoClient.connect((await server).uri, options);
  clients.push(client);
  return client;
}

export async function serverUri(): Promise<string> {
  server ??= start();
  return (await server).uri;
}

/** A database nobody has used. */
export function freshDatabase(client: MongoClient): Db {
  return client.db(`conformance_${process.pid}_${nextDatabase++}`);
}

/** Every command and operator the embedded server has met, a line each; none from another one. */
export async function commandsSeen(): Promise<string[]> {
  if (!existsSync(log)) return [];
  return (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
}

/** Closes clients and stops the server. */
export async function closeAll(): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      await client.close();
    }),
  );
  clients = [];
  await (await server)?.stop();
  server = undefined;
}

export type ServerFailure = {
  code?: number;
  codeName?: string;
  message: string;
  errorLabels?: string[];
  hasErrorLabel(label: string): boolean;
};

/** The error that a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<ServerFailure> {
  return await promise.then(
    (value) => {
      throw new Error(`it did not fail but gave ${JSON.stringify(value)}`);
    },
    (error: unknown) => error as ServerFailure,
  );
}
