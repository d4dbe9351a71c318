import type { Question } from "../../src/courses/exam.js";
import { associationCatalogue, schoolCatalogue } from "./catalogue/catalogues.js";
import type { CatalogueCourse } from "./catalogue/catalogue.js";
import { lmsCourseId } from "./fill-demo.js";
import type { Demo } from "./start-demo.js";
import { createTraveller, type FormFields, type Page, type Traveller } from "./traveller.js";

/** Says one step: what was done, and what came back. */
type Step = (what: string, back: string) => void;

/** What every part of the tour has at hand. */
export type Tour = { demo: Demo; step: Step };

export const PROGRESS = "My progress and badges";

/** @throws Error where a step does not hold */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`This did not hold: ${what}`);
}

export const words = (text: string): string => text.replace(/\s+/g, " ").trim();

export function courseOf(code: string): CatalogueCourse {
  const courses = [...schoolCatalogue.courses, ...associationCatalogue.courses];
  const course = courses.find((one) => one.code === code);
  if (course === undefined) throw new Error(`No course ${code}`);
  return course;
}

/** Signs in to the LMS as one of its people. */
export async function signIn(lmsUrl: string, userId: string): Promise<Traveller> {
  const traveller = createTraveller();
  const page = await traveller.open(`${lmsUrl}/`);
  const inside = await traveller.submit(page, `form:has(input[name=user_id][value=${userId}])`);
  must(inside.status === 200, `${userId} is signed in to the LMS`);
  return traveller;
}

/** Opens an address of the LMS that leads to Rosette, pressing "continue" where a page asks for it. */
export async function follow(traveller: Traveller, address: string): Promise<Page> {
  let page = await traveller.open(address);
  const way = [...page.way];
  while (page.$("form input[name=login_hint], form input[name=id_token]").length > 0) {
    page = await traveller.submit(page, "form");
    way.push(...page.way);
  }
  return { ...page, way };
}

/** Opens an activity of a course and what its frame holds. */
export async function openActivity(
  { demo }: Pick<Tour, "demo">,
  traveller: Traveller,
  about: { code: string; title: string },
): Promise<Page> {
  const course = await traveller.open(`${demo.lms.url}/courses/${lmsCourseId(about.code)}`);
  const link = course.$("main a, body a").filter((_, element) => {
    return words(course.$(element).text()) === about.title;
  });
  const activity = await traveller.open(new URL(link.first().attr("href") ?? "", course.url).href);
  const frame = activity.$("iframe").attr("src");
  if (frame === undefined) throw new Error(`No frame for ${about.code} ${about.title}`);
  return await follow(traveller, new URL(frame, activity.url).href);
}

/** Looks again and again until there is something to see. */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
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

/** Sits the exam of a course, with the right answers; what the last page says. */
export async function sitExam(
  tour: Pick<Tour, "demo">,
  traveller: Traveller,
  code: string,
): Promise<{ introduction: Page; said: string }> {
  const { exam } = courseOf(code);
  const introduction = await openActivity(tour, traveller, { code, title: exam.title });
  must(introduction.status === 200, `the exam of ${code} opens`);
  const questions = await traveller.submit(introduction, "form[action$='/attempts']");
  const asked = questions.$("fieldset, div.field").length;
  must(asked === exam.questions.length, "every question is asked");
  const answers = rightAnswers(questions, exam.questions);
  const result = await traveller.submit(questions, "form.form", answers);
  must(result.status === 200, `the exam of ${code} is handed in`);
  return { introduction, said: words(result.$("main .lead").first().text()) };
}

/** Reads one cell of the LMS gradebook, as the instructor sees it. */
export async function readCell(
  { demo }: Pick<Tour, "demo">,
  teacher: Traveller,
  { code, learner, column }: { code: string; learner: string; column: string },
) {
  const page = await teacher.open(`${demo.lms.url}/courses/${lmsCourseId(code)}/gradebook`);
  const cell = page.$("input[name=score]").filter((_, element) => {
    const label = page.$(element).attr("aria-label") ?? "";
    return label.startsWith(learner) && label.includes(column);
  });
  const form = cell.closest("form");
  return { page, found: cell.length === 1, score: cell.attr("value") ?? "", form };
}

/** The card of a track on the learner's page. */
export const cardOf = (page: Page, trackName: string) =>
  page.$("li.card").filter((_, element) => {
    return words(page.$(element).find("h2").first().text()) === trackName;
  });

/** Waits until a track's credential can be shared, and shares it: its link. */
export async function shareCredential(
  traveller: Traveller,
  progressUrl: string,
  about: { trackName: string; timeoutMs: number },
): Promise<{ said: string; link: string }> {
  const { trackName, timeoutMs } = about;
  const earned = await waitFor(async () => {
    const page = await traveller.open(progressUrl);
    return cardOf(page, trackName).find("form[action$='/visibility']").length > 0
      ? page
      : undefined;
  }, timeoutMs);
  const card = cardOf(earned, trackName);
  const said = words(card.find("p:has(time)").first().text());
  const action = card.find("form[action$='/visibility']").attr("action") ?? "";
  const shared = await traveller.submit(earned, `form[action="${action}"]`, {
    visibility: "link",
  });
  return { said, link: cardOf(shared, trackName).find("input[readonly]").attr("value") ?? "" };
}
