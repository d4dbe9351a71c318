import { join } from "node:path";
import type { Page } from "playwright-core";
import { makeLink } from "../../src/people/make-code.js";
import { signIn } from "../../test/e2e/support/lms-pages.js";
import type { Stage } from "../../test/e2e/support/shared-demo.js";
import { courseOf, passExam } from "../../test/e2e/support/sit-exam.js";
import { openWindow } from "../../test/support/chromium.js";

const WIDTH = 780;
const TALLEST = 640;
const COURSE = "CVI-101";
/** The demo's LMS course that nobody has decided about. */
const UNDECIDED = "study-circle";

/** Photographs the pages that the walk-throughs for Canvas and Moodle show; how many. */
export async function photographForDocs({ demo, browser }: Stage, folder: string): Promise<number> {
  const { parts, lms, rosetteUrl } = demo;
  const [association, school] = demo.organisations;
  if (association === undefined || school === undefined) throw new Error("an empty demo");
  let count = 0;

  const person = async (name: string): Promise<Page> => {
    const viewport = { width: WIDTH, height: TALLEST };
    const { page } = await openWindow(browser, { viewport, reducedMotion: "reduce" });
    await signIn(page, demo, name);
    return page;
  };
  const shoot = async (page: Page, name: string): Promise<void> => {
    const height = Math.min(TALLEST, await page.evaluate<number>("document.body.offsetHeight"));
    const clip = { x: 0, y: 0, width: WIDTH, height };
    await page.screenshot({ path: join(folder, `${name}.png`), clip });
    count += 1;
  };
  /** Opens Rosette as a page of its own. */
  const launch = async (page: Page, about: Record<string, string>): Promise<string> => {
    await page.goto(`${lms.url}/launch?${new URLSearchParams(about).toString()}`);
    await page.locator("footer.foot").waitFor();
    return /^.*?\/l\/[0-9a-f-]+/.exec(page.url())?.[0] ?? "";
  };
  const linkIn = (courseId: string, title: string): Record<string, string> => ({
    course_id: courseId,
    link_id: lms.listLinks(courseId).find((link) => link.title === title)?.id ?? "",
  });
  const [ruth, priya, amara] = [await person("Ruth"), await person("Priya"), await person("Amara")];

  // Connecting.
  const { organisationId } = association;
  const { token } = await makeLink(parts, { purpose: "platform-invitation", organisationId });
  await ruth.goto(`${rosetteUrl}/setup/${token}`);
  await shoot(ruth, "set-up");
  await ruth.goto(`${lms.url}/tools`);
  const invitation = await parts.makeInvitationLink(organisationId);
  await ruth.getByLabel("Registration address").fill(invitation);
  await ruth.getByRole("button", { name: "Add the tool" }).click();
  await ruth.frameLocator("iframe.tool").locator("footer.foot").waitFor();
  await ruth.goto((await ruth.locator("iframe.tool").getAttribute("src")) ?? "");
  await shoot(ruth, "register");

  // The panel, with something to decide.
  const platform = await parts.platforms.findByRegistration(lms.issuer, association.clientId);
  await parts.deployments.ensure({
    ...{ platformId: platform?.id ?? "", deploymentId: "2:7f3c", organisationId },
    ...{ status: "pending", at: parts.now() },
  });
  const undecided = linkIn(UNDECIDED, "My progress and badges");
  const question = await launch(priya, undecided);
  await priya.goto(`${question}/course`);
  const answer = priya.getByLabel("Which course do you teach here?");
  await answer.selectOption({ index: 1 });
  await shoot(priya, "name-course");
  await priya.getByRole("button", { name: "Tell the administrator" }).click();
  await priya.locator(".notice.done").waitFor();
  const panel = await launch(ruth, {
    client_id: association.clientId,
    placement: "administration",
  });
  await ruth.goto(`${panel}/admin`);
  await shoot(ruth, "panel");
  await ruth.goto(`${panel}/admin/platforms`);
  await shoot(ruth, "platforms");
  await ruth.getByRole("link", { name: platform?.name ?? "", exact: true }).click();
  lms.faults.jwksDown = true;
  await ruth.getByRole("button", { name: "Test connection" }).click();
  await ruth.locator("#connection").waitFor();
  lms.faults.clear();
  await ruth.locator("#connection").screenshot({ path: join(folder, "connection.png") });
  count += 1;
  await ruth.goto(`${panel}/admin/lms-courses?status=pending`);
  await ruth.getByRole("link", { name: /Study circle/ }).click();
  await shoot(ruth, "approve-course");

  // Adding content, learning, looking.
  const courseId = COURSE.toLowerCase();
  const wish = { course_id: courseId, client_id: school.clientId, message: "deep-linking" };
  await launch(priya, wish);
  await priya.getByRole("checkbox").first().check();
  await shoot(priya, "picker");
  const { title } = courseOf(COURSE).exam;
  await launch(amara, linkIn(courseId, title));
  await shoot(amara, "exam");
  await passExam(amara, COURSE);
  const learner = await launch(amara, linkIn(courseId, "My progress and badges"));
  await shoot(amara, "progress");
  await amara.goto(`${learner}/progress`);
  await amara.locator("li.card h2 a").first().click();
  await amara.waitForURL(/\/tracks\//);
  await shoot(amara, "track");
  const teacher = await launch(priya, linkIn(courseId, title));
  await priya.goto(`${teacher}/course`);
  await shoot(priya, "course");
  await launch(priya, { ...linkIn(courseId, title), review_of: "amara" });
  await shoot(priya, "attempt");
  return count;
}
