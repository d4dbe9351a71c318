import type { EventStore } from "../events/event-store.js";
import type { Reception } from "./incoming-result.js";
import type { PushKey } from "./push-key.js";
import { type PushedItem, readBatch } from "./pushed-batch.js";
import { takeResults, type TakeResultsNeeds } from "./take-results.js";

/** What the sender is told of each item, in the order in which it was sent. */
export type PushAnswer = {
  results: ({ index: number; id: string | undefined } & Reception)[];
  counts: Record<Reception["outcome"], number>;
};

type Needs = TakeResultsNeeds & { events: Pick<EventStore, "add"> };

async function noteRefused(needs: Needs, key: PushKey, answers: readonly Reception[]) {
  const refused = answers.flatMap((answer) => (answer.outcome === "refused" ? [answer] : []));
  const [first] = refused;
  if (first === undefined) return;
  await needs.events.add({
    organisationId: key.organisationId,
    code: "pushed-results-refused",
    level: "warning",
    summary: `Of ${answers.length} results that “${key.sender}” sent, ${refused.length} were refused. The first: ${first.sentence}`,
    about: { pushKeyId: key.id, because: first.code },
    at: needs.now(),
  });
}

const countOf = (answers: readonly Reception[], outcome: Reception["outcome"]): number =>
  answers.filter((answer) => answer.outcome === outcome).length;

/**
 * Takes a genuine push: every item is dealt with by itself, and all of them are in the store
 * before there is an answer.
 * @throws ToolError push-batch-malformed, push-batch-too-long; then nothing was stored
 */
export async function pushResults(needs: Needs, key: PushKey, body: Buffer): Promise<PushAnswer> {
  const items = readBatch(body);
  const readable = items.flatMap(({ reading }) => (reading.kind === "ok" ? [reading.result] : []));
  const sender = {
    organisationId: key.organisationId,
    source: "pushed" as const,
    name: key.sender,
  };
  const receptions = (await takeResults(needs, sender, readable)).values();
  const answers = items.map(({ reading }: PushedItem): Reception =>
    reading.kind === "faulty"
      ? reading.reception
      : (receptions.next().value ?? { outcome: "already-there" }),
  );
  await noteRefused(needs, key, answers);
  return {
    results: answers.map((answer, index) => ({ index, id: items[index]?.id, ...answer })),
    counts: {
      stored: countOf(answers, "stored"),
      "already-there": countOf(answers, "already-there"),
      "kept-for-binding": countOf(answers, "kept-for-binding"),
      refused: countOf(answers, "refused"),
    },
  };
}
