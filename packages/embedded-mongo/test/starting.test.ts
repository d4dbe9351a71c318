import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MongoClient } from "mongodb";
import { startStore, type StoreError } from "../src/index.js";
import { buildCommand } from "./support/build-command.js";

const newDirectory = () => mkdtempSync(join(tmpdir(), "em-"));

async function refusalOf(promise: Promise<unknown>): Promise<StoreError> {
  return await promise.then(
    () => {
      throw new Error("it started");
    },
    (error: unknown) => error as StoreError,
  );
}

describe("starting a store", () => {
  it("has a socket that only its owner may use", async () => {
    const store = await startStore();
    const path = decodeURIComponent(store.uri.slice("mongodb://".length).split("/?")[0] ?? "");
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    await store.stop();
  });

  it("listens on a loopback port when asked to, also as the replica set it says it is", async () => {
    const store = await startStore({ port: 0, inProcess: true });
    expect(store.uri).to.match(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?directConnection=true$/);
    const client = await MongoClient.connect(store.uri);
    expect(await client.db("a").command({ ping: 1 })).to.include({ ok: 1 });
    await client.close();
    const member = store.uri.replace("directConnection=true", "replicaSet=embedded");
    const discovering = await MongoClient.connect(member, { serverSelectionTimeoutMS: 3000 });
    expect(await discovering.db("a").command({ ping: 1 })).to.include({ ok: 1 });
    await discovering.close();
    await store.stop();
  });

  it("refuses a directory in use, naming the process, and takes over one left by a dead process", async () => {
    const dataDir = newDirectory();
    const command = await buildCommand();
    const child = spawn(process.execPath, [command, "--data-dir", dataDir, "--port", "0"]);
    await once(child.stdout, "data");
    const refused = await refusalOf(startStore({ dataDir }));
    expect(refused.code).to.equal("store-locked");
    expect(refused.message).to.contain(`process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await startStore({ dataDir })).stop();
  });

  it("is refused in production unless it is accepted", async () => {
    expect((await refusalOf(startStore({ environment: "production" }))).code).to.equal(
      "not-accepted-in-production",
    );
    await (
      await startStore({ environment: "production", acceptInProduction: true, inProcess: true })
    ).stop();
  });

  it("refuses a socket path that no system takes", async () => {
    const socketPath = `/tmp/${"x".repeat(120)}.sock`;
    expect((await refusalOf(startStore({ socketPath }))).code).to.equal("address-unusable");
  });

  it("says that it is not MongoDB and ends when its parent dies", async () => {
    const command = await buildCommand();
    const script = `
      const child = require("node:child_process").spawn(process.execPath,
        [${JSON.stringify(command)}, "--port", "0", "--with-parent"], { stdio: ["ignore", "pipe", "pipe"] });
      child.stderr.once("data", (text) => { process.stdout.write(child.pid + " " + text); });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["-e", script]);
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    expect(line.toString()).to.contain("It is not MongoDB");
    const pid = Number(line.toString().split(" ")[0]);
    parent.kill("SIGKILL");
    for (let tries = 0; tries < 100; tries += 1) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the store outlived its parent");
  });
});
