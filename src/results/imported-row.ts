import { createHash } from "node:crypto";
import { readUtcDay } from "../utc-day.js";
import type { IncomingResult } from "./incoming-result.js";

/** What a file holds: points in exams, or courses that were completed earlier (prior learning). */
export type ImportKind = "scores" | "completions";

/** A fault of one line, in words for whoever made the file. Never holds what stands there. */
export type RowFault = { code: string; sentence: string };

type Column =
  | "id"
  | "revision"
  | "issuer"
  | "sub"
  | "account"
  | "course"
  | "exam"
  | "score"
  | "maximum"
  | "taken_at"
  | "completed_on";

const common: Column[] = ["id", "revision", "issuer", "sub", "account", "course"];
const columnsOf: Record<ImportKind, Column[]> = {
  scores: [...common, "exam", "score", "maximum", "taken_at"],
  completions: [...common, "completed_on"],
};
const neededOf: Record<ImportKind, Column[]> = {
  scores: ["score", "maximum", "taken_at"],
  completions: ["course", "completed_on"],
};

/** Where each column stands. */
export type Header = ReadonlyMap<string, number>;

/** The header of a file, or what is wrong with it in one sentence. */
export function readHeader(
  cells: readonly string[],
  kind: ImportKind,
): { kind: "ok"; header: Header } | { kind: "faulty"; sentence: string } {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  );
  const faulty = (sentence: string) => ({ kind: "faulty" as const, sentence });
  const unknown = names.filter((name) => !columnsOf[kind].some((column) => column === name));
  if (unknown.length > 0)
    return faulty(
      `Column ${names.indexOf(unknown[0] ?? "") + 1} has a name that is not known. Known are: ${columnsOf[kind].join(", ")}.`,
    );
  if (new Set(names).size < names.length) return faulty("Two columns have the same name.");
  const missing = neededOf[kind].filter((column) => !names.includes(column));
  if (missing.length > 0) return faulty(`These columns are missing: ${missing.join(", ")}.`);
  if (!names.includes("sub") && !names.includes("account"))
    return faulty("A column sub (the learner's id in the LMS) or account is missing.");
  if (kind === "scores" && !names.includes("course") && !names.includes("exam"))
    return faulty("A column course (its code) or exam (its id) is missing.");
  return { kind: "ok", header: new Map(names.map((name, index) => [name, index])) };
}

const LONGEST_CELL = 500;

const fault = (code: string, sentence: string): RowFault => ({ code, sentence });

/** A number as people write it, with a point or a comma; undefined when it is none. */
function numberIn(text: string): number | undefined {
  const plain = text.replace(/^(-?\d+),(\d+)$/, "$1.$2");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** A day counts from its beginning in UTC; a moment needs its zone. */
function momentIn(text: string): Date | undefined {
  const day = readUtcDay(text.slice(0, 10));
  if (day === undefined || text.length === 10) return day;
  const isMoment = /^.{10}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const moment = isMoment ? new Date(text.replace(" ", "T")) : undefined;
  return moment === undefined || Number.isNaN(moment.getTime()) ? undefined : moment;
}

type Cells = (column: Column) => string;

function learnerIn(cell: Cells): IncomingResult["learner"] | RowFault {
  const [account, sub, issuer] = [cell("account"), cell("sub"), cell("issuer")];
  if (account !== "" && sub !== "")
    return fault("learner-twice", "Name the learner by account or by sub, not by both.");
  if (account !== "") return { accountId: account };
  if (sub === "") return fault("learner-missing", "The learner is missing.");
  if (sub.includes("@") && issuer === "")
    return fault("learner-by-email", "An e-mail address names nobody. Give the id in the LMS.");
  return { sub, issuer: issuer === "" ? undefined : issuer };
}

function examIn(cell: Cells): IncomingResult["exam"] | RowFault {
  const [exam, course] = [cell("exam"), cell("course")];
  if (exam !== "") return { examId: exam };
  return course === "" ? fault("course-missing", "The course is missing.") : { course };
}

function outcomeIn(cell: Cells, kind: ImportKind): IncomingResult["outcome"] | RowFault {
  // What was completed elsewhere has no points: it passes under every pass mark.
  if (kind === "completions") return { kind: "graded", score: 1, maximum: 1 };
  const [score, maximum] = [numberIn(cell("score")), numberIn(cell("maximum"))];
  if (score === undefined) return fault("score-not-a-number", "The score is not a number.");
  if (maximum === undefined) return fault("maximum-not-a-number", "The maximum is not a number.");
  return { kind: "graded", score, maximum };
}

/** What a row without an id of its own goes by: the same learner, exam and time are the same. */
const ownIdOf = (kind: ImportKind, parts: readonly string[]): string =>
  createHash("sha256")
    .update(JSON.stringify([kind, ...parts]))
    .digest("hex")
    .slice(0, 32);

const isFault = (value: object): value is RowFault => "code" in value;

/** What is wrong with the line as such. */
function faultOfCells(cells: readonly string[], header: Header): RowFault | undefined {
  const fit = `The line has ${cells.length} cells, the header ${header.size}.`;
  if (cells.length !== header.size) return fault("cells-do-not-fit", fit);
  return cells.some((cell) => cell.length > LONGEST_CELL)
    ? fault("cell-too-long", `A cell has more than ${LONGEST_CELL} characters.`)
    : undefined;
}

function revisionIn(text: string): number | undefined {
  const revision = text === "" ? 1 : Number(text);
  return Number.isSafeInteger(revision) && revision >= 1 ? revision : undefined;
}

const timeFault = "The time is neither a day (2026-11-20) nor a moment with its zone.";

/** When, and which revision of it. */
function sittingIn(cell: Cells, time: string): { takenAt: Date; revision: number } | RowFault {
  const takenAt = momentIn(time);
  if (takenAt === undefined) return fault("time-unreadable", timeFault);
  const revision = revisionIn(cell("revision"));
  return revision === undefined
    ? fault("revision-unreadable", "The revision is not a whole number from 1.")
    : { takenAt, revision };
}

/** One line as a result, or why it cannot be one. */
export function readRow(
  cells: readonly string[],
  header: Header,
  kind: ImportKind,
): IncomingResult | RowFault {
  const faulty = faultOfCells(cells, header);
  if (faulty !== undefined) return faulty;
  const cell: Cells = (column) => cells[header.get(column) ?? -1]?.trim() ?? "";
  const learner = learnerIn(cell);
  if (isFault(learner)) return learner;
  const exam = examIn(cell);
  if (isFault(exam)) return exam;
  const outcome = outcomeIn(cell, kind);
  if (isFault(outcome)) return outcome;
  const time = cell(kind === "scores" ? "taken_at" : "completed_on");
  const sitting = sittingIn(cell, time);
  if (isFault(sitting)) return sitting;
  const who = "accountId" in learner ? learner.accountId : `${learner.issuer ?? ""} ${learner.sub}`;
  const what = "examId" in exam ? exam.examId : exam.course;
  const id = cell("id") === "" ? ownIdOf(kind, [who, what, time]) : cell("id");
  return { id, learner, exam, outcome, ...sitting };
}
