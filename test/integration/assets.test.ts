import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import express from "express";
import request from "supertest";
import { assetRoutes } from "../../src/web/assets.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

describe("what lies below /assets", () => {
  const app = express().use(assetRoutes(rootDir));
  const sheet = async (name: string): Promise<string> =>
    (await request(app).get(`/assets/${name}`).expect(200).expect("content-type", /css/)).text;

  it("holds every file of styles/ in one of the two stylesheets, its comments left out", async () => {
    const sheets = (await sheet("rosette.css")) + (await sheet("card.css"));
    expect(sheets).not.to.include("/*");
    const files = (await readdir(`${rootDir}/styles`)).filter((name) => name.endsWith(".css"));
    expect(files).to.include("tokens.css");
    for (const name of files) {
      const text = await readFile(`${rootDir}/styles/${name}`, "utf8");
      const rules = text
        .replaceAll(/\/\*[^]*?\*\//gu, "")
        .replaceAll(/\n\s*/gu, "\n")
        .trim();
      expect(sheets, name).to.include(rules);
    }
  });

  it("may be kept for an hour, and is asked for by its tag after that", async () => {
    const { headers } = await request(app).get("/assets/rosette.css");
    expect(headers["cache-control"]).to.equal("public, max-age=3600");
    await request(app)
      .get("/assets/rosette.css")
      .set("if-none-match", headers["etag"] ?? "")
      .expect(304);
  });

  it("begins with the tokens, which all that follows uses", async () => {
    expect(await sheet("rosette.css")).to.match(/^:root\s?\{/u);
    expect(await sheet("card.css")).to.match(/^:root\s?\{/u);
  });
});
