import { NO_INITIALS } from "../../src/tracks/track.js";
import { checkOnOurOwn, verifyAtRosette } from "./tour-checks.js";
import {
  cardOf,
  courseOf,
  follow,
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

const CERTIFICATE = "Certificate in Lymphoedema Care";
const ESSENTIALS = ["LY-101", "LY-102", "LY-103"];
/** What three micro-credentials ask for, where there is a choice the first that is enough. */
const UNDER_IT = [
  ["Compression Therapy", "LY-211", "LY-212", "LY-213"],
  ["Oncology-Related Lymphoedema", "LY-221", "LY-222"],
  ["Movement and Manual Techniques", "LY-231", "LY-232", "LY-233"],
] as const;
const LAST = "LY-301";
const LEARNER = "Amara Okafor";
const PROJECT_POINTS = "92";
/** Rosette reads the gradebook by itself within a minute here; then the award follows at once. */
const AWARD_WAIT_MS = 100_000;

/** The association's certificate: a student waits for the last step until her licence is verified. */
export async function playCertificate(tour: Tour): Promise<void> {
  const { demo, step } = tour;
  const { lms, rosetteUrl } = demo;
  const integration = courseOf(LAST);
  const [project] = integration.projects;
  if (project === undefined) throw new Error(`${LAST} has no project`);

  const amara = await signIn(lms.url, "amara");
  for (const code of ESSENTIALS) await sitExam(tour, amara, code);
  step("As a student Amara passes the three essential courses", ESSENTIALS.join(", "));
  for (const [, ...codes] of UNDER_IT) for (const code of codes) await sitExam(tour, amara, code);
  const progress = await openActivity(tour, amara, { code: LAST, title: PROGRESS });
  const names = UNDER_IT.map(([name]) => name);
  await waitFor(async () => {
    const page = await amara.open(progress.url);
    return names.every((name) => cardOf(page, name).hasClass("earned")) || undefined;
  }, 60_000);
  step("She earns the three micro-credentials under the certificate", names.join("; "));

  const place = { code: LAST, title: integration.exam.title };
  const closed = await openActivity(tour, amara, place);
  must(closed.$("form[action$='/attempts']").length === 0, "the last exam is closed to a student");
  step("The last course does not open yet", words(closed.$("main .empty, main .notice").text()));

  const eligibility = await amara.open(progress.url.replace(/\/progress.*$/, "/eligibility"));
  const profession = eligibility.$("select[name=professionId] option").last().attr("value") ?? "";
  const handedIn = await amara.submit(eligibility, "form[action*='/eligibility/licence']", {
    ...{ professionId: profession, number: "LT-20481", jurisdiction: "Ontario" },
    ...{ validFrom: "2026-01-01", validTo: "", evidenceUrl: "https://register.example/LT-20481" },
  });
  must(handedIn.status === 200, "the licence is handed in");
  step("She is licensed, and hands the licence in", words(handedIn.$("main .pill").first().text()));

  const ruth = await signIn(lms.url, "ruth");
  const [association] = demo.organisations;
  const query = { client_id: association?.clientId ?? "", placement: "administration" };
  const panel = await follow(ruth, `${lms.url}/launch?${new URLSearchParams(query).toString()}`);
  const base = panel.url.replace(/(\/l\/[0-9a-f-]+).*$/, "$1");
  const queue = await ruth.open(`${base}/admin/licences`);
  const address = queue.$("tbody th a").first().attr("href") ?? "";
  const licence = await ruth.open(new URL(address, queue.url).href);
  const verified = await ruth.submit(licence, "form:has(button[value=verify])", {
    decision: "verify",
  });
  step("Ruth verifies it in her queue", words(verified.$(".notice.done").text()));

  const last = await sitExam(tour, amara, LAST);
  step("Now the last course opens, and Amara passes it", last.said);
  await openActivity(tour, amara, { code: LAST, title: project.title });
  const priya = await signIn(lms.url, "priya");
  const column = { code: LAST, learner: LEARNER, column: project.title };
  const cell = await waitFor(async () => {
    const read = await readCell(tour, priya, column);
    return read.found ? read : undefined;
  }, 30_000);
  const lineItemId = cell.form.find("input[name=line_item_id]").attr("value") ?? "";
  const form = `form:has(input[value="${lineItemId}"]):has(input[value="amara"])`;
  const graded = await priya.submit(cell.page, form, { score: PROJECT_POINTS });
  must(graded.status === 200, "the grade is saved in the LMS");
  const gradedAt = Date.now();
  step("Priya grades the project in the LMS gradebook", `${project.title}: ${PROJECT_POINTS}`);

  const about = { trackName: CERTIFICATE, timeoutMs: AWARD_WAIT_MS };
  const { said, link } = await shareCredential(amara, progress.url, about);
  const waitedSeconds = ((Date.now() - gradedAt) / 1000).toFixed(1);
  step(
    `Rosette reads the grade by itself and awards “${CERTIFICATE}”`,
    `${waitedSeconds} s after the grade: ${said}`,
  );

  const shown = await createTraveller().open(link);
  must(shown.text.includes(LEARNER) && shown.text.includes(NO_INITIALS), "the certificate's page");
  step("Anyone may open it, and reads what it is not", NO_INITIALS);
  const jwt = await (await fetch(`${link}.jwt`)).text();
  const issuer = await checkOnOurOwn(jwt);
  const verdict = await verifyAtRosette(rosetteUrl, jwt);
  must(verdict === "valid", `Rosette's verdict on the certificate (${verdict})`);
  step("It is checked, without Rosette and by it", `signed by ${issuer}; ${verdict}`);
}
