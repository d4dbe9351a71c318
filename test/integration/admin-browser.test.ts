import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { newId } from "../../src/stored-record.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { aCourse, aFact, anExam, aTrackContent, examStep } from "../support/core-fixtures.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { launchChromium } from "../support/chromium.js";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe("the administrator's panel in a browser", function () {
  this.timeout(60_000);
  let panel: Panel;
  let server: Server;
  let browser: Browser;
  let address: string;
  let organisationId: string;

  before(async () => {
    panel = await openPanel();
    server = panel.app.listen(0);
    browser = await launchChromium();
    const { port } = server.address() as AddressInfo;
    const entered = await panel.enter();
    ({ organisationId } = entered);
    address = `http://localhost:${port}${entered.panel}`;
  });
  after(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await panel.close();
  });

  const press = async (page: Page, name: string): Promise<void> => {
    const button = page.getByRole("button", { name, exact: true });
    await button.focus();
    await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
  };

  it("lets somebody define a course and publish a track by keyboard alone, without scripts", async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 360, height: 800 },
    });
    const page = await context.newPage();
    await page.goto(`${address}/courses/new`);
    const type = async (label: string, text: string): Promise<void> => {
      await page.getByLabel(label, { exact: true }).focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type(text);
    };
    await type("Code", "AH-101");
    await type("Edition", "2026");
    await type("Title", "Safe transfers");
    await type("Subject", "Physiotherapy");
    await type("Contact hours", "8");
    await page.getByLabel("Rosette asks the questions and grades them").focus();
    await page.keyboard.press("ArrowDown");
    await press(page, "Add the course");
    expect(await page.locator("h1").textContent()).to.equal("Safe transfers");

    await page.goto(`${address}/tracks/new`);
    await press(page, "Add an exam");
    await page.getByLabel("Exam, project or activity").focus();
    await page.keyboard.press("ArrowDown");
    await type("Name", "Safe moving");
    await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
    // Enter in a field saves: it neither removes nor moves anything, and keeps what was typed.
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).to.equal("Safe moving");
    expect(await page.getByText("Say how it is earned.").count()).to.equal(1);
    expect(await page.getByLabel("Exam, project or activity").count()).to.equal(1);
    await type("Description", "Moves people safely.");
    await type("How it is earned", "Pass the exam.");
    await type("Subject", "Physiotherapy");
    await type("Contact hours", "8");
    await type("Letters", "SM");
    await press(page, "Save draft");
    expect(await page.locator("h1").textContent()).to.equal("Safe moving");

    await press(page, "Publish…");
    expect(await page.locator("main").textContent()).to.include("nobody is awarded at once");
    await press(page, "Publish");
    const { items } = await panel.stores.tracks.list(organisationId, {
      ...{ search: "", page: 1, pageSize: 5 },
    });
    expect(items.map(({ name, publishedVersion }) => [name, publishedVersion])).to.deep.equal([
      ["Safe moving", 1],
    ]);
    await context.close();
  });

  it("has no accessibility faults and fits its frame, narrow and wide, light and dark", async () => {
    const axe = await readFile(axePath, "utf8");
    const paths = ["", "/courses", "/courses/new", "/lms-courses", "/tracks", "/tracks/new"].concat(
      ["/awards", "/people", "/people/names", "/platforms", "/events", "/failed-work"],
    );
    for (const [width, colorScheme] of [
      [320, "light"],
      [1280, "dark"],
    ] as const) {
      const viewport = { width, height: 800 };
      const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const path of paths) {
        await page.goto(address + path);
        await page.evaluate(axe);
        const found: { violations: { id: string }[]; passes: unknown[] } =
          await page.evaluate("axe.run(document)");
        expect(found.passes.length, path).to.be.above(5);
        expect(
          found.violations.map(({ id }) => id),
          `${path} ${width}`,
        ).to.deep.equal([]);
        const spill = await page.evaluate("document.documentElement.scrollWidth");
        expect(spill, path).to.be.at.most(width);
      }
      await context.close();
    }
  });

  it("redraws the badge while it is designed, where scripts run", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`${address}/tracks/new`);
    await page.getByRole("textbox", { name: "Letters" }).fill("XY");
    await page.getByLabel("Shape").selectOption("circle");
    const preview = page.getByAltText("The badge as it is now");
    await preview.waitFor({ state: "visible" });
    expect(await preview.getAttribute("src"))
      .to.include("badgeShape=circle")
      .and.include("badgeInitials=XY");
    expect(faults).to.deep.equal([]);
    await context.close();
  });

  it("looks again by itself while awards are made, where scripts run", async () => {
    const { stores } = panel;
    const course = aCourse({ organisationId });
    const exam = anExam({ organisationId, courseId: course.id });
    await stores.courses.addOnce(course);
    await stores.exams.add(exam);
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id: accountId } = await stores.accounts.findOrCreate(key, new Date());
    await stores.facts.addOnce(aFact({ organisationId, accountId, examId: exam.id }));
    const written = await writeTrack(
      { ...stores, now: () => new Date() },
      {
        ...{ organisationId, trackId: undefined },
        content: aTrackContent({ name: "Watched", requirement: examStep(exam.id) }),
      },
    );
    if (written.kind !== "saved") throw new Error("no track");
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${address}/tracks/${written.track.id}`);
    await press(page, "Publish…");
    await press(page, "Publish and award 1 learner");
    const said = page.locator("[data-said]");
    expect(await said.textContent()).to.equal("0 of 1 learner awarded so far.");
    await page.getByRole("link", { name: "Look again" }).waitFor();
    const queued = await stores.facts.listQueuedForAccounts(organisationId, [accountId]);
    await stores.facts.markEvaluated(organisationId, queued);
    await said.filter({ hasText: /^Done:/u }).waitFor();
    expect(await page.getByRole("link", { name: "Look again" }).count()).to.equal(0);
    await context.close();
  });
});
