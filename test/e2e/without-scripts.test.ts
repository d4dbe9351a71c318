import { expect } from "chai";
import type { Demo } from "../../scripts/demo/start-demo.js";
import { openWindow, type Person } from "../support/chromium.js";
import { openCourse, PROGRESS, signIn, textOf, toolIn } from "./support/lms-pages.js";
import { sharedStage } from "./support/shared-demo.js";
import { courseOf, passExam } from "./support/sit-exam.js";

const CODE = "LY-221";

describe("people whose browser runs no scripts", function () {
  this.timeout(120_000);
  const people: Person[] = [];
  let demo: Demo;

  async function enter(name: string): Promise<Person> {
    const { browser } = await sharedStage();
    const person = await openWindow(browser, { javaScriptEnabled: false });
    people.push(person);
    await signIn(person.page, demo, name);
    return person;
  }

  /** Opens Rosette in the frame. Each page on the way waits for one press of "Continue". */
  async function launch({ page }: Person, link: string | RegExp) {
    await page
      .getByRole("link", { name: link, exact: typeof link === "string" })
      .first()
      .click();
    const tool = toolIn(page);
    const login = tool.locator("form:has(input[name=login_hint])");
    await login.getByRole("button", { name: "Continue" }).click();
    const answer = tool.locator("form:has(input[name=id_token])");
    // Only a browser's first launch stops here: whether it keeps cookies is not known yet.
    const openHere = tool.getByRole("link", { name: "Open here" });
    await answer.or(openHere).waitFor();
    if (await openHere.isVisible()) await openHere.click();
    await answer.getByRole("button", { name: "Continue" }).click();
    await tool.locator("footer.foot").waitFor();
    return tool;
  }

  before(async () => {
    ({ demo } = await sharedStage());
  });
  after(async () => {
    for (const person of people) await person.leave();
  });

  it("sit an exam and see their progress and the badges' details", async () => {
    const jonas = await enter("Jonas");
    await openCourse(jonas.page, demo, CODE);
    await passExam(await launch(jonas, courseOf(CODE).exam.title), CODE);
    await openCourse(jonas.page, demo, CODE);
    const tool = await launch(jonas, PROGRESS);
    const heading = tool.getByRole("heading", {
      name: "Oncology-Related Lymphoedema",
      exact: true,
    });
    const card = tool.locator("li.card").filter({ has: heading });
    expect(await textOf(card)).to.include("Under way");
    await card.getByRole("button", { name: /^About the badge/ }).focus();
    await card.getByRole("tooltip").waitFor({ state: "visible" });
  });

  it("delete their account, with their credentials", async () => {
    demo.lms.addPerson({
      ...{ id: "ines", givenName: "Ines", familyName: "Duarte", kind: "practitioner" },
      ...{ email: "ines@clinic.example", blurb: "She leaves for good." },
    });
    const ines = await enter("Ines");
    await openCourse(ines.page, demo, CODE);
    const tool = await launch(ines, PROGRESS);
    await tool.getByRole("link", { name: "My backpack" }).click();
    await tool.getByRole("link", { name: "Delete my account" }).click();
    await tool.getByRole("button", { name: "Delete my account" }).click();
    await tool.getByText("Choose what is to become of your credentials.").waitFor();
    await tool.getByRole("radio", { name: /^Withdraw them/ }).check();
    await tool.getByRole("checkbox", { name: /cannot be undone/ }).check();
    await tool.getByRole("button", { name: "Delete my account" }).click();
    await tool.getByRole("heading", { name: "Your account is being deleted" }).waitFor();
  });

  it("teach: see their course, and add content to it", async () => {
    const priya = await enter("Priya");
    const { title } = courseOf(CODE).exam;
    await openCourse(priya.page, demo, CODE);
    const tool = await launch(priya, /^Add content from/);
    await tool.getByRole("checkbox", { name: title }).check();
    await tool.getByRole("button", { name: "Add to the course" }).click();
    await tool.getByRole("button", { name: "Return to your course" }).click();
    await tool.getByRole("heading", { name: "Added to the course" }).waitFor();
    await tool.getByRole("link", { name: /^Back to/ }).click();
    await priya.page.getByRole("link", { name: title, exact: true }).nth(1).waitFor();
  });

  it("administer: reach every part of the panel and find their way back", async () => {
    const ruth = await enter("Ruth");
    const panel = await launch(
      ruth,
      "Rosette, Allied Health Lymphology Association administration",
    );
    const pages = panel.getByRole("navigation", { name: "Pages" });
    for (const area of ["Courses", "Tracks", "Awards", "People", "Platforms", "Events"]) {
      await pages.getByRole("link", { name: area, exact: true }).click();
      await panel.getByRole("heading", { level: 1, name: area, exact: true }).waitFor();
    }
    await panel
      .getByRole("navigation", { name: "Pages" })
      .getByRole("link", { name: "Overview" })
      .click();
    await panel.getByRole("heading", { level: 1, name: "Administration" }).waitFor();
  });

  it("check a credential", async () => {
    const { browser } = await sharedStage();
    const stranger = await openWindow(browser, { javaScriptEnabled: false });
    people.push(stranger);
    await stranger.page.goto(`${demo.rosetteUrl}/verify`);
    await stranger.page.getByLabel("Credential", { exact: true }).fill("no credential");
    await stranger.page.getByRole("button", { name: "Check it" }).click();
    await stranger.page.getByText("This is no credential").waitFor();
    const buffer = Buffer.from("not one either");
    const file = { name: "notes.txt", mimeType: "text/plain", buffer };
    await stranger.page.getByLabel("Or its file").setInputFiles(file);
    await stranger.page.getByRole("button", { name: "Check it" }).click();
    await stranger.page.getByText("This file is none that can hold a credential").waitFor();
  });
});
