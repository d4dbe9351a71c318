import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Demo } from "../../scripts/demo/start-demo.js";
import { openWindow, type Person } from "../support/chromium.js";
import { textOf, toolIn } from "./support/lms-pages.js";
import { sharedStage } from "./support/shared-demo.js";
import { courseOf } from "./support/sit-exam.js";

type Focused = { words: string; kind: string; isSeen: boolean };

/** The element that has the focus, wherever it is; its words are those a screen reader says. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (!document.hasFocus() || element === document.body || element.tagName === "IFRAME") return;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const label = element.labels?.[0]?.innerText ?? element.getAttribute("aria-label");
  return {
    words: (label ?? element.innerText ?? "").replace(/\\s+/g, " ").trim(),
    kind: element.type ?? element.tagName.toLowerCase(),
    isSeen:
      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
      box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
})()`;

async function findFocused(page: Page): Promise<Focused | undefined> {
  for (const frame of page.frames()) {
    const found = await frame.evaluate<Focused | undefined>(FOCUSED);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MOST_TABS = 80;

/** Presses Tab until the focus is where it should be; it has to be seen on every stop. */
async function tabTo(page: Page, isThere: (focused: Focused) => boolean): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press("Tab");
    const focused = await findFocused(page);
    if (focused === undefined) continue;
    expect(focused.isSeen, `the focus is seen on "${focused.words}"`).to.equal(true);
    if (isThere(focused)) return;
  }
  throw new Error(`Nothing of the kind in ${MOST_TABS} stops`);
}

const saying = (words: string) => (focused: Focused) => focused.words === words;

describe("a learner with a keyboard and nothing else", function () {
  this.timeout(120_000);
  const { exam, title } = courseOf("BR-101");
  let demo: Demo;
  let jonas: Person;

  before(async () => {
    const stage = await sharedStage();
    ({ demo } = stage);
    jonas = await openWindow(stage.browser);
  });
  after(async () => {
    await jonas.leave();
  });

  it("signs in, opens an exam, answers and hands it in with Tab, Space and Enter", async () => {
    const { page } = jonas;
    const tool = toolIn(page);
    await page.goto(demo.lms.url);
    await tabTo(page, saying("Continue as Jonas"));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your courses" }).waitFor();
    await tabTo(page, ({ words }) => words.includes(title));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await tabTo(page, saying(exam.title));
    await page.keyboard.press("Enter");
    await tool.getByRole("button", { name: "Start the exam" }).waitFor();
    await tabTo(page, saying("Start the exam"));
    await page.keyboard.press("Enter");
    await tool.getByRole("button", { name: "Hand in" }).waitFor();

    for (const question of exam.questions) {
      const wanted = { number: "text", "single-choice": "radio", "multiple-choice": "checkbox" };
      await tabTo(page, ({ kind }) => kind === wanted[question.kind]);
      await page.keyboard.press(question.kind === "number" ? "6" : "Space");
    }
    await tabTo(page, saying("Hand in"));
    await page.keyboard.press("Enter");
    await tool.getByRole("heading", { name: "What happens next" }).waitFor();
    expect(await textOf(tool.locator("main .lead").first())).to.match(/^\d of 4 right/);
  });

  it("finds the badges' details and the way past the navigation", async () => {
    const { page } = jonas;
    await page.goto(`${demo.lms.url}/courses/br-101`);
    await tabTo(page, saying("My progress and badges"));
    await page.keyboard.press("Enter");
    const tool = toolIn(page);
    await tool.locator("footer.foot").waitFor();
    await tabTo(page, saying("Skip to the content"));
    await page.keyboard.press("Enter");
    await tabTo(page, ({ words }) => words.startsWith("About the badge"));
    const popover = tool.getByRole("tooltip").first();
    await popover.waitFor({ state: "visible" });
    await page.keyboard.press("Tab");
    await popover.waitFor({ state: "hidden" });
  });
});
