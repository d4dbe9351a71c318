import { randomBytes } from "node:crypto";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import express from "express";
import { sendArchive } from "../../src/web/send-archive.js";
import { eventually } from "../support/story-school.js";
import { readZip } from "../support/read-zip.js";

const FILES = 120;
const FILE_BYTES = 1024 * 1024;

describe("an archive that is made while it is sent", () => {
  let server: Server;
  let url: string;
  let made = 0;
  let isEnded = false;
  let size = FILE_BYTES;
  let fault: Error | undefined;

  async function* files() {
    try {
      for (made = 0; made < FILES; made += 1) {
        if (made === 3 && fault !== undefined) throw fault;
        yield { path: `folder/${made}.bin`, bytes: randomBytes(size) };
      }
    } finally {
      isEnded = true;
    }
  }

  before(async () => {
    const app = express();
    app.get("/", async (_request, response) => {
      isEnded = false;
      await sendArchive(response, { name: "all.zip", madeAt: new Date() }, files());
    });
    // Without the environment of tests Express would print the fault.
    app.set("env", "test");
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    url = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  const ask = async (): Promise<IncomingMessage> =>
    await new Promise((resolve, reject) => get(url, resolve).on("error", reject));

  it("waits for a client that does not read, and ends with one that goes away", async () => {
    const answer = await ask();
    answer.pause();
    let before = -1;
    await eventually("it to wait", async () => {
      const isStill = made === before && made > 0;
      before = made;
      await pause(150);
      return isStill;
    });
    // What lies in the sockets' buffers, and no more.
    expect(made).to.be.below(FILES / 3);
    answer.destroy();
    await eventually("it to end", async () => isEnded);
    expect(made).to.be.below(FILES / 3);
  });

  it("arrives whole, every file under its checksum", async () => {
    size = 1000;
    const answer = await ask();
    expect(answer.headers).to.include({
      ...{ "content-type": "application/zip", "cache-control": "no-store" },
      "content-disposition": "attachment; filename=all.zip",
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const read = await readZip(Buffer.concat(chunks));
    expect([...read.keys()]).to.have.length(FILES);
    expect([...read.values()].every((bytes) => bytes.length === size)).to.equal(true);
  });

  it("breaks off where something fails, so that nobody takes it for whole", async () => {
    size = 1000;
    fault = new Error("the store is gone");
    const answer = await ask();
    let isBroken = false;
    try {
      for await (const chunk of answer) expect(chunk).to.have.length.above(0);
    } catch {
      isBroken = true;
    }
    expect(isBroken && !answer.complete).to.equal(true);
  });
});
