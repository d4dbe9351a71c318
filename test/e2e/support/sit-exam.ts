import { expect } from "chai";
import type { Locator } from "playwright-core";
import {
  associationCatalogue,
  schoolCatalogue,
} from "../../../scripts/demo/catalogue/catalogues.js";
import type { CatalogueCourse } from "../../../scripts/demo/catalogue/catalogue.js";
import type { Question } from "../../../src/courses/exam.js";
import type { Screen } from "./lms-pages.js";

/** A course of the demo's catalogues. */
export function courseOf(code: string): CatalogueCourse {
  const courses = [...schoolCatalogue.courses, ...associationCatalogue.courses];
  const course = courses.find((one) => one.code === code);
  if (course === undefined) throw new Error(`No course ${code}`);
  return course;
}

/** A question's place on the page, found by what it asks, as a person would. */
export const placeOf = (screen: Screen, question: Question): Locator =>
  screen.locator(".card").filter({ hasText: question.prompt });

const rightTexts = (question: Question): string[] => {
  if (question.kind === "number") return [String(question.correctNumber)];
  const ids =
    question.kind === "single-choice" ? [question.correctOptionId] : question.correctOptionIds;
  return question.options.filter(({ id }) => ids.includes(id)).map(({ text }) => text);
};

/** Gives the right answers to some questions of the page. */
export async function answerRightly(screen: Screen, questions: Question[]): Promise<void> {
  for (const question of questions) {
    const place = placeOf(screen, question);
    for (const text of rightTexts(question)) {
      if (question.kind === "number") await place.getByRole("textbox").fill(text);
      else await place.getByLabel(text, { exact: true }).check();
    }
  }
}

/** Whether the page still has the right answer to a question that was given before. */
export async function expectAnswered(screen: Screen, question: Question): Promise<void> {
  const place = placeOf(screen, question);
  for (const text of rightTexts(question)) {
    if (question.kind === "number") {
      expect(await place.getByRole("textbox").inputValue()).to.equal(text);
    } else {
      expect(await place.getByLabel(text, { exact: true }).isChecked(), text).to.equal(true);
    }
  }
}

/** Sits an exam from its first page on, with every answer right. */
export async function passExam(screen: Screen, code: string): Promise<void> {
  await screen.getByRole("button", { name: /^(Start|Go on)/ }).click();
  await answerRightly(screen, courseOf(code).exam.questions);
  await screen.getByRole("button", { name: "Hand in", exact: true }).click();
  await screen.getByRole("heading", { name: "You passed" }).waitFor();
}
