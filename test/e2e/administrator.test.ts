import { expect } from "chai";
import type { FrameLocator } from "playwright-core";
import type { Demo } from "../../scripts/demo/start-demo.js";
import { openWindow, type Person } from "../support/chromium.js";
import {
  openActivity,
  openCell,
  openCourse,
  PROGRESS,
  signIn,
  textOf,
  toolIn,
  waitUntil,
} from "./support/lms-pages.js";
import { sharedStage } from "./support/shared-demo.js";

const CIRCLE = { code: "study-circle", title: "Study circle (not approved yet)" };
const ORGANISATION = "Allied Health Lymphology Association";
const COURSE = { code: "LY-900", title: "Reading Together" };
const EXAM = "Reading exam";
const QUESTION = "What makes a study circle work?";
const RIGHT = "Everyone reads before they come";
const TRACK = "Study Circles";
const LEARNER = "Amara Okafor";

describe("an administrator and an instructor at work in the frame of the LMS", function () {
  this.timeout(180_000);
  const people: Person[] = [];
  let demo: Demo;
  let ruth: Person;
  let priya: Person;
  let amara: Person;
  let panel: FrameLocator;

  before(async () => {
    const stage = await sharedStage();
    ({ demo } = stage);
    for (let number = 0; number < 3; number += 1) people.push(await openWindow(stage.browser));
    [ruth, priya, amara] = people as [Person, Person, Person];
    await signIn(ruth.page, demo, "Ruth");
    await signIn(priya.page, demo, "Priya");
    await signIn(amara.page, demo, "Amara");
    panel = toolIn(ruth.page);
  });
  after(async () => {
    demo.lms.faults.clear();
    for (const person of people) await person.leave();
  });

  const heading = async (name: string): Promise<void> => {
    await panel.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  };
  const go = async (area: string, title = area): Promise<void> => {
    await panel
      .getByRole("navigation", { name: "Pages" })
      .getByRole("link", { name: area, exact: true })
      .click();
    await heading(title);
  };
  const fill = async (values: Record<string, string>): Promise<void> => {
    for (const [label, value] of Object.entries(values)) {
      await panel.getByLabel(label, { exact: true }).fill(value);
    }
  };
  const press = async (name: string): Promise<void> => {
    await panel.getByRole("button", { name, exact: true }).click();
  };
  const columnsOf = (label: string) =>
    new Set(
      demo.lms
        .gradebook(CIRCLE.code)
        .filter((row) => row.label === label)
        .map(({ lineItemId }) => lineItemId),
    );

  it("opens the panel from the LMS' own administration", async () => {
    await ruth.page
      .getByRole("link", { name: `Rosette, ${ORGANISATION} administration`, exact: true })
      .click();
    await heading("Administration");
  });

  it("defines a course with its exam and writes the questions", async () => {
    await go("Courses");
    await panel.getByRole("link", { name: "Add a course" }).click();
    await heading("Add a course");
    await fill({ Code: COURSE.code, Edition: "2026", Title: COURSE.title, Subject: "Lymphology" });
    await press("Add the course");
    await panel.getByRole("alert").waitFor();
    expect(await textOf(panel.locator("#fault-contactHours"))).to.include("Enter more than 0");
    expect(await panel.getByLabel("Title", { exact: true }).inputValue()).to.equal(COURSE.title);
    await fill({ "Contact hours": "3", "Exam title": EXAM });
    await press("Add the course");
    await heading(COURSE.title);

    await panel.getByRole("link", { name: `Questions of ${EXAM}` }).click();
    await heading("Questions");
    await press("With one right answer");
    await fill({ "What is asked": QUESTION, "Answer 1": "Tea and cake", "Answer 2": RIGHT });
    await panel.getByLabel("Answer 2 is right").check();
    await press("Save the questions");
    await panel.getByRole("status").filter({ hasText: "The questions were saved." }).waitFor();
  });

  it("approves the LMS course from which somebody has opened Rosette", async () => {
    await openActivity(priya.page, demo, { code: CIRCLE.code, title: PROGRESS });
    await go("LMS courses");
    await panel.getByRole("link", { name: CIRCLE.title }).click();
    await heading(CIRCLE.title);
    const course = `${COURSE.code} ${COURSE.title}`;
    const options = await panel
      .getByLabel("Course", { exact: true })
      .getByRole("option")
      .allInnerTexts();
    const wanted = options.find((option) => option.includes(course));
    await panel.getByLabel("Course", { exact: true }).selectOption({ label: wanted ?? course });
    await press("Approve");
    await panel.getByRole("status").filter({ hasText: "Approved." }).waitFor();
    expect(await textOf(panel.locator("main"))).to.include(course);
  });

  it("writes a track for it and publishes it", async () => {
    await go("Tracks");
    await panel.getByRole("link", { name: "Add a track" }).click();
    await heading("Add a track");
    await press("Add an exam");
    const choice = panel.getByLabel("Exam, project or activity");
    await choice.waitFor();
    const options = await choice.getByRole("option").allInnerTexts();
    await choice.selectOption({ label: options.find((option) => option.includes(EXAM)) ?? EXAM });
    await fill({
      Name: TRACK,
      Description: "Learns with others.",
      "How it is earned": "The exam of the course is passed.",
      Subject: "Lymphology",
      "Contact hours": "3",
      Letters: "SC",
    });
    await press("Save draft");
    await heading(TRACK);
    await press("Publish…");
    await press("Publish");
    await panel.getByRole("status").filter({ hasText: "Published." }).waitFor();
  });

  it("lets the instructor add the exam and the progress page by Deep Linking", async () => {
    const { page } = priya;
    await openCourse(page, demo, CIRCLE.code);
    await page.getByRole("link", { name: /^Add content from/ }).click();
    const picker = toolIn(page);
    await picker.getByRole("checkbox", { name: EXAM }).check();
    await picker.getByRole("checkbox", { name: /progress|micro-credentials/i }).check();
    await picker.getByRole("button", { name: "Add to the course" }).click();
    // The frame goes back to the LMS by itself, which tells what was added.
    await picker.getByRole("heading", { name: "Added to the course" }).waitFor();
    expect(await textOf(picker.locator("main"))).to.include("2 links were added.");
    await picker.getByRole("link", { name: /^Back to/ }).click();
    await page.waitForURL(`${demo.lms.url}/courses/${CIRCLE.code}`);
    await page.getByRole("link", { name: EXAM, exact: true }).waitFor();
    expect(await page.locator("ul.rows > li").count()).to.equal(3);
    expect(columnsOf(EXAM).size).to.equal(1);
  });

  it("awards the track to a learner, and keeps one column though it is opened by many", async () => {
    const { page } = amara;
    demo.lms.faults.serviceDown = true;
    const tool = await openActivity(page, demo, { code: CIRCLE.code, title: EXAM });
    await tool.getByRole("button", { name: "Start the exam" }).click();
    await tool.getByLabel(RIGHT).check();
    await tool.getByRole("button", { name: "Hand in" }).click();
    await tool.getByRole("heading", { name: "You passed" }).waitFor();
    await waitUntil(
      async () => {
        const progress = await openActivity(page, demo, { code: CIRCLE.code, title: PROGRESS });
        const card = progress.locator("li.card.earned").filter({ hasText: TRACK });
        return (await card.count()) > 0 ? true : undefined;
      },
      { what: "the award", timeoutMs: 60_000 },
    );
    await openActivity(priya.page, demo, { code: CIRCLE.code, title: EXAM });
    await openActivity(amara.page, demo, { code: CIRCLE.code, title: EXAM });
    expect(columnsOf(EXAM).size).to.equal(1);
  });

  it("lists the score that could not be sent, and sends it when it is tried again", async () => {
    const failed = panel.locator("tbody tr").filter({ hasText: "Send a score to the LMS" });
    await waitUntil(
      async () => {
        await go("Events");
        await panel.getByRole("link", { name: /failed work/i }).click();
        await heading("Failed work");
        return (await failed.count()) > 0 ? true : undefined;
      },
      { what: "the failed work", timeoutMs: 60_000 },
    );
    expect(await textOf(failed.first())).to.include("The LMS did not answer");
    demo.lms.faults.clear();
    await failed
      .first()
      .getByRole("button", { name: /^Retry/ })
      .click();
    await panel.getByRole("status").filter({ hasText: "tried again" }).waitFor();
    await waitUntil(
      async () => {
        const where = { code: CIRCLE.code, learner: LEARNER, column: EXAM };
        return (await (await openCell(priya.page, demo, where)).inputValue()) === "100"
          ? true
          : undefined;
      },
      { what: "the score", timeoutMs: 60_000 },
    );
  });

  it("shows the award with its reason, and the people", async () => {
    await go("Awards");
    await fill({ "Name of a person or track": TRACK });
    await press("Search");
    const rows = panel.locator("tbody tr");
    // The list before the search may show this row too.
    await waitUntil(async () => ((await rows.count()) === 1 ? true : undefined), {
      what: "the one award that was looked for",
      timeoutMs: 10_000,
    });
    await rows.filter({ hasText: LEARNER }).waitFor();
    await panel.getByRole("link", { name: LEARNER, exact: true }).click();
    await heading(`Award: ${TRACK}`);
    expect(await textOf(panel.locator(".steps").first())).to.include("passed with 100%");

    await go("People");
    const administrators = panel.getByRole("table", { name: "Administrators" });
    expect(await textOf(administrators)).to.include("Ruth Adeyemi (you)");
    await fill({ "Name, e-mail address, or how the id begins": "Amara" });
    await press("Search");
    const found = panel.getByRole("table", { name: "People found" });
    await found.waitFor();
    expect(await textOf(found)).to.include(LEARNER);
  });

  it("is closed to the instructor, also by its address", async () => {
    const tool = await openActivity(priya.page, demo, { code: CIRCLE.code, title: PROGRESS });
    expect(await tool.getByRole("link", { name: "Administration" }).count()).to.equal(0);
    const framed = priya.page.frames().find((frame) => frame.parentFrame() !== null);
    const answer = await framed?.goto(`${framed.url().replace(/\/progress.*$/, "")}/admin`);
    expect(answer?.status()).to.equal(403);
    expect(await textOf(tool.locator("h1"))).to.equal("This page is not for your role");
  });
});
