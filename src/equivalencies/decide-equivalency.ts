import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { type LedgerEntry, type LedgerExam, standingOf } from "./equivalency.js";
import type { EquivalencyStore } from "./equivalency-store.js";
import { faultOfDecision, type LedgerFault } from "./ledger-faults.js";

/** What the ledger calls an exam: its course's name with the edition; a project by its own as well. */
export function ledgerTitle(
  exam: Pick<Exam, "kind" | "title">,
  course: Pick<Course, "title" | "version">,
): string {
  const named = `${course.title} ${course.version}`;
  return exam.kind === "exam" ? named : `${exam.title} (${named})`;
}

type Needs = {
  equivalencies: Pick<EquivalencyStore, "addOnce" | "findLastNumber" | "listAll">;
  exams: Pick<ExamStore, "listByIds">;
  courses: Pick<CourseStore, "listByIds">;
  now: () => Date;
};

/** Who decided, since when, why; and who has entered it. */
type Grounds = Pick<LedgerEntry, "decidedBy" | "enteredBy" | "reason"> & {
  since?: Date | undefined;
};

export type EquivalencyWanted = Grounds &
  Pick<LedgerEntry, "organisationId" | "decision" | "reach" | "accountId"> & {
    fromExamId: string;
    toExamId: string;
  };

export type EquivalencyDecision =
  { kind: "entered"; entry: LedgerEntry } | { kind: "faulty"; fault: LedgerFault };

const MOST_TRIES = 20;

/**
 * Writes an entry under the next number. The number is taken before the ledger is read and a
 * unique index gives it once, so nobody's entry comes in between: whoever was slower looks again.
 */
async function append(
  needs: Pick<Needs, "equivalencies">,
  entry: Omit<LedgerEntry, "number">,
  check: (entries: LedgerEntry[]) => LedgerFault | undefined,
): Promise<EquivalencyDecision> {
  const { organisationId, accountId } = entry;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const number = (await needs.equivalencies.findLastNumber(organisationId)) + 1;
    const fault = check(await needs.equivalencies.listAll(organisationId, accountId));
    if (fault !== undefined) return { kind: "faulty", fault };
    const numbered = { ...entry, number };
    if ((await needs.equivalencies.addOnce(numbered)) === "added")
      return { kind: "entered", entry: numbered };
  }
  throw new Error("The ledger of equivalencies is being written elsewhere");
}

async function nameExams(
  needs: Needs,
  organisationId: string,
  examIds: string[],
): Promise<Map<string, LedgerExam & { kind: Exam["kind"] }>> {
  const exams = await needs.exams.listByIds(organisationId, examIds);
  const courseIds = exams.map(({ courseId }) => courseId);
  const courses = new Map(
    (await needs.courses.listByIds(organisationId, courseIds)).map((course) => [course.id, course]),
  );
  return new Map(
    exams.flatMap((exam): [string, LedgerExam & { kind: Exam["kind"] }][] => {
      const { id: examId, courseId, kind } = exam;
      const course = courses.get(courseId);
      if (course === undefined) return [];
      return [[examId, { examId, courseId, kind, title: ledgerTitle(exam, course) }]];
    }),
  );
}

/** Enters what was decided about two exams. What follows for learners is the journey's. */
export async function decideEquivalency(
  needs: Needs,
  wanted: EquivalencyWanted,
): Promise<EquivalencyDecision> {
  const { organisationId, fromExamId, toExamId, decision, reach, accountId } = wanted;
  const named = await nameExams(needs, organisationId, [fromExamId, toExamId]);
  const from = named.get(fromExamId);
  const to = named.get(toExamId);
  const faulty = (field: LedgerFault["field"], sentence: string): EquivalencyDecision => ({
    kind: "faulty",
    fault: { field, sentence },
  });
  if (from === undefined) return faulty("from", "Choose what was passed.");
  if (to === undefined) return faulty("to", "Choose what it counts for.");
  if ((from.kind === "activity") !== (to.kind === "activity"))
    return faulty("to", "An exam and an activity cannot stand for each other.");
  const decidedAt = needs.now();
  const entry = {
    ...{ id: newId(), organisationId, decision, reach },
    from: { examId: from.examId, courseId: from.courseId, title: from.title },
    to: { examId: to.examId, courseId: to.courseId, title: to.title },
    ...(accountId === undefined ? {} : { accountId }),
    ...{ since: wanted.since ?? decidedAt, decidedAt },
    ...{ decidedBy: wanted.decidedBy, enteredBy: wanted.enteredBy, reason: wanted.reason },
  };
  return await append(needs, entry, (entries) => faultOfDecision(entry, entries));
}

/**
 * Takes an entry back by another one. What was awarded stays; nothing counts by it from now on.
 * @throws ToolError not-found
 */
export async function withdrawEquivalency(
  needs: Pick<Needs, "now"> & { equivalencies: Needs["equivalencies"] & Find },
  wanted: Grounds & { organisationId: string; id: string },
): Promise<EquivalencyDecision> {
  const known = await needs.equivalencies.findById(wanted.organisationId, wanted.id);
  if (known === undefined) throw new ToolError("not-found");
  const { from, to, reach, accountId, organisationId } = known;
  const decidedAt = needs.now();
  const entry = {
    ...{ id: newId(), organisationId, decision: "does-not-count" as const, from, to, reach },
    ...(accountId === undefined ? {} : { accountId }),
    ...{ since: decidedAt, decidedAt, decidedBy: wanted.decidedBy },
    ...{ enteredBy: wanted.enteredBy, reason: wanted.reason },
  };
  return await append(needs, entry, (entries) =>
    standingOf(entries).some(({ id }) => id === known.id)
      ? undefined
      : { field: "from", sentence: "It was withdrawn already." },
  );
}

type Find = Pick<EquivalencyStore, "findById">;
