import type { Exam } from "../courses/exam.js";
import type { Account } from "../people/account.js";
import type { ExamFact } from "../progress/exam-fact.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { findRefusal, refusalSentence } from "../progress/record-result.js";
import { findExams, findLearners, type FindNamesNeeds } from "./find-names.js";
import {
  examNameText,
  type IncomingResult,
  type Reception,
  refuse,
  type Sender,
  sittingIdOf,
  sourceKeyOf,
} from "./incoming-result.js";
import type { WaitingResult } from "./waiting-result.js";
import type { WaitingResultStore } from "./waiting-result-store.js";

export type PlanNeeds = FindNamesNeeds & {
  facts: Pick<ExamFactStore, "listBySourceKeys" | "listRevisions">;
  waitingResults: Pick<WaitingResultStore, "listBySourceKeys">;
};

/** A result whose learner is known, and its exam if it has one here. */
export type Understood = {
  at: number;
  key: string;
  given: IncomingResult;
  account: Account;
  exam: Exam | undefined;
};

/** What is in under a source key already: a fact, or a result that waits for its exam. */
type Earlier = Pick<ExamFact, "accountId" | "outcome" | "occurredAt"> & { examId?: string };

const sentences = {
  taken:
    "This id and revision came before with another content. Send a correction with a higher revision.",
  moved: "An earlier revision of this id is of another learner or exam.",
  kept: "No course here has this code or id. It is kept, and counts once an administrator says which exam it is.",
};

const isSame = (one: Earlier, other: Earlier): boolean =>
  one.accountId === other.accountId &&
  (one.examId ?? other.examId) === (other.examId ?? one.examId) &&
  one.occurredAt.getTime() === other.occurredAt.getTime() &&
  JSON.stringify(one.outcome) === JSON.stringify(other.outcome);

const asEarlier = ({ given, account, exam }: Understood): Earlier => ({
  accountId: account.id,
  outcome: given.outcome,
  occurredAt: given.takenAt,
  ...(exam === undefined ? {} : { examId: exam.id }),
});

async function readEarlier(
  needs: PlanNeeds,
  organisationId: string,
  keys: string[],
): Promise<{ earlier: Map<string, Earlier>; waiting: WaitingResult[] }> {
  const [facts, waiting] = await Promise.all([
    needs.facts.listBySourceKeys(organisationId, keys),
    needs.waitingResults.listBySourceKeys(organisationId, keys),
  ]);
  const earlier = new Map<string, Earlier>();
  for (const { sourceKey, accountId, outcome, occurredAt } of waiting)
    earlier.set(sourceKey, { accountId, outcome, occurredAt });
  for (const fact of facts) earlier.set(fact.sourceKey, fact);
  return { earlier, waiting };
}

/** Whether an earlier revision of the sitting is somebody else's, or of another exam. */
async function isMoved(needs: PlanNeeds, sender: Sender, item: Understood): Promise<boolean> {
  if (item.given.revision === 1) return false;
  const sittingKey = `${sender.source}:${sittingIdOf(sender, item.given.id)}`;
  const revisions = await needs.facts.listRevisions(sender.organisationId, sittingKey);
  return revisions.some(
    ({ accountId, examId }) =>
      accountId !== item.account.id || (item.exam !== undefined && examId !== item.exam.id),
  );
}

/** Whom and what the names of a batch mean. */
type Named = {
  exams: ReadonlyMap<string, Exam>;
  learnerOf: Awaited<ReturnType<typeof findLearners>>;
};

/** What has no learner or no usable value is answered at once. */
function understand(
  { exams, learnerOf }: Named,
  about: { sender: Sender; answers: Reception[] },
  results: readonly IncomingResult[],
): Understood[] {
  const { sender, answers } = about;
  const understood: Understood[] = [];
  for (const [at, given] of results.entries()) {
    const fault = valueFault(given);
    const account = fault === undefined ? learnerOf(given) : undefined;
    if (fault !== undefined) answers[at] = fault;
    else if (account !== undefined && "code" in account)
      answers[at] = refuse(account.code, account.sentence);
    else if (account !== undefined) {
      const exam = exams.get(examNameText(given.exam));
      understood.push({ at, key: sourceKeyOf(sender, given), given, account, exam });
    }
  }
  return understood;
}

function valueFault({ outcome, takenAt }: IncomingResult): Reception | undefined {
  const because = findRefusal({ outcome, occurredAt: takenAt, isTestUser: false });
  return because && refuse(because, refusalSentence(because));
}

export type Plan = {
  answers: Reception[];
  toRecord: (Understood & { exam: Exam })[];
  toKeep: Understood[];
  /** What waits already under one of the batch's keys. */
  waiting: WaitingResult[];
};

/** What stands in the way of an item; undefined when it is new. */
async function answerOf(
  needs: PlanNeeds,
  item: Understood,
  known: { sender: Sender; before: Earlier | undefined; isWaiting: boolean },
): Promise<Reception | undefined> {
  const { sender, before, isWaiting } = known;
  if (before !== undefined && !isSame(before, asEarlier(item)))
    return refuse("result-id-taken", sentences.taken);
  // What waits and has an exam by now is recorded under the same key.
  if (before !== undefined && !(isWaiting && item.exam !== undefined))
    return { outcome: "already-there" };
  if (await isMoved(needs, sender, item)) return refuse("result-id-taken", sentences.moved);
  return item.exam === undefined
    ? { outcome: "kept-for-binding", sentence: sentences.kept }
    : undefined;
}

/** Decides about every result of a batch. Writes nothing, but with `make` accounts. */
export async function planBatch(
  needs: PlanNeeds,
  about: { sender: Sender; make: boolean },
  results: readonly IncomingResult[],
): Promise<Plan> {
  const { sender, make } = about;
  const { organisationId } = sender;
  const answers: Reception[] = [];
  const sound = results.filter((given) => valueFault(given) === undefined);
  const keys = sound.map((given) => sourceKeyOf(sender, given));
  // Asked for in one moment, they are read in one command.
  const [exams, learnerOf, { earlier, waiting }] = await Promise.all([
    findExams(
      needs,
      organisationId,
      results.map(({ exam }) => exam),
    ),
    findLearners(needs, { organisationId, make }, sound),
    readEarlier(needs, organisationId, keys),
  ]);
  const items = understand({ exams, learnerOf }, { sender, answers }, results);
  const waitingKeys = new Set(waiting.map(({ sourceKey }) => sourceKey));
  const plan: Plan = { answers, toRecord: [], toKeep: [], waiting };
  for (const item of items) {
    const { at, key, exam } = item;
    const known = { sender, before: earlier.get(key), isWaiting: waitingKeys.delete(key) };
    const answer = await answerOf(needs, item, known);
    if (answer !== undefined) answers[at] = answer;
    if (answer?.outcome === "kept-for-binding") plan.toKeep.push(item);
    if (answer === undefined && exam !== undefined) plan.toRecord.push({ ...item, exam });
    // A second one with the same id in this batch is held against the first.
    if (known.before === undefined) earlier.set(key, asEarlier(item));
  }
  return plan;
}
