import { LMS_COURSE } from "./small-organisation.js";
import { inCourse, launch, pageOf, send, type Walk } from "./walk-steps.js";

const TITLE = "A described exhibition";

/** An activity from the panel's form to its acceptance, as everybody sees it. */
export async function activityPages(walk: Walk): Promise<void> {
  const { look, manager, learner, teacher, ids, stage } = walk;
  await launch(walk, manager, { placement: "administration" });
  const course = `${pageOf(manager)}/admin/courses/${ids["courseId"]}`;
  await manager.goto(`${course}/activities/new`);
  await look("a new activity", manager);
  await send(manager, "Save");
  await look("a new activity with nothing filled in", manager);
  await manager.getByLabel("Title").fill(TITLE);
  await manager.getByLabel("What the learner is to do").fill("Describe a room.\n\nThen another.");
  await manager.getByLabel("What it is about").first().fill("Says what matters");
  await manager.getByLabel("Levels that are not yet enough").first().fill("Lists everything");
  await manager.getByLabel("Levels that are enough").first().fill("Chooses\nChooses and orders");
  await send(manager, "Save");
  await look("a course with an activity", manager);
  const settings = manager.getByRole("link", { name: `Settings of ${TITLE}` });
  const activityId = (await settings.getAttribute("href"))?.split("/").at(-1) ?? "";
  await settings.click();
  await manager.locator("summary", { hasText: "Remove" }).click();
  await look("an activity's settings", manager);

  const link = stage.demo.lms.addLink(LMS_COURSE, {
    title: TITLE,
    clientId: "rosette-walk",
    targetLinkUri: `${stage.demo.rosetteUrl}/lti/launch`,
    custom: { rosette_exam: activityId },
  });
  walk.links.set(TITLE, link.id);
  await launch(walk, learner, inCourse(walk, TITLE));
  await look("an activity", learner);
  await send(learner, "Hand in");
  await look("an activity with nothing handed in", learner);
  await learner.getByLabel("Your text").fill("A room with a large window. ".repeat(20));
  await learner.getByLabel("A link to your work").fill("https://portfolio.example/rooms/1");
  await learner.getByLabel("Files").setInputFiles({
    ...{ name: "a-room-described-at-length.txt", mimeType: "text/plain" },
    buffer: Buffer.from("A room."),
  });
  await send(learner, "Hand in");
  await look("an activity that waits", learner);

  await launch(walk, teacher, inCourse(walk, TITLE));
  await look("an activity, for its instructor", teacher);
  await teacher.goto(`${pageOf(teacher)}/assess`);
  await look("work to assess", teacher);
  await teacher
    .getByRole("link", { name: /^Assess/ })
    .first()
    .click();
  await look("a learner's work", teacher);
  await send(teacher, "Return with the comment");
  await look("work returned without a comment", teacher);
  await teacher.getByLabel("Comment for the learner").fill("Say what it is for.");
  await send(teacher, "Return with the comment");
  await look("no more work to assess", teacher);
  await launch(walk, learner, inCourse(walk, TITLE));
  await look("an activity that was returned", learner);
  await learner.getByLabel("Your text").fill("A reading room.");
  await send(learner, "Hand in");
  await teacher.goto(`${pageOf(teacher)}/assess`);
  await teacher
    .getByRole("link", { name: /^Assess/ })
    .first()
    .click();
  await teacher.getByLabel(/^Chooses and orders/).check();
  await send(teacher, "Accept");
  await launch(walk, learner, inCourse(walk, TITLE));
  await look("an activity that was accepted", learner);

  await learner.goto(`${pageOf(learner)}/hours`);
  await look("a learner's hours", learner);
  await learner.getByLabel("From").fill("2001-01-01");
  await learner.getByLabel("Until").fill("2001-12-31");
  await send(learner, "Show this period");
  await look("a period without hours", learner);
  await manager.goto(`${pageOf(manager)}/admin/hours/learners`);
  await look("the hours of learners", manager);
  await manager.goto(`${pageOf(manager)}/admin/hours/learners?search=nobody`);
  await look("the hours of learners, found nobody", manager);
  await manager.goto(`${pageOf(manager)}/admin/hours`);
  await look("units of hours", manager);
  await manager.getByLabel("Name").nth(1).fill("Continuing education credits");
  await send(manager, "Save");
  await look("a unit without an amount", manager);
}
