import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import express from "express";
import type { Browser, Page } from "playwright-core";
import { assetRoutes } from "../../src/web/assets.js";
import { launchChromium } from "../support/chromium.js";

const ID = "0b7e6a52-6a3c-4a40-9a35-0d3d54e0a111";
const inside = "Compression Therapy, Lymphology Association";

describe("the badge element on somebody's web page", function () {
  this.timeout(60_000);
  const servers: Server[] = [];
  let browser: Browser;
  let ours = "";
  let theirs = "";

  async function listen(app: express.Express): Promise<string> {
    const server = createServer(app).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  before(async () => {
    browser = await launchChromium();
    const rosette = express().use("/assets", (_request, response, next) => {
      response.set("access-control-allow-origin", "*");
      next();
    });
    rosette.use(assetRoutes("."));
    rosette.get("/credentials/:id/card", (_request, response) => response.send("<p>The card</p>"));
    ours = await listen(rosette);
    const page = express();
    page.get("/", ({ query: { credential } }, response) =>
      response.send(
        `<!doctype html><script type="module" src="${ours}/assets/rosette-badge.js"></script>
         <rosette-badge credential="${typeof credential === "string" ? credential : ""}">${inside}</rosette-badge>`,
      ),
    );
    theirs = await listen(page);
  });

  after(async () => {
    await browser.close();
    for (const server of servers) server.close();
  });

  async function open(credential: string, prepare?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await browser.newPage();
    await prepare?.(page);
    await page.goto(`${theirs}/?credential=${encodeURIComponent(credential)}`);
    await page.waitForFunction(`customElements.get("rosette-badge") !== undefined`);
    return page;
  }

  it("shows the card of a credential, also in a browser without URL.parse", async () => {
    const page = await open(`${ours}/credentials/${ID}`, async (made) => {
      await made.addInitScript(() => {
        Reflect.deleteProperty(URL, "parse");
      });
    });
    const frame = page.locator("rosette-badge iframe");
    expect(await frame.getAttribute("src")).to.equal(`${ours}/credentials/${ID}/card`);
    expect(await frame.getAttribute("title")).to.equal(`Credential: ${inside}`);
    expect(await page.frameLocator("rosette-badge iframe").locator("p").textContent()).to.equal(
      "The card",
    );
    await page.close();
  });

  for (const [what, credentialAt] of [
    ["of another place", () => `https://evil.example/credentials/${ID}`],
    ["that is none", () => "javascript:alert(1)"],
    ["that leads elsewhere on our place", () => `${ours}/credentials/${ID}/../../verify`],
  ] as const) {
    it(`leaves what stands inside it for an address ${what}`, async () => {
      const page = await open(credentialAt());
      expect(await page.locator("rosette-badge iframe").count()).to.equal(0);
      expect(await page.locator("rosette-badge").isVisible()).to.equal(true);
      await page.close();
    });
  }
});
