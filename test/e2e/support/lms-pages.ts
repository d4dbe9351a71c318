import type { FrameLocator, Locator, Page } from "playwright-core";
import type { Demo } from "../../../scripts/demo/start-demo.js";

/** What a page or the frame in it shows, to look into. */
export type Screen = Pick<
  Page | FrameLocator,
  "getByRole" | "getByLabel" | "getByText" | "locator"
>;

/** Rosette, inside the LMS' page. */
export const toolIn = (page: Page): FrameLocator => page.frameLocator("iframe.tool");

/** What an element says, with its white space as a reader takes it. */
export const textOf = async (locator: Locator): Promise<string> =>
  (await locator.innerText()).replace(/\s+/g, " ").trim();

/** Chooses who to be at the LMS. */
export async function signIn(page: Page, demo: Demo, givenName: string): Promise<void> {
  await page.goto(demo.lms.url);
  await page.getByRole("button", { name: `Continue as ${givenName}`, exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /courses$/ }).waitFor();
}

const courseUrl = (demo: Demo, code: string): string =>
  `${demo.lms.url}/courses/${code.toLowerCase()}`;

/** Opens a course of the LMS by its code. */
export async function openCourse(page: Page, demo: Demo, code: string): Promise<void> {
  await page.goto(courseUrl(demo, code));
}

/** Opens an activity of a course: Rosette stands in the frame afterwards. */
export async function openActivity(
  page: Page,
  demo: Demo,
  activity: { code: string; title: string },
): Promise<FrameLocator> {
  await openCourse(page, demo, activity.code);
  await page.getByRole("link", { name: activity.title, exact: true }).first().click();
  // Not the pages on the way there, which have no such foot.
  await toolIn(page).locator("footer.foot").waitFor();
  return toolIn(page);
}

export const PROGRESS = "My progress and badges";

/** A cell of a course's gradebook, e.g. of `Amara Okafor` and the column `Final project`. */
export async function openCell(
  page: Page,
  demo: Demo,
  cell: { code: string; learner: string; column: string },
): Promise<Locator> {
  await page.goto(`${courseUrl(demo, cell.code)}/gradebook`);
  return page.getByLabel(new RegExp(`^${escaped(`${cell.learner}, ${cell.column}, `)}points of`));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Looks again and again until there is something to see. */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  wait: { what: string; timeoutMs: number },
): Promise<T> {
  const deadline = Date.now() + wait.timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${wait.timeoutMs} ms for ${wait.what}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
