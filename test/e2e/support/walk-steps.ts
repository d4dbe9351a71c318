import type { Page } from "playwright-core";
import type { Person } from "../../support/chromium.js";
import type { Stage } from "./shared-demo.js";
import { LMS_COURSE } from "./small-organisation.js";

/** Looks at a page as it stands. */
export type Look = (name: string, page: Page) => Promise<void>;

export const CLIENT_ID = "rosette-walk";
/** Everything that a walk through all pages carries along. */
export type Walk = {
  stage: Stage;
  look: Look;
  organisationId: string;
  people: Person[];
  learner: Page;
  teacher: Page;
  manager: Page;
  links: Map<string, string>;
  ids: Record<string, string>;
};

type Launch = Record<string, string>;

/** Launches in a window of its own, as "Open in a new window" does; Rosette is the whole page. */
export async function launch(walk: Walk, page: Page, parameters: Launch): Promise<void> {
  const query = new URLSearchParams({ client_id: CLIENT_ID, ...parameters });
  const { origin } = new URL(walk.stage.demo.rosetteUrl);
  await Promise.all([
    page.waitForURL((url) => url.origin === origin),
    page.goto(`${walk.stage.demo.lms.url}/launch?${query.toString()}`),
  ]);
  await page.locator("footer.foot").waitFor();
}

export const inCourse = (walk: Walk, title: string): Launch => ({
  course_id: LMS_COURSE,
  link_id: walk.links.get(title) ?? "",
});

const press = async (page: Page, name: string | RegExp): Promise<void> => {
  await page
    .getByRole("button", { name, exact: typeof name === "string" })
    .first()
    .click();
};

/** Sends a form and waits for the page that answers. */
export async function send(page: Page, name: string | RegExp): Promise<void> {
  await Promise.all([page.waitForEvent("domcontentloaded"), press(page, name)]);
}

export const pageOf = (page: Page): string => /^.*?\/l\/[0-9a-f-]+/.exec(page.url())?.[0] ?? "";
