import { newId } from "../../../src/stored-record.js";
import { launch, pageOf, send, type Walk } from "./walk-steps.js";

const TRACK = "Picture Description in Practice";

/** Somebody who has passed the exam of the course, and nothing else. */
async function meetWhoPassedExam({ stage, organisationId, ids }: Walk): Promise<void> {
  const { parts } = stage.demo;
  const key = { organisationId, issuer: "https://quiz.example.org", sub: newId() };
  const { id: accountId } = await parts.accounts.findOrCreate(key, parts.now());
  const { examId = "" } = ids;
  const exam = await parts.exams.findById(organisationId, examId);
  await parts.journey.recordResult({
    ...{ organisationId, accountId, examId, courseId: exam?.courseId ?? "" },
    ...{ offeringId: undefined, sourceKey: `imported:${newId()}`, source: "imported" },
    outcome: { kind: "graded", score: 90, maximum: 100 },
    ...{ passMarkPercent: 80, occurredAt: parts.now(), isTestUser: false },
  });
}

/** Learners who began a track under an earlier version, and moving all of them. */
export async function movePages(walk: Walk): Promise<void> {
  const { look, manager: page } = walk;
  await meetWhoPassedExam(walk);
  await launch(walk, page, { placement: "administration" });
  await page.goto(`${pageOf(page)}/admin/tracks`);
  await page.getByRole("link", { name: TRACK, exact: true }).click();
  await page.getByRole("link", { name: "Change it" }).click();
  await send(page, "Save draft");
  await send(page, /^Publish as version/);
  await send(page, /^Publish/);
  await look("a track that was published", page);
  await page.goto(page.url().replace(/publication.*$/u, "learners"));
  await look("who began under an earlier version", page);
  await send(page, /^Move them to/);
  await look("moving learners, none of them chosen", page);
  await send(page, "See what moving everybody would mean");
  await look("what moving everybody would mean", page);
  await send(page, /^Move \d+ learners? to/);
  await look("moving everybody without a reason", page);
  await page.getByRole("textbox", { name: "Why" }).fill("Agreed with the group in March.");
  await send(page, /^Move \d+ learners? to/);
  await look("everybody moved", page);
}
