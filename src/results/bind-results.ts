import { eachInTurn } from "../each-in-turn.js";
import { ToolError } from "../errors.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { Recording, Result } from "../progress/record-result.js";
import type { ExamBinding } from "./waiting-result.js";
import type { WaitingResultStore } from "./waiting-result-store.js";

export type BindNeeds = {
  waitingResults: Pick<
    WaitingResultStore,
    "listBindings" | "listByName" | "remove" | "listAwaitingCounting" | "markCounted" | "reopen"
  >;
  exams: Pick<ExamStore, "findById">;
  accounts: Pick<AccountStore, "listByIds">;
  recordResults: (results: readonly Result[]) => Promise<Recording[]>;
  now: () => Date;
};

const AT_ONCE = 500;
const SWEPT_AT_ONCE = 50;

/** Counts the oldest that wait under a bound name; what is counted waits no longer. */
async function countSome(needs: BindNeeds, binding: ExamBinding, exam: Exam): Promise<number> {
  const { organisationId, examName } = binding;
  const waiting = await needs.waitingResults.listByName(organisationId, examName, AT_ONCE);
  if (waiting.length === 0) return 0;
  const accountIds = waiting.map(({ accountId }) => accountId);
  const accounts = await needs.accounts.listByIds(organisationId, accountIds);
  const testUsers = new Set(accounts.flatMap(({ id, isTestUser }) => (isTestUser ? [id] : [])));
  await needs.recordResults(
    waiting.map(({ accountId, sourceKey, source, sitting, outcome, occurredAt }) => ({
      ...{ organisationId, accountId, sourceKey, source, sitting, outcome, occurredAt },
      courseId: exam.courseId,
      examId: exam.id,
      passMarkPercent: exam.passMarkPercent,
      isTestUser: testUsers.has(accountId),
    })),
  );
  await needs.waitingResults.remove(
    organisationId,
    waiting.map(({ id }) => id),
  );
  return waiting.length;
}

/**
 * Counts everything that waits under a bound name. The mark goes before the last look, so that
 * what is kept meanwhile is either seen by it or marks the binding again.
 */
async function countWaiting(needs: BindNeeds, binding: ExamBinding): Promise<number> {
  const exam = await needs.exams.findById(binding.organisationId, binding.examId);
  let counted = 0;
  for (;;) {
    await needs.waitingResults.markCounted(binding);
    const more = exam === undefined ? 0 : await countSome(needs, binding, exam);
    if (more === 0) return counted;
    counted += more;
    await needs.waitingResults.reopen(binding.organisationId, [binding.examName]);
  }
}

/**
 * Says which exam a name means from now on. What waits under it is counted by `countBound`.
 * @returns what the name meant before, if anything
 * @throws ToolError not-found when the exam is not the organisation's
 */
export async function bindResults(
  needs: Pick<BindNeeds, "exams" | "now"> & {
    waitingResults: Pick<WaitingResultStore, "bind" | "listBindings">;
  },
  decision: { organisationId: string; examName: string; examId: string; decidedBy: string },
): Promise<{ before: ExamBinding | undefined }> {
  const { organisationId, examName, examId } = decision;
  if ((await needs.exams.findById(organisationId, examId)) === undefined)
    throw new ToolError("not-found");
  const [before] = await needs.waitingResults.listBindings(organisationId, [examName]);
  await needs.waitingResults.bind({ ...decision, decidedAt: needs.now() });
  return { before };
}

/** Counts what waits under a name that was bound. The sweep makes good a crash before it. */
export async function countBound(
  needs: BindNeeds,
  organisationId: string,
  examName: string,
): Promise<{ counted: number }> {
  const [binding] = await needs.waitingResults.listBindings(organisationId, [examName]);
  return { counted: binding === undefined ? 0 : await countWaiting(needs, binding) };
}

/** Counts what was bound before a crash, or came while it was being bound. */
export async function sweepBindings(needs: BindNeeds): Promise<void> {
  await eachInTurn(await needs.waitingResults.listAwaitingCounting(SWEPT_AT_ONCE), async (each) => {
    await countWaiting(needs, each);
  });
}
