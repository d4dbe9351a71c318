import { expect } from "chai";
import type { FrameLocator, Page } from "playwright-core";
import type { Demo } from "../../scripts/demo/start-demo.js";
import { openWindow, type Person } from "../support/chromium.js";
import { openActivity, PROGRESS, signIn, textOf, toolIn, waitUntil } from "./support/lms-pages.js";
import { sharedStage, type Stage } from "./support/shared-demo.js";

const BADGE = "Compression Therapy";
const CODES = ["LY-211", "LY-212", "LY-213"];
const SANA = {
  ...{ id: "sana", givenName: "Sana", familyName: "Rahimi", kind: "practitioner" as const },
  ...{ email: "sana.rahimi@clinic.example", blurb: "She shows what she has learned." },
};

describe("a learner who shares a credential, hides parts of it and takes it back", function () {
  this.timeout(180_000);
  let stage: Stage;
  let demo: Demo;
  let sana: Person;
  let stranger: Person;
  let link: string;
  let portfolio: string;

  before(async () => {
    stage = await sharedStage();
    ({ demo } = stage);
    demo.lms.addPerson(SANA);
    sana = await openWindow(stage.browser);
    stranger = await openWindow(stage.browser);
    await signIn(sana.page, demo, SANA.givenName);
    await openActivity(sana.page, demo, { code: "LY-211", title: PROGRESS });
    await passExams();
  });
  after(async () => {
    await sana.leave();
    await stranger.leave();
  });

  /** Her results, as another system would push them: sitting exams is another story. */
  async function passExams(): Promise<void> {
    const { parts, lms } = demo;
    const [{ organisationId } = { organisationId: "" }] = demo.organisations.filter(({ name }) =>
      name.startsWith("Allied"),
    );
    const account = await parts.accounts.findBySub({
      ...{ organisationId, issuer: lms.issuer, sub: SANA.id },
    });
    const courses = await Promise.all(
      CODES.map(async (code) => await parts.courses.findByCode(organisationId, code)),
    );
    const courseIds = courses.flatMap((course) => course?.id ?? []);
    const exams = await parts.exams.listByCourses(organisationId, courseIds);
    expect(exams).to.have.length(CODES.length);
    for (const { id: examId, courseId, passMarkPercent } of exams)
      await parts.recordResult({
        ...{ organisationId, examId, courseId, accountId: account?.id ?? "", passMarkPercent },
        ...{ sourceKey: `pushed:sana:${examId}`, source: "pushed", isTestUser: false },
        ...{ outcome: { kind: "graded", score: 9, maximum: 10 }, occurredAt: parts.now() },
      });
  }

  const credential = async (): Promise<FrameLocator> => {
    const tool = toolIn(sana.page);
    await tool.getByRole("navigation").getByRole("link", { name: "My backpack" }).click();
    await tool.getByRole("link", { name: BADGE, exact: true }).click();
    await tool.getByRole("heading", { level: 1, name: BADGE }).waitFor();
    return tool;
  };
  const saved = async (tool: FrameLocator, words: string) => {
    await tool.getByRole("status").filter({ hasText: words }).waitFor();
  };
  const titleAt = async (page: Page, address: string): Promise<string> => {
    await page.goto(address);
    return await textOf(page.locator("h1"));
  };

  it("shares it by link, with the keyboard alone", async () => {
    const { page } = sana;
    await waitUntil(
      async () => {
        const tool = await openActivity(page, demo, { code: "LY-211", title: PROGRESS });
        await tool.getByRole("navigation").getByRole("link", { name: "My backpack" }).click();
        await tool.getByRole("heading", { level: 1, name: "My backpack" }).waitFor();
        const found = await tool.getByRole("link", { name: BADGE, exact: true }).count();
        return found > 0 ? true : undefined;
      },
      { what: "the credential", timeoutMs: 60_000 },
    );
    const tool = await credential();
    await tool.getByRole("radio", { name: "Only me" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await saved(tool, "Whoever has the link sees this credential");
    link = await tool.getByLabel("Link", { exact: true }).inputValue();
    expect(link).to.match(new RegExp(`^${demo.rosetteUrl}/credentials/[0-9a-f-]{36}$`));
  });

  it("lets a stranger see it, and tell by an e-mail address whose it is", async () => {
    const { page } = stranger;
    expect(await titleAt(page, link)).to.equal(BADGE);
    expect(await textOf(page.locator("article")))
      .to.include("Sana Rahimi")
      .and.include("Valid");
    for (const [email, sentence] of [
      [SANA.email, "It was issued to the person with this e-mail address."],
      ["somebody.else@clinic.example", "It was not issued to the person with this e-mail address."],
    ] as const) {
      await page.goto(`${demo.rosetteUrl}/verify`);
      await page.getByLabel("Credential", { exact: true }).fill(link);
      await page.getByLabel(/^Whose it should be/).fill(email);
      await page.getByRole("button", { name: "Check it" }).click();
      const result = page.getByRole("region", { name: BADGE });
      expect(await textOf(result)).to.include(sentence);
      expect(page.url(), "no e-mail address in the address").to.not.include("clinic");
    }
  });

  it("has a portfolio at one address, which shows what is public and nothing else", async () => {
    const tool = toolIn(sana.page);
    await tool.getByRole("link", { name: "Back to my backpack" }).click();
    await tool.getByRole("button", { name: "Open my portfolio" }).click();
    await saved(tool, "Your portfolio is public");
    portfolio = demo.rosetteUrl.concat(
      (await tool.locator("a[href^='/portfolio/']").getAttribute("href")) ?? "",
    );
    const { page } = stranger;
    expect(await titleAt(page, portfolio)).to.equal("Portfolio");
    expect(await page.getByRole("link", { name: BADGE }).count()).to.equal(0);
    const own = await credential();
    await own.getByRole("radio", { name: /^Everyone/ }).check();
    await own.getByRole("button", { name: "Save who sees it" }).click();
    await saved(own, "it stands in your portfolio");
    expect(await titleAt(page, portfolio)).to.equal("Sana Rahimi");
    await page.getByRole("link", { name: BADGE }).click();
    await page.waitForURL(link);
  });

  it("hides how it was earned, in the page and in what is signed", async () => {
    const { page } = stranger;
    const said = async () => await textOf(page.locator("main"));
    await page.goto(link);
    expect(await said()).to.include("LY-211");
    const tool = toolIn(sana.page);
    await tool.getByRole("checkbox", { name: /^Evidence/ }).uncheck();
    await tool.getByRole("button", { name: "Save what it shows" }).click();
    await saved(tool, "Others see what you chose");
    await waitUntil(async () => ((await page.goto(link))?.status() === 200 ? true : undefined), {
      what: "the edition without evidence",
      timeoutMs: 30_000,
    });
    expect(await said())
      .to.include("Valid")
      .and.not.include("LY-211");
    const signed = (await (await page.request.get(`${link}.json`)).json()) as object;
    expect(signed).to.have.property("proof");
    expect(signed).to.not.have.property("evidence");
  });

  it("takes it back: from its link, from the portfolio, and from who checks its address", async () => {
    const tool = await credential();
    await tool.getByRole("radio", { name: "Only me" }).check();
    await tool.getByRole("button", { name: "Save who sees it" }).click();
    await saved(tool, "Nobody but you sees this credential any more");
    const { page } = stranger;
    const notShared = "The holder has not shared this credential";
    expect(await titleAt(page, link)).to.equal(notShared);
    for (const form of [".json", ".pdf", ".png", "/card", "/assertion.json"])
      expect((await page.request.get(link + form)).status(), form).to.equal(404);
    await page.goto(`${demo.rosetteUrl}/verify`);
    await page.getByLabel("Credential", { exact: true }).fill(link);
    await page.getByRole("button", { name: "Check it" }).click();
    await page.getByText(`${notShared}.`).first().waitFor();
    expect(await titleAt(page, portfolio)).to.equal("Portfolio");
    expect(await textOf(page.locator("main"))).to.include("No credential is public just now");
    await tool.getByRole("link", { name: "Back to my backpack" }).click();
    await tool.getByRole("button", { name: "Close my portfolio" }).click();
    await saved(tool, "Your portfolio is closed");
    expect(await titleAt(page, portfolio)).to.equal("This page does not exist");
  });
});
