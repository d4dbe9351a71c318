import { expect } from "chai";
import express, { type Express, Router } from "express";
import { join } from "node:path";
import { pino } from "pino";
import request from "supertest";
import { z } from "zod";
import { errorCodes, errorText, ToolError } from "../../src/errors.js";
import { createErrorHandler, notFound } from "../../src/web/error-page.js";
import { queryText, readForm, readListQuery } from "../../src/web/forms.js";
import { healthRoutes } from "../../src/web/health.js";
import {
  createSecurityHeaders,
  nameRequest,
  setPolicySources,
} from "../../src/web/security-headers.js";

function appWith(mount: (router: Router) => void): Express {
  const app = express();
  const router = Router();
  mount(router);
  app.set("view engine", "ejs").set("views", join(import.meta.dirname, "../../views"));
  app.use(nameRequest, createSecurityHeaders({ "default-src": ["'none'"] }));
  app.use(express.urlencoded({ extended: false, limit: 1000 }), express.json());
  app.use(router, notFound, createErrorHandler(pino({ level: "silent" })));
  return app;
}

describe("an error page", () => {
  const app = appWith((router) => {
    router.get("/refused", () => {
      throw new ToolError("not-allowed", { detail: "secret detail" });
    });
    router.get("/broken", () => {
      throw new Error("secret detail");
    });
  });

  it("says what happened and what to do, with the code and a reference, and no more", async () => {
    const response = await request(app).get("/refused").set("accept", "text/html");
    expect(response.status).to.equal(403);
    expect(response.text).to.include(errorText("not-allowed").title).and.include("not-allowed");
    expect(response.text).to.match(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(response.text).not.to.include("secret detail");
  });

  it("tells programs the same as problem details", async () => {
    const response = await request(app).get("/broken").set("accept", "application/json");
    expect(response.type).to.equal("application/problem+json");
    const problem = JSON.parse(response.text) as Record<string, unknown>;
    expect(problem).to.include({ type: "urn:rosette:error:unexpected", status: 500 });
    expect(response.text).not.to.include("secret detail");
  });

  it("answers 404 for an address that does not exist", async () => {
    expect((await request(app).get("/nowhere")).status).to.equal(404);
  });

  it("answers 413 to a body that is too large", async () => {
    const body = `text=${"x".repeat(2000)}`;
    expect((await request(app).post("/refused").send(body)).status).to.equal(413);
  });

  it("has a title and an advice for every code", () => {
    for (const code of errorCodes) {
      expect(errorText(code).title, code).to.have.length.above(5);
      expect(errorText(code).advice, code).to.match(/\.$/);
    }
  });
});

describe("a form", () => {
  const Schema = z.object({ code: z.string().min(2, "Give a code of two letters or more") });
  const app = appWith((router) => {
    router.post("/form", (req, res) => void res.json(readForm(req, Schema)));
    router.get("/list", (req, res) => void res.json([readListQuery(req), queryText(req, "x")]));
  });

  it("gives the values back with a sentence for each fault", async () => {
    const response = await request(app).post("/form").send("code=A&other=kept&other=twice");
    expect(response.body).to.deep.equal({
      kind: "faulty",
      faults: { code: "Give a code of two letters or more" },
      values: { code: "A", other: ["kept", "twice"] },
    });
  });

  it("lets no query operator through", async () => {
    const response = await request(app)
      .post("/form")
      .send({ code: { $ne: "" }, other: [{ $gt: 1 }] });
    expect(response.body).to.include({ kind: "faulty" });
    expect(JSON.stringify(response.body)).not.to.include("$");
  });

  it("reads page and search tolerantly", async () => {
    const read = async (query: string) =>
      (await request(app).get(`/list?${query}`)).body as unknown;
    expect(await read("page=3&search=%20low%20")).to.deep.equal([
      { search: "low", page: 3, pageSize: 20 },
      "",
    ]);
    expect(await read("page=-1&search=a&search=b&x=1")).to.deep.equal([
      { search: "", page: 1, pageSize: 20 },
      "1",
    ]);
  });
});

describe("security headers", () => {
  const app = appWith((router) => {
    router.get("/framed", (_req, res) => {
      setPolicySources(res, "frame-ancestors", ["https://lms.example"]);
      res.send("ok");
    });
    router.get("/plain", (_req, res) => void res.send("ok"));
  });

  it("let only the named origins frame a page, and nobody otherwise", async () => {
    const framed = await request(app).get("/framed");
    expect(framed.headers["content-security-policy"]).to.match(
      /frame-ancestors https:\/\/lms\.example(;|$)/,
    );
    expect(framed.headers["content-security-policy"]).to.include("default-src 'none'");
    const plain = await request(app).get("/plain");
    expect(plain.headers["content-security-policy"]).to.match(/frame-ancestors 'none'/);
  });

  it("never send X-Frame-Options or sever the opener", async () => {
    const { headers } = await request(app).get("/plain");
    expect(headers).not.to.have.any.keys(
      "x-frame-options",
      "cross-origin-opener-policy",
      "cross-origin-embedder-policy",
      "x-powered-by",
    );
  });
});

describe("health", () => {
  it("is alive always, and ready only while its store answers", async () => {
    const answers = { ready: true };
    const app = appWith((router) => {
      router.use(healthRoutes({ isReady: () => Promise.resolve(answers.ready) }));
    });
    expect((await request(app).get("/readyz")).status).to.equal(200);
    answers.ready = false;
    expect((await request(app).get("/readyz")).status).to.equal(503);
    expect((await request(app).get("/healthz")).status).to.equal(200);
  });

  it("is not ready when the store throws", async () => {
    const app = appWith((router) => {
      router.use(healthRoutes({ isReady: () => Promise.reject(new Error("gone")) }));
    });
    expect((await request(app).get("/readyz")).status).to.equal(503);
  });
});
