import { checkOnOurOwn, tampered, verifyAtRosette } from "./tour-checks.js";
import {
  cardOf,
  courseOf,
  must,
  openActivity,
  PROGRESS,
  readCell,
  shareCredential,
  signIn,
  sitExam,
  type Tour,
  waitFor,
  words,
} from "./tour-steps.js";
import { createTraveller } from "./traveller.js";

/** The school's course whose exam is passed and whose activity is accepted, and its badge. */
const [CODE, BADGE] = ["LV-101", "Low Vision Basics"];
const LEARNER = "Amara Okafor";
const WORK =
  "Before: a worksheet of two columns in grey. After: one question to a page, black on cream, 24 points. The learner loses the line when the eye jumps, so there is only one line to lose.";

/** The school's badge: an exam, work that is accepted, and a credential that anyone can check. */
export async function playBadge(tour: Tour): Promise<void> {
  const { demo, step } = tour;
  const { lms, rosetteUrl } = demo;
  const course = courseOf(CODE);
  const [activity] = course.activities;
  if (activity === undefined) throw new Error(`${CODE} has no activity`);

  const amara = await signIn(lms.url, "amara");
  const { introduction, said } = await sitExam(tour, amara, CODE);
  must(introduction.url.startsWith(rosetteUrl), "the launch");
  step("Amara opens the exam from her course", introduction.way.join("\n      "));
  step("She answers and hands in", said);

  const priya = await signIn(lms.url, "priya");
  const column = { code: CODE, learner: LEARNER, column: course.exam.title };
  const score = await waitFor(async () => {
    const cell = await readCell(tour, priya, column);
    return cell.score === "" ? undefined : cell.score;
  }, 30_000);
  step("The score stands in the LMS gradebook", `${course.exam.title}: ${score}`);

  const progress = await openActivity(tour, amara, { code: CODE, title: PROGRESS });
  must(!cardOf(progress, BADGE).hasClass("earned"), "the badge is not earned yet");
  const missing = cardOf(progress, BADGE).find("p.small.quiet").first().text();
  step("She sees what is missing", words(missing));

  const place = { code: CODE, title: activity.title };
  const work = await openActivity(tour, amara, place);
  const waiting = await amara.submit(work, "form.form", { text: WORK });
  must(waiting.status === 200, "the work is handed in");
  step(`She hands in “${activity.title}”`, words(waiting.$(".notice.done").text()));

  const seen = await openActivity(tour, priya, place);
  const queue = await priya.open(seen.url.replace(/\/activities\/.*$/, "/assess"));
  const address = queue.$("td.actions a").first().attr("href") ?? "";
  const assessed = await priya.open(new URL(address, queue.url).href);
  const ratings = activity.rubric.map(({ id }) => [`level-${id}`, "enough"]);
  const accepted = await priya.submit(assessed, "form.form", {
    ...(Object.fromEntries(ratings) as Record<string, string>),
    ...{ decision: "accept", comment: "The reasons come from what you saw. Well done." },
  });
  step("Priya accepts it, by its rubric", words(accepted.$(".notice.done").text()));

  const about = { trackName: BADGE, timeoutMs: 30_000 };
  const shared = await shareCredential(amara, progress.url, about);
  step(`Rosette awards “${BADGE}” by itself`, shared.said);
  must(shared.link.startsWith(`${rosetteUrl}/credentials/`), "the share link");
  step("Amara makes a share link", shared.link);

  const shown = await createTraveller().open(shared.link);
  must(shown.status === 200 && shown.text.includes(LEARNER), "the page of the credential");
  step("Anyone may open it", words(shown.$("h1").first().text()));

  const jwt = await (await fetch(`${shared.link}.jwt`)).text();
  step("Its signature is checked without Rosette", `signed by ${await checkOnOurOwn(jwt)}`);

  const verdict = await verifyAtRosette(rosetteUrl, jwt);
  must(verdict === "valid", `Rosette's own verdict (${verdict})`);
  const forged = await verifyAtRosette(rosetteUrl, tampered(jwt));
  must(forged === "invalid", `a changed credential is refused (${forged})`);
  step("Rosette's own check agrees", `as issued: ${verdict}; with a changed name: ${forged}`);
}
