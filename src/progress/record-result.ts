import type { Event } from "../events/event.js";
import { newId } from "../stored-record.js";
import { dueAtOf, type ExamFact } from "./exam-fact.js";
import type { ExamFactStore } from "./exam-fact-store.js";

/** A result as a grade source hands it over. */
export type Result = Omit<ExamFact, "id" | "observedAt"> & {
  /** Student View and the like: they see everything and are never awarded. */
  isTestUser: boolean;
};

type ResultRefusal =
  | "maximum-not-positive"
  | "score-negative"
  | "score-not-a-number"
  | "time-unreadable"
  | "test-user";

/** The sentence for the administrator's list of events. */
const refusals: Record<ResultRefusal, string> = {
  "maximum-not-positive": "A result was refused because its maximum is not more than 0.",
  "score-negative": "A result was refused because its score is less than 0.",
  "score-not-a-number": "A result was refused because its score is not a number.",
  "time-unreadable": "A result was refused because its time cannot be read.",
  "test-user": "A result of a test user was not recorded; test users are never awarded.",
};

export type Recording =
  /** `waitsUntil` is set when the result comes from the future: it counts from then on. */
  | { kind: "recorded"; fact: ExamFact; waitsUntil: Date | undefined }
  /** It arrived before. */
  | { kind: "known" }
  | { kind: "refused"; because: ResultRefusal; sentence: string };

/** A refusal in words. */
export const refusalSentence = (because: ResultRefusal): string => refusals[because];

/** Why a result cannot be a fact; undefined when it can. Extra points are no fault. */
export function findRefusal(
  result: Pick<Result, "isTestUser" | "occurredAt" | "outcome">,
): ResultRefusal | undefined {
  if (result.isTestUser) return "test-user";
  if (Number.isNaN(result.occurredAt.getTime())) return "time-unreadable";
  const { outcome } = result;
  if (outcome.kind === "cleared") return undefined;
  if (!Number.isFinite(outcome.score)) return "score-not-a-number";
  if (!(Number.isFinite(outcome.maximum) && outcome.maximum > 0)) return "maximum-not-positive";
  return outcome.score < 0 ? "score-negative" : undefined;
}

function makeFact(result: Result, observedAt: Date): ExamFact {
  const { organisationId, accountId, courseId, examId, offeringId } = result;
  const { sourceKey, source, sitting, outcome, passMarkPercent, occurredAt } = result;
  const about = { organisationId, accountId, courseId, examId, offeringId };
  const graded = { sourceKey, source, sitting, outcome, passMarkPercent };
  return { id: newId(), ...about, ...graded, occurredAt, observedAt };
}

const refusalOf = (result: Result): Extract<Recording, { kind: "refused" }> | undefined => {
  const because = findRefusal(result);
  return because && { kind: "refused", because, sentence: refusals[because] };
};

function recordingOf(fact: ExamFact, outcome: "added" | "already-there"): Recording {
  if (outcome === "already-there") return { kind: "known" };
  const dueAt = dueAtOf(fact);
  return { kind: "recorded", fact, waitsUntil: dueAt > fact.observedAt ? dueAt : undefined };
}

/** Makes a result one immutable fact, however often it arrives. What is refused writes nothing. */
export async function recordResult(
  needs: { facts: Pick<ExamFactStore, "addOnce">; now: () => Date },
  result: Result,
): Promise<Recording> {
  const refusal = refusalOf(result);
  if (refusal !== undefined) return refusal;
  const fact = makeFact(result, needs.now());
  return recordingOf(fact, await needs.facts.addOnce(fact));
}

/** The same for many results in one go; answers in their order. */
export async function recordResults(
  needs: { facts: Pick<ExamFactStore, "addAll">; now: () => Date },
  results: readonly Result[],
): Promise<Recording[]> {
  const observedAt = needs.now();
  const judged = results.map((result) => refusalOf(result) ?? makeFact(result, observedAt));
  const facts = judged.filter((item): item is ExamFact => !("kind" in item));
  const outcomes = facts.length === 0 ? [] : await needs.facts.addAll(facts);
  const recordings = new Map(
    facts.map((fact, index) => [fact, recordingOf(fact, outcomes[index] ?? "added")]),
  );
  return judged.map((item) =>
    "kind" in item ? item : (recordings.get(item) ?? { kind: "known" }),
  );
}

/** What an administrator should know of a result that is not like the others. */
export function unusualEvent(
  result: Result,
  recording: Recording,
  at: Date,
): Omit<Event, "id"> | undefined {
  const { organisationId, accountId, examId, offeringId } = result;
  const about = { accountId, examId, ...(offeringId === undefined ? {} : { offeringId }) };
  const event = { organisationId, level: "warning" as const, at };
  if (recording.kind === "refused" && recording.because !== "test-user") {
    const { because, sentence: summary } = recording;
    return { ...event, code: "result-refused", summary, about: { ...about, because } };
  }
  if (recording.kind !== "recorded" || recording.waitsUntil === undefined) return undefined;
  const until = recording.waitsUntil.toISOString();
  return {
    ...event,
    code: "result-from-the-future",
    summary: `A result is dated later than now. It is kept and counts from ${until}.`,
    about: { ...about, factId: recording.fact.id },
  };
}
