import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { load } from "cheerio";
import { expect } from "chai";
import { connectDatabase } from "../../src/database.js";
import { createFrozenAddressStore } from "../../src/credentials/frozen-address-store.js";
import {
  buildProduct,
  type BuiltProduct,
  freePort,
  type Running,
} from "../support/built-product.js";
import { eventually } from "../support/story-school.js";
import { testDatabaseUri } from "../support/test-database.js";
import { Browser } from "../support/test-browser.js";

const add = [
  ...["add", "--name", "Practice", "--issuer", "https://lms.example.edu"],
  ...["--client-id", "rosette", "--deployment", "1"],
  ...["--authorization-url", "https://lms.example.edu/auth"],
  ...["--token-url", "https://lms.example.edu/token"],
  ...["--jwks-url", "https://lms.example.edu/jwks"],
];
const idIn = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? "no id";

describe("the commands of an installation", function () {
  this.timeout(60_000);
  let built: BuiltProduct;
  let env: Record<string, string> & { PORT: string; DATA_DIR: string };
  let servers: (Running | Server)[];

  before(async () => {
    built = await buildProduct();
  });
  after(async () => {
    await built.remove();
  });
  beforeEach(async () => {
    servers = [];
    env = {
      PORT: String(await freePort()),
      DATA_DIR: await built.makeDataDir(),
      ENCRYPTION_KEY: randomBytes(32).toString("hex"),
      LOG_LEVEL: "silent",
    };
  });
  afterEach(async () => {
    for (const server of servers) {
      if ("child" in server) {
        server.child.kill("SIGKILL");
        await server.ended;
      } else {
        server.close();
        server.closeAllConnections();
      }
    }
  });

  const serve = async (changes: Record<string, string> = {}): Promise<Running> => {
    const running = await built.serve({ ...env, ...changes });
    servers.push(running);
    return running;
  };
  const stop = async (running: Running) => {
    running.child.kill("SIGTERM");
    return await running.ended;
  };
  const platform = async (...args: string[]) => await built.run("platform", env, args);
  const takePort = async (): Promise<string> => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    return String((server.address() as AddressInfo).port);
  };
  const setupLinkIn = (running: Running) => /http:\S+\/setup\/\S+/.exec(running.out())?.[0];

  for (const when of ["while no server runs", "beside the running server"]) {
    it(`add, list and remove an LMS ${when}`, async () => {
      if (when.includes("running")) await serve();
      const added = await platform(...add);
      expect(added, added.out).to.include({ code: 0 });
      expect(added.out).to.include("Registered Practice").and.include(`:${env.PORT}/`);
      const listed = await platform("list");
      expect(listed.out)
        .to.include("https://lms.example.edu")
        .and.include("deployment 1  approved");
      const removed = await platform("remove", "--id", idIn(listed.out));
      expect(removed, removed.out).to.include({ code: 0 });
      expect((await platform("list")).out).to.include("No LMS is registered");
    });
  }

  it("say what is wrong, register nothing and end with a fault", async () => {
    const faulty = await platform("add", "--name", "Practice");
    expect(faulty.code).to.equal(1);
    expect(faulty.out).to.include("--issuer").and.include("--jwks-url").and.not.include("    at ");
    expect((await platform("list")).out).to.include("No LMS is registered");
    expect(await platform("fly")).to.include({ code: 1 });
  });

  it("print a set-up link that works once, and none when an LMS is registered", async () => {
    const first = await serve();
    const link = await eventually("the link is printed", async () => setupLinkIn(first));
    const browser = new Browser();
    const form = load((await browser.get(link)).text)("form");
    expect(form.attr("method")).to.equal("post");
    const fields = {
      ...{ organisationName: "Academy", name: "Practice", issuer: "https://lms.example.edu" },
      ...{ clientId: "rosette", authorizationUrl: "https://lms.example.edu/auth" },
      ...{ tokenUrl: "https://lms.example.edu/token", jwksUrl: "https://lms.example.edu/jwks" },
      deploymentId: "1",
    };
    const done = await browser.post(link, fields);
    expect(done.status, done.text).to.equal(200);
    expect(done.text).to.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
    const again = await browser.post(link, { ...fields, clientId: "another" });
    expect(again.status).to.equal(403);
    expect((await browser.get(link)).status).to.equal(403);

    expect(await stop(first)).to.include({ code: 0 });
    expect((await platform("list")).out).to.include("https://lms.example.edu");
    expect(setupLinkIn(await serve())).to.equal(undefined);
  });

  it("list every fault of the environment at once and do not start", async () => {
    const wrong = { ...env, PORT: "many", PUBLIC_URL: "http://10.0.0.1", LOG_LEVEL: "loud" };
    for (const command of ["main", "platform"] as const) {
      const ended = await built.run(command, wrong, command === "platform" ? ["list"] : []);
      expect(ended.code, command).to.equal(1);
      for (const name of ["PORT", "PUBLIC_URL", "LOG_LEVEL"]) {
        expect(ended.out, command).to.include(`${name}:`);
      }
      expect(ended.out).to.not.include("    at ");
    }
  });

  it("refuse production without its secrets", async () => {
    const { DATA_DIR, PORT } = env;
    const ended = await built.run("main", { DATA_DIR, PORT, NODE_ENV: "production" });
    expect(ended.code).to.equal(1);
    for (const name of ["ENCRYPTION_KEY", "PUBLIC_URL", "MONGODB_URI"]) {
      expect(ended.out).to.include(`${name}:`);
    }
  });

  it("say so when a port is taken, and leave nothing running", async () => {
    const PORT = await takePort();
    const start = await built.run("main", { ...env, PORT });
    expect(start.code).to.equal(1);
    expect(start.out).to.include(`Port ${PORT} is taken`).and.not.include("    at ");
    // The store was let go: the next start has it.
    await serve();

    for (const args of [
      ["--port", PORT],
      ["--lms-port", PORT, "--port", String(await freePort())],
    ]) {
      const demo = await built.run("demo", {}, args);
      expect(demo.code, args.join(" ")).to.equal(1);
      expect(demo.out).to.include(`Port ${PORT} is taken`).and.include("--lms-port");
      expect(demo.out).to.not.include("    at ");
    }
  });

  it("refuse a second server on the same records", async () => {
    await serve();
    const second = await built.run("main", { ...env, PORT: String(await freePort()) });
    expect(second.code).to.equal(1);
    expect(second.out).to.not.include("    at ");
    expect(second.out).to.match(/in use|another process/i);
  });

  it("refuse another public address once a credential names the first, and say why", async () => {
    const first = await serve();
    const socket = encodeURIComponent(join(env.DATA_DIR, "store.sock"));
    const connection = await connectDatabase(`mongodb://${socket}/?directConnection=true`);
    await createFrozenAddressStore(connection).freeze({
      publicUrl: `http://localhost:${env.PORT}`,
      frozenAt: new Date(),
    });
    await connection.close();
    await stop(first);

    const moved = await built.run("main", { ...env, PUBLIC_URL: "https://elsewhere.example.org" });
    expect(moved.code).to.equal(1);
    expect(moved.out).to.include("https://elsewhere.example.org");
    expect(moved.out).to.include(`http://localhost:${env.PORT}`).and.include("credential");
    expect(moved.out).to.not.include("    at ");
    await serve();
  });

  it("finish what is under way when they are asked to stop, even while they start", async () => {
    const running = built.start("main", env);
    servers.push(running);
    await eventually("it answers", async () => {
      return (await fetch(`http://localhost:${env.PORT}/healthz`).catch(() => undefined))?.ok;
    });
    expect(await stop(running)).to.include({ code: 0, signal: null });
    const again = await serve();
    expect((await stop(again)).out).to.include("SIGTERM: finishing what is under way");
  });

  it("answers a request that was under way when it was asked to stop", async () => {
    const slow = createServer((_request, response) => {
      setTimeout(() => response.writeHead(503).end(), 1500);
    });
    servers.push(slow);
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    const running = await serve({ ALLOW_PRIVATE_PLATFORMS: "true" });
    const link = await eventually("the link is printed", async () => setupLinkIn(running));
    const query = new URLSearchParams({
      invitation: link.split("/").at(-1) ?? "",
      openid_configuration: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`,
    });
    const reached = new Promise((resolve) => slow.once("request", resolve));
    const answer = fetch(`http://localhost:${env.PORT}/lti/register?${query.toString()}`);
    await reached;
    const ended = stop(running);
    expect((await answer).status).to.equal(502);
    expect(await ended).to.include({ code: 0 });
  });

  it("make a key of their own in development, say so, and go on with it", async () => {
    const { DATA_DIR, PORT } = env;
    const rest = { DATA_DIR, PORT, LOG_LEVEL: "warn" };
    const first = await built.serve(rest);
    servers.push(first);
    expect((await stop(first)).out).to.include("made a new encryption key in DATA_DIR");
    const file = join(env.DATA_DIR, "encryption.key");
    const key = await readFile(file, "utf8");
    expect((await stat(file)).mode & 0o077, "nobody else may read it").to.equal(0);
    const second = await built.serve(rest);
    servers.push(second);
    expect((await stop(second)).out).to.not.include("encryption key");
    expect(await readFile(file, "utf8")).to.equal(key);
  });

  it("use the database at MONGODB_URI and open no store of their own", async () => {
    await serve({ MONGODB_URI: await testDatabaseUri() });
    expect(await readdir(env.DATA_DIR)).to.deep.equal([]);
    const added = await built.run(
      "platform",
      { ...env, MONGODB_URI: await testDatabaseUri() },
      add,
    );
    expect(added.code, added.out).to.equal(0);
    expect(await readdir(env.DATA_DIR)).to.deep.equal([]);
  });
});
