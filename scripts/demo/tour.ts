import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import type { Question } from "../../src/courses/exam.js";
import { schoolCatalogue } from "./catalogue/catalogues.js";
import { lmsCourseId } from "./fill-demo.js";
import type { Demo } from "./start-demo.js";
import { createTraveller, type FormFields, type Page, type Traveller } from "./traveller.js";

type Say = (line: string) => void;

/** The course whose exam and project the tour passes, and the badge that they earn. */
const COURSE_CODE = "CVI-101";
const PROJECT_POINTS = "92";
/** Rosette reads the gradebook by itself within a minute here; then the award follows at once. */
const AWARD_WAIT_MS = 100_000;

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`This did not hold: ${what}`);
}

const words = (text: string): string => text.replace(/\s+/g, " ").trim();

function catalogueCourse() {
  const course = schoolCatalogue.courses.find(({ code }) => code === COURSE_CODE);
  const track = schoolCatalogue.tracks.find(({ requires }) =>
    JSON.stringify(requires).includes(COURSE_CODE),
  );
  if (course === undefined || track === undefined) throw new Error(`No course ${COURSE_CODE}`);
  return { course, track };
}

/** Signs in to the LMS as one of its people. */
async function signIn(lmsUrl: string, userId: string): Promise<Traveller> {
  const traveller = createTraveller();
  const page = await traveller.open(`${lmsUrl}/`);
  const inside = await traveller.submit(page, `form:has(input[name=user_id][value=${userId}])`);
  must(inside.status === 200, `${userId} is signed in to the LMS`);
  return traveller;
}

/** Opens an activity and what its frame holds, pressing "continue" where a page asks for it. */
async function launch(traveller: Traveller, address: string): Promise<Page> {
  const activity = await traveller.open(address);
  const frame = activity.$("iframe").attr("src");
  if (frame === undefined) throw new Error(`No frame on ${address}`);
  let page = await traveller.open(new URL(frame, activity.url).href);
  const way = [...page.way];
  while (page.$("form input[name=login_hint], form input[name=id_token]").length > 0) {
    page = await traveller.submit(page, "form");
    way.push(...page.way);
  }
  return { ...page, way };
}

async function findActivity(traveller: Traveller, lmsUrl: string, title: string): Promise<string> {
  const course = await traveller.open(`${lmsUrl}/courses/${lmsCourseId(COURSE_CODE)}`);
  const link = course.$("main a, body a").filter((_, element) => {
    return words(course.$(element).text()) === title;
  });
  return new URL(link.first().attr("href") ?? "", course.url).href;
}

const correctTexts = (question: Question): string[] => {
  if (question.kind === "number") return [String(question.correctNumber)];
  const ids =
    question.kind === "single-choice" ? [question.correctOptionId] : question.correctOptionIds;
  return question.options.filter(({ id }) => ids.includes(id)).map(({ text }) => text);
};

/** The right answers as form fields, found by what the page says, as a person would. */
function rightAnswers(page: Page, questions: Question[]): FormFields {
  const { $ } = page;
  const fields: FormFields = {};
  for (const question of questions) {
    const right = correctTexts(question);
    const asked = $("fieldset, div.field").filter((_, element) => {
      return words($(element).find("legend, label").first().text()).includes(question.prompt);
    });
    must(asked.length === 1, `the page asks "${question.prompt}"`);
    if (question.kind === "number") {
      fields[asked.find("input").attr("name") ?? ""] = right[0];
      continue;
    }
    const chosen = asked.find("label.choice").filter((_, element) => {
      return right.includes(words($(element).text()));
    });
    const inputs = chosen
      .find("input")
      .toArray()
      .map((element) => $(element));
    fields[inputs[0]?.attr("name") ?? ""] = inputs.map((input) => input.attr("value") ?? "");
  }
  return fields;
}

async function waitFor<T>(look: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Reads one cell of the LMS gradebook, as the instructor sees it. */
async function readCell(teacher: Traveller, lmsUrl: string, column: string) {
  const page = await teacher.open(`${lmsUrl}/courses/${lmsCourseId(COURSE_CODE)}/gradebook`);
  const cell = page.$("input[name=score]").filter((_, element) => {
    const label = page.$(element).attr("aria-label") ?? "";
    return label.startsWith("Amara Okafor") && label.includes(column);
  });
  const form = cell.closest("form");
  return { page, found: cell.length === 1, score: cell.attr("value") ?? "", form };
}

/** An EdDSA, ES256 or RS256 signature, checked with Node's own crypto and nothing of Rosette's. */
function isSignedBy(jwt: string, key: JsonWebKey): boolean {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { alg: string };
  const publicKey = createPublicKey({ key, format: "jwk" });
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, "base64url");
  if (alg === "ES256") {
    return verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, bytes);
  }
  return verify(alg === "RS256" ? "sha256" : null, signed, publicKey, bytes);
}

type DidDocument = { id: string; verificationMethod: { id: string; publicKeyJwk: JsonWebKey }[] };

async function fetchJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, { ...init, headers: { accept: "application/json" } });
  must(response.ok, `${url} answers (${response.status})`);
  return await response.json();
}

async function checkOnOurOwn(jwt: string): Promise<string> {
  const [header = "", payload = ""] = jwt.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string };
  const { iss } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { iss: string };
  // did:web, https://w3c-ccg.github.io/did-method-web/: colons are the path; localhost has no TLS.
  const [, , host = "", ...path] = iss.split(":");
  const address = `http://${decodeURIComponent(host)}/${path.join("/")}/did.json`;
  const document = (await fetchJson(address)) as DidDocument;
  must(document.id === iss, "the DID document is the issuer's");
  const method = document.verificationMethod.find(({ id }) => id === kid);
  must(method !== undefined && isSignedBy(jwt, method.publicKeyJwk), "the signature is good");
  return iss;
}

async function verifyAtRosette(rosetteUrl: string, credential: string): Promise<string> {
  const report = (await fetchJson(`${rosetteUrl}/verify`, {
    method: "POST",
    body: new URLSearchParams({ credential }),
  })) as { verdict: string };
  return report.verdict;
}

/** The last letter of the payload changed: what a forger's slip would look like. */
function tampered(jwt: string): string {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const text = Buffer.from(payload, "base64url").toString().replace("Okafor", "Okafur");
  return [header, Buffer.from(text).toString("base64url"), signature].join(".");
}

/**
 * Plays the main job over HTTP, as people and programs would, and says what came back.
 * @throws Error at the first step that does not hold
 */
export async function playTour(demo: Demo, say: Say): Promise<void> {
  const { rosetteUrl, lms } = demo;
  const { course, track } = catalogueCourse();
  let number = 0;
  const step = (what: string, back: string): void => {
    number += 1;
    say(`${String(number).padStart(2)}. ${what}\n      ${back}`);
  };

  const amara = await signIn(lms.url, "amara");
  const examAddress = await findActivity(amara, lms.url, course.exam.title);
  const introduction = await launch(amara, examAddress);
  must(introduction.status === 200 && introduction.url.startsWith(rosetteUrl), "the launch");
  step("Amara opens the exam from her course", introduction.way.join("\n      "));

  const questions = await amara.submit(introduction, "form[action$='/attempts']");
  const asked = questions.$("fieldset, div.field").length;
  must(asked === course.exam.questions.length, "every question is asked");
  const answers = rightAnswers(questions, course.exam.questions);
  const result = await amara.submit(questions, "form.form", answers);
  must(result.status === 200, "the exam is handed in");
  step("She answers and hands in", words(result.$("main .lead").first().text()));

  const priya = await signIn(lms.url, "priya");
  const score = await waitFor(async () => {
    const cell = await readCell(priya, lms.url, course.exam.title);
    return cell.score === "" ? undefined : cell.score;
  }, 30_000);
  step("The score stands in the LMS gradebook", `${course.exam.title}: ${score}`);

  const [project] = course.projects;
  if (project === undefined) throw new Error(`${COURSE_CODE} has no project`);
  const projectPage = await launch(amara, await findActivity(amara, lms.url, project.title));
  must(projectPage.status === 200, "the project's page");
  step("Amara looks at the project", words(projectPage.$("main .lead").first().text()));

  const progress = await launch(
    amara,
    await findActivity(amara, lms.url, "My progress and badges"),
  );
  const cardOf = (page: Page) =>
    page.$("li.card").filter((_, element) => {
      return words(page.$(element).find("h2").first().text()) === track.name;
    });
  must(!cardOf(progress).hasClass("earned"), "the badge is not earned yet");
  step("She sees what is missing", words(cardOf(progress).find("p.small.quiet").first().text()));

  const cell = await waitFor(async () => {
    const read = await readCell(priya, lms.url, project.title);
    return read.found ? read : undefined;
  }, 30_000);
  const lineItemId = cell.form.find("input[name=line_item_id]").attr("value") ?? "";
  const form = `form:has(input[value="${lineItemId}"]):has(input[value="amara"])`;
  const graded = await priya.submit(cell.page, form, { score: PROJECT_POINTS });
  must(graded.status === 200, "the grade is saved in the LMS");
  const gradedAt = Date.now();
  step("Priya grades the project in the LMS gradebook", `${project.title}: ${PROJECT_POINTS}`);

  const earned = await waitFor(async () => {
    const page = await amara.open(progress.url);
    const isReady = cardOf(page).find("form[action$='/visibility']").length > 0;
    return isReady ? page : undefined;
  }, AWARD_WAIT_MS);
  const waitedSeconds = ((Date.now() - gradedAt) / 1000).toFixed(1);
  step(
    `Rosette reads the grade by itself and awards “${track.name}”`,
    `${waitedSeconds} s after the grade: ${words(cardOf(earned).find("p").eq(2).text())}`,
  );

  const shared = await amara.submit(earned, "li.card.earned form[action$='/visibility']", {
    visibility: "link",
  });
  const link = cardOf(shared).find("input[readonly]").attr("value") ?? "";
  must(link.startsWith(`${rosetteUrl}/credentials/`), "the share link");
  step("Amara makes a share link", link);

  const stranger = createTraveller();
  const shown = await stranger.open(link);
  must(shown.status === 200 && shown.text.includes("Amara Okafor"), "the page of the credential");
  step("Anyone may open it", words(shown.$("h1").first().text()));

  const jwt = await (await fetch(`${link}.jwt`)).text();
  const issuer = await checkOnOurOwn(jwt);
  step("Its signature is checked without Rosette", `signed by ${issuer}`);

  const verdict = await verifyAtRosette(rosetteUrl, jwt);
  must(verdict === "valid", `Rosette's own verdict (${verdict})`);
  const forged = await verifyAtRosette(rosetteUrl, tampered(jwt));
  must(forged === "invalid", `a changed credential is refused (${forged})`);
  step("Rosette's own check agrees", `as issued: ${verdict}; with a changed name: ${forged}`);
}
