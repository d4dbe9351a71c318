import { expect } from "chai";
import express from "express";
import type { Connection } from "mongoose";
import request from "supertest";
import { requestsPerMinute } from "../../config/http-policy.js";
import { buildIndexes } from "../../src/database.js";
import { limitRequests } from "../../src/web/limit-requests.js";
import { createRequestCounts } from "../../src/web/request-count-store.js";
import { openTestDatabase } from "../support/test-database.js";
import { startTestProduct } from "../support/test-product.js";

const CLASSROOM = 300;

describe("limits on requests", () => {
  let connection: Connection;
  let close: () => Promise<void>;

  beforeEach(async () => {
    const database = await openTestDatabase();
    connection = database.connection;
    close = async () => {
      await database.close();
    };
  });
  afterEach(async () => {
    await close();
  });

  const takenOf = async (
    ask: () => Promise<{ retryAfterMs: number } | undefined>,
    times: number,
  ): Promise<number> => {
    let taken = 0;
    for (let time = 0; time < times; time += 1) if ((await ask()) === undefined) taken += 1;
    return taken;
  };

  it("take what is allowed from one address, and leave other addresses and kinds alone", async () => {
    const count = createRequestCounts(connection, { few: 16, many: 100 });
    await buildIndexes(connection);
    expect(await takenOf(async () => await count("few", "10.0.0.1"), 40)).to.equal(16);
    const refused = await count("few", "10.0.0.1");
    expect(refused?.retryAfterMs).to.be.within(1, 60_000);
    expect(await count("few", "10.0.0.2")).to.equal(undefined);
    expect(await count("many", "10.0.0.1")).to.equal(undefined);
  });

  it("are shared between processes, but for each one's own eighth", async () => {
    const limits = { few: 80 };
    const [one, other] = [
      createRequestCounts(connection, limits),
      createRequestCounts(connection, limits),
    ];
    await buildIndexes(connection);
    const first = await takenOf(async () => await one("few", "10.0.0.1"), 200);
    const second = await takenOf(async () => await other("few", "10.0.0.1"), 200);
    expect([first, second]).to.deep.equal([80, 10]);
  });

  it("ask the store for nothing while a classroom launches, and keep no address", async () => {
    const count = createRequestCounts(connection, requestsPerMinute);
    await buildIndexes(connection);
    const counts = connection.collection("requestCounts");
    const ask = async () => await count("launch", "192.0.2.7");
    expect(await takenOf(ask, requestsPerMinute.launch / 8)).to.equal(CLASSROOM);
    expect(await counts.countDocuments()).to.equal(0);
    expect(await takenOf(ask, 2 * CLASSROOM)).to.equal(2 * CLASSROOM);
    const [kept] = await counts.find({}).toArray();
    expect(kept).to.have.property("points", 2 * CLASSROOM);
    expect(JSON.stringify(kept)).to.not.contain("192.0.2.7");
  });

  it("count as registering what has us call another machine, however its address is written", async () => {
    const kinds: string[] = [];
    const app = express();
    app.use(
      limitRequests((kind) => {
        kinds.push(kind);
        return Promise.resolve(undefined);
      }),
      (_request, response) => response.end(),
    );
    for (const path of [
      "/l/1/admin/platforms/2/test",
      "/L/1/admin/Platforms/2/TEST/",
      "/l/1/admin/platforms/2/addresses/test",
      "/Setup/x/test",
      "/lti/register",
    ]) {
      await request(app).post(path);
    }
    await request(app).get("/l/1/admin/platforms/2");
    expect(kinds).to.deep.equal([...Array<string>(5).fill("registration"), "visit"]);
  });

  it("answer 429 with the time to wait, in words, on every kind of page", async () => {
    const product = await startTestProduct();
    const app = express();
    product.parts.countRequest = () => Promise.resolve({ retryAfterMs: 12_300 });
    const { createApp } = await import("../../src/app.js");
    app.use(createApp(product.parts, new URL("../..", import.meta.url).pathname));
    try {
      for (const path of ["/lti/login", "/lti/register", "/setup/x", "/l/x/progress", "/verify"]) {
        const answer = await request(app).get(path).set("accept", "text/html");
        expect(answer.status, path).to.equal(429);
        expect(answer.headers["retry-after"]).to.equal("13");
        expect(answer.text).to.contain("Wait a minute");
      }
      expect((await request(app).get("/healthz")).status).to.equal(200);
    } finally {
      await product.close();
    }
  });
});
