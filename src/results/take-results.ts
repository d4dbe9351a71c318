import type { Exam } from "../courses/exam.js";
import type { Recording, Result } from "../progress/record-result.js";
import { newId } from "../stored-record.js";
import {
  examNameText,
  type IncomingResult,
  type Reception,
  refuse,
  type Sender,
  sittingIdOf,
} from "./incoming-result.js";
import { type Plan, planBatch, type PlanNeeds, type Understood } from "./plan-batch.js";
import type { WaitingResult } from "./waiting-result.js";
import type { WaitingResultStore } from "./waiting-result-store.js";

export type TakeResultsNeeds = PlanNeeds & {
  waitingResults: Pick<WaitingResultStore, "keepAll" | "reopen" | "remove">;
  recordResults: (results: readonly Result[]) => Promise<Recording[]>;
};

function asResult(sender: Sender, item: Understood & { exam: Exam }): Result {
  const { given, account, exam, key } = item;
  return {
    organisationId: sender.organisationId,
    accountId: account.id,
    courseId: exam.courseId,
    examId: exam.id,
    sourceKey: key,
    source: sender.source,
    sitting: { id: sittingIdOf(sender, given.id), revision: given.revision },
    outcome: given.outcome,
    passMarkPercent: exam.passMarkPercent,
    occurredAt: given.takenAt,
    isTestUser: account.isTestUser,
  };
}

const asWaiting = (sender: Sender, item: Understood, receivedAt: Date): WaitingResult => ({
  id: newId(),
  organisationId: sender.organisationId,
  examName: examNameText(item.given.exam),
  accountId: item.account.id,
  sourceKey: item.key,
  source: sender.source,
  sitting: { id: sittingIdOf(sender, item.given.id), revision: item.given.revision },
  outcome: item.given.outcome,
  occurredAt: item.given.takenAt,
  receivedAt,
});

const receptionOf = (recording: Recording | undefined): Reception => {
  if (recording === undefined || recording.kind === "known") return { outcome: "already-there" };
  if (recording.kind === "refused") return refuse(recording.because, recording.sentence);
  const { waitsUntil } = recording;
  return { outcome: "stored", ...(waitsUntil === undefined ? {} : { waitsUntil }) };
};

/** Says what would become of each result and writes nothing. Answers in their order. */
export async function previewResults(
  needs: TakeResultsNeeds,
  sender: Sender,
  results: readonly IncomingResult[],
): Promise<Reception[]> {
  const { answers, toRecord } = await planBatch(needs, { sender, make: false }, results);
  for (const { at } of toRecord) answers[at] = { outcome: "stored" };
  return answers;
}

/**
 * Takes a batch of results from elsewhere, each once: facts where learner and exam are known, kept
 * where the exam is not. Answers in their order. May be repeated and interrupted anywhere.
 */
export async function takeResults(
  needs: TakeResultsNeeds,
  sender: Sender,
  results: readonly IncomingResult[],
): Promise<Reception[]> {
  const plan = await planBatch(needs, { sender, make: true }, results);
  const { answers, toKeep, toRecord } = plan;
  if (toKeep.length > 0) await keep(needs, sender, toKeep);
  if (toRecord.length === 0) return answers;
  const recordings = await needs.recordResults(toRecord.map((item) => asResult(sender, item)));
  for (const [index, { at }] of toRecord.entries()) answers[at] = receptionOf(recordings[index]);
  await dropCounted(needs, sender.organisationId, plan);
  return answers;
}

/** Keeps what has no exam here; should it have been bound just now, the sweep counts it. */
async function keep(needs: TakeResultsNeeds, sender: Sender, items: Understood[]): Promise<void> {
  const waiting = items.map((item) => asWaiting(sender, item, needs.now()));
  await needs.waitingResults.keepAll(waiting);
  const names = [...new Set(waiting.map(({ examName }) => examName))];
  await needs.waitingResults.reopen(sender.organisationId, names);
}

/** What waited and has come again with an exam that is known waits no longer. */
async function dropCounted(
  needs: TakeResultsNeeds,
  organisationId: string,
  { waiting, toRecord }: Plan,
): Promise<void> {
  const recorded = new Set(toRecord.map(({ key }) => key));
  const ids = waiting.flatMap(({ id, sourceKey }) => (recorded.has(sourceKey) ? [id] : []));
  if (ids.length > 0) await needs.waitingResults.remove(organisationId, ids);
}
