#!/usr/bin/env node
import { parseArgs } from "node:util";
import { NOTICE, startStore, StoreError } from "./index.js";

const USAGE = `Usage:
  embedded-mongo [--data-dir DIR] [--socket PATH | --port N]
                 [--durability always|interval|off] [--salvage] [--with-parent]
                 [--compact-bytes N]
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "data-dir": { type: "string" },
    socket: { type: "string" },
    port: { type: "string" },
    durability: { type: "string" },
    "compact-bytes": { type: "string" },
    "command-log": { type: "string" },
    salvage: { type: "boolean" },
    "with-parent": { type: "boolean" },
    help: { type: "boolean" },
  },
});

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function durabilityOf(text: string | undefined) {
  if (text === undefined || text === "always" || text === "interval" || text === "off") return text;
  return fail(`--durability is always, interval or off, not ${text}`);
}

async function serve(): Promise<void> {
  const durability = durabilityOf(values.durability);
  const { port, socket: socketPath, salvage } = values;
  const commandLog = values["command-log"];
  const compactBytes = values["compact-bytes"];
  const store = await startStore({
    inProcess: true,
    environment: process.env["NODE_ENV"] ?? "",
    acceptInProduction: process.env["EMBEDDED_STORE"] === "accept",
    ...(values["data-dir"] === undefined ? {} : { dataDir: values["data-dir"] }),
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(durability === undefined ? {} : { durability }),
    ...(compactBytes === undefined ? {} : { compactBytes: Number(compactBytes) }),
    ...(commandLog === undefined ? {} : { commandLog }),
    ...(salvage === undefined ? {} : { salvage }),
  });
  process.stderr.write(`${NOTICE}\n`);
  process.stdout.write(`${store.uri}\n`);
  const stop = () => {
    void store.stop().then(() => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (values["with-parent"] === true) endWithParent(stop);
}

// A child whose parent dies gets another parent.
function endWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500).unref();
  process.once("disconnect", stop);
}

try {
  if (values.help === true) process.stdout.write(USAGE);
  else if (positionals.length === 0) await serve();
  else fail(USAGE);
} catch (error) {
  if (error instanceof StoreError) fail(`embedded-mongo: ${error.message} (${error.code})`);
  throw error;
}
