import type { IncomingMessage, ServerResponse } from "node:http";
import { expect } from "chai";
import type { Mood } from "practice-lms";
import type { Browser, Frame, FrameLocator, Page } from "playwright-core";
import { launchChromium, openWindow, type Person } from "../support/chromium.js";
import { approve, placeLink, publish, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import { auditPage } from "./support/audit.js";
import { type Screen, textOf, toolIn } from "./support/lms-pages.js";

const COURSES = ["cvi-101", "brl-101"];
const NEW_WINDOW = "Open in a new window";

/** What stands between the product and the browser. */
type Wire = {
  /** Nothing in a frame gets a cookie from us, as in browsers that keep not even parted ones. */
  stripsCookies: boolean;
  /** `Cookie` headers of pages in a frame, the newest last. */
  heard: string[];
  /** Addresses that were asked for, whole. */
  asked: string[];
};

function tapWire(product: TestProduct): Wire {
  const wire: Wire = { stripsCookies: false, heard: [], asked: [] };
  product.server.prependListener(
    "request",
    (request: IncomingMessage, response: ServerResponse) => {
      wire.asked.push(`${request.url ?? ""} ${request.headers.referer ?? ""}`);
      if (request.headers["sec-fetch-dest"] !== "iframe") return;
      wire.heard.push(request.headers.cookie ?? "");
      const writeHead = response.writeHead.bind(response) as (
        ...given: unknown[]
      ) => ServerResponse;
      response.writeHead = (...given: unknown[]) => {
        if (wire.stripsCookies) response.removeHeader("set-cookie");
        else response.appendHeader("set-cookie", "plain=1; Path=/; SameSite=None; Secure");
        return writeHead(...given);
      };
    },
  );
  return wire;
}

/** Chromium 147 refuses the call without all three; the types here know only the first. */
const COOKIE_CONTROLS = {
  enableThirdPartyCookieRestriction: true,
  disableThirdPartyCookieMetadata: true,
  disableThirdPartyCookieHeuristics: true,
};

/** Third-party cookies blocked as in the settings of a browser; a reload makes it count. */
async function blockThirdPartyCookies(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCookieControls", COOKIE_CONTROLS);
  await page.reload();
}

const framed = (page: Page): Frame | undefined =>
  page.frames().find((frame) => frame.parentFrame() === page.mainFrame());

async function passExam(screen: Screen): Promise<void> {
  await screen.getByRole("button", { name: /^(Start|Go on)/ }).click();
  await screen.getByRole("button", { name: "Hand in", exact: true }).waitFor();
  for (const place of await screen.getByLabel("This one", { exact: true }).all()) {
    await place.check();
  }
  await screen.getByRole("button", { name: "Hand in", exact: true }).click();
  await screen.getByRole("heading", { name: "You passed" }).waitFor();
}

for (const mood of ["moodle", "canvas"] satisfies Mood[]) {
  describe(`a browser that blocks third-party cookies, in ${mood}`, function () {
    this.timeout(120_000);
    let product: TestProduct;
    let browser: Browser;
    let wire: Wire;
    let links: string[];
    const people: Person[] = [];

    before(async () => {
      [product, browser] = await Promise.all([startTestProduct({ mood }), launchChromium()]);
      await product.parts.work.start({ isAlone: true });
      wire = tapWire(product);
      const { parts, organisationId, lms } = product;
      links = [];
      for (const contextId of COURSES) {
        const code = contextId.toUpperCase();
        const { course, exam } = await teach(parts, organisationId, { code });
        await publish(parts, organisationId, { name: `Badge ${code}`, exams: [exam] });
        const place = { organisationId, issuer: lms.issuer, contextId, courseId: course.id };
        await approve(parts, place);
        links.push(placeLink(lms, { url: product.url, contextId, exam }));
      }
    });
    beforeEach(() => {
      Object.assign(wire, { stripsCookies: false, heard: [], asked: [] });
    });
    afterEach(async () => {
      for (const person of people.splice(0)) await person.leave();
    });
    after(async () => {
      await browser.close();
      await product.parts.work.stop();
      await product.close();
    });

    async function enter(options: { javaScriptEnabled?: boolean } = {}): Promise<Person> {
      const person = await openWindow(browser, options);
      people.push(person);
      await person.page.goto(product.lms.url);
      await person.page.getByRole("button", { name: "Continue as Amara", exact: true }).click();
      await person.page.getByRole("heading", { level: 1, name: /courses$/ }).waitFor();
      return person;
    }

    async function openExam(page: Page, which = 0): Promise<FrameLocator> {
      await page.goto(`${product.lms.url}/courses/${COURSES[which]}/links/${links[which]}`);
      return toolIn(page);
    }

    async function openNewWindow(page: Page): Promise<Page> {
      const button = toolIn(page).getByRole("button", { name: NEW_WINDOW });
      await button.waitFor();
      const [opened] = await Promise.all([page.waitForEvent("popup"), button.press("Enter")]);
      await opened.waitForURL(/\/l\/[0-9a-f-]{36}\//);
      return opened;
    }

    it("loses a cookie that is not parted, which other browsers keep, and keeps ours", async () => {
      const { page } = await enter();
      await (await openExam(page)).locator("footer.foot").waitFor();
      await (await openExam(page)).locator("footer.foot").waitFor();
      expect(wire.heard.at(-1), "without blocking").to.contain("plain=1");

      const { page: blocked } = await enter();
      await blockThirdPartyCookies(blocked);
      wire.heard = [];
      for (const round of [1, 2]) {
        const tool = await openExam(blocked);
        await tool.getByRole("button", { name: /^(Start|Go on)/ }).waitFor();
        expect(wire.heard.length, `round ${round}`).to.be.greaterThan(1);
      }
      expect(wire.heard.join("\n")).not.to.contain("plain=1");
      expect(wire.heard.at(-1)).to.match(/__Host-rosette=[\w-]{43}/);
    });

    it("sits exams in two courses in two tabs, with parted cookies", async () => {
      const { page: first, context } = await enter();
      await blockThirdPartyCookies(first);
      const second = await context.newPage();
      await second.goto(product.lms.url);
      await blockThirdPartyCookies(second);
      const tabs = [first, second];
      for (const [which, page] of tabs.entries()) {
        await (
          await openExam(page, which)
        )
          .getByRole("button", { name: /^(Start|Go on)/ })
          .waitFor();
      }
      for (const [which, page] of tabs.entries()) {
        await passExam(toolIn(page));
        const title = `Exam ${(COURSES[which] ?? "").toUpperCase()}`;
        expect(await textOf(toolIn(page).locator("h1"))).to.equal(title);
      }
    });

    it("goes on in a new window when no cookie is kept at all, and sits the exam there", async () => {
      wire.stripsCookies = true;
      const { page } = await enter();
      await blockThirdPartyCookies(page);
      await openExam(page);
      const opened = await openNewWindow(page);
      await toolIn(page).getByText("You can close this page").waitFor();
      const url = framed(page)?.url() ?? "";
      // Canvas' storage lets the sign-in end in the frame; elsewhere it is begun anew in the window.
      expect(new URL(url).pathname).to.equal(mood === "canvas" ? "/lti/launch" : "/lti/login");
      await passExam(opened);
      await opened.goto(opened.url().replace(/(\/l\/[0-9a-f-]{36}).*/, "$1/progress"));
      expect(await textOf(opened.locator("main"))).to.contain("Badge CVI-101");
      const secrets = /ticket=|id_token|browser_secret|[?&]token=/;
      expect(wire.asked.filter((address) => secrets.test(address))).to.deep.equal([]);
    });

    it("has two windows of two courses side by side", async () => {
      wire.stripsCookies = true;
      const { page } = await enter();
      const windows: Page[] = [];
      for (const which of COURSES.keys()) {
        await openExam(page, which);
        windows.push(await openNewWindow(page));
      }
      for (const [which, opened] of windows.entries()) {
        await opened.reload();
        const title = `Exam ${(COURSES[which] ?? "").toUpperCase()}`;
        expect(await textOf(opened.locator("h1"))).to.equal(title);
        await opened.getByRole("button", { name: /^(Start|Go on)/ }).click();
        await opened.getByRole("button", { name: "Hand in", exact: true }).waitFor();
      }
    });

    it("finds words and a button that everybody can use", async () => {
      wire.stripsCookies = true;
      const { page } = await enter();
      await openExam(page);
      await toolIn(page).getByRole("button", { name: NEW_WINDOW }).waitFor();
      expect(await textOf(toolIn(page).locator(".lead:visible"))).to.contain("keeps no cookies");
      const frame = framed(page);
      const html = (await frame?.content()) ?? "";
      const { page: bare } = await enter();
      await bare.route(`${product.url}/looked-at`, async (route) => {
        await route.fulfill({
          contentType: "text/html",
          body: html.replace(/<script.*?<\/script>/g, ""),
        });
      });
      await bare.goto(`${product.url}/looked-at`);
      await bare.getByRole("button", { name: NEW_WINDOW }).waitFor();
      expect((await auditPage(bare, "blocked cookies")).join("\n")).to.equal("");
    });

    if (mood === "moodle") {
      it("runs no scripts either, and still gets there", async () => {
        wire.stripsCookies = true;
        const { page } = await enter({ javaScriptEnabled: false });
        const tool = await openExam(page);
        await tool.getByRole("button", { name: "Continue" }).click();
        const [opened] = await Promise.all([
          page.waitForEvent("popup"),
          tool.getByRole("button", { name: NEW_WINDOW }).click(),
        ]);
        await opened.getByRole("button", { name: "Continue" }).click();
        await passExam(opened);
      });
    }
  });
}
