import { expect } from "chai";
import type { FrameLocator, Page } from "playwright-core";
import type { Demo } from "../../scripts/demo/start-demo.js";
import { openWindow, type Person } from "../support/chromium.js";
import { signIn, textOf, toolIn } from "./support/lms-pages.js";
import { sharedStage } from "./support/shared-demo.js";

const ORGANISATION = "Allied Health Lymphology Association";

describe("an administrator who connects another LMS", function () {
  this.timeout(120_000);
  const people: Person[] = [];
  let demo: Demo;
  let page: Page;
  let panel: FrameLocator;
  /** Whoever looks after the other LMS. */
  let other: Page;
  let registrationAddress: string;

  before(async () => {
    const stage = await sharedStage();
    ({ demo } = stage);
    for (let number = 0; number < 2; number += 1) people.push(await openWindow(stage.browser));
    const [ruth, colleague] = people as [Person, Person];
    page = ruth.page;
    other = colleague.page;
    await signIn(page, demo, "Ruth");
    await signIn(other, demo, "Ruth");
    panel = toolIn(page);
  });
  after(async () => {
    // The other tests shall find one tool in the LMS.
    for (const tool of demo.lms.listTools()) if (tool.title === "Rosette") tool.isActive = false;
    for (const person of people) await person.leave();
  });

  const openPlatforms = async (): Promise<void> => {
    await page.goto(`${demo.lms.url}/courses`);
    const name = `Rosette, ${ORGANISATION} administration`;
    await page.getByRole("link", { name, exact: true }).click();
    await panel.getByRole("link", { name: "Platforms", exact: true }).click();
    await panel.getByRole("heading", { level: 1, name: "Platforms" }).waitFor();
  };
  const addTool = async (): Promise<FrameLocator> => {
    await other.goto(`${demo.lms.url}/tools`);
    await other.getByLabel("Registration address").fill(registrationAddress);
    await other.getByRole("button", { name: "Add the tool" }).click();
    const frame = toolIn(other);
    await frame.locator("footer.foot").waitFor();
    return frame;
  };

  it("makes an invitation link, and whoever opens it finds the address for the LMS", async () => {
    await openPlatforms();
    await panel.getByRole("button", { name: "Make an invitation link" }).click();
    const link = await panel.getByLabel("Invitation link").inputValue();
    await other.goto(link);
    registrationAddress = await other.getByLabel("Registration address").inputValue();
    // Opened like a page, it says what to do with it.
    await other.goto(registrationAddress);
    const title = { level: 1, name: "This address is for your LMS" } as const;
    await other.getByRole("heading", title).waitFor();
  });

  it("has the LMS register itself, which closes the page when it is told to", async () => {
    const frame = await addTool();
    expect(await textOf(frame.locator("ul li").first())).to.equal(new URL(demo.lms.url).host);
    await frame.getByRole("button", { name: "Connect" }).click();
    await frame.getByRole("heading", { level: 1, name: "Your LMS is connected" }).waitFor();
    await frame.getByRole("button", { name: "Close this page" }).click();
    await other.waitForURL(`${demo.lms.url}/tools`);
  });

  it("finds it in the list, and what keeps it from working until it is activated", async () => {
    await openPlatforms();
    const { hostname } = new URL(demo.lms.url);
    await panel.getByRole("link", { name: hostname, exact: true }).click();
    await panel.getByRole("button", { name: "Test connection" }).click();
    const found = panel.getByRole("group", { name: "Test of the connection" });
    expect(await textOf(found)).to.contain("the tool is switched on there");

    // Other tests have the LMS register tools as well; this one stands last.
    await other
      .getByRole("button", { name: /^Activate/ })
      .last()
      .click();
    await other.waitForURL(`${demo.lms.url}/tools`);
    await panel.getByRole("button", { name: "Test again" }).click();
    await found.getByText("every service it needs").waitFor();
    expect(await found.getByText("Works", { exact: true }).count()).to.equal(2);
  });

  it("is not surprised when the link is used again: it is refused in plain words", async () => {
    const frame = await addTool();
    const said = await textOf(frame.getByRole("heading", { level: 1 }));
    expect(said).to.equal("This code or link has been used, has run out, or never existed");
  });
});
