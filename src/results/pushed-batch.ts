import { z } from "zod";
import { ToolError } from "../errors.js";
import { type IncomingResult, type Reception, refuse } from "./incoming-result.js";

/** Most results of one request. */
const mostPushed = 1000;

const text = (most: number) =>
  z
    .string("must be text")
    .trim()
    .min(1, "must not be empty")
    .max(most, `must have at most ${most} characters`);

const learnerFault =
  "must be {issuer, sub} as the LMS names the learner, or {account}; an e-mail address names nobody";

const LearnerSchema = z.union(
  [
    z.strictObject({ account: text(100) }).transform(({ account }) => ({ accountId: account })),
    z.strictObject({ issuer: text(500).optional(), sub: text(255) }).transform((person) => ({
      issuer: person.issuer,
      sub: person.sub,
    })),
  ],
  learnerFault,
);

const ExamSchema = z.union(
  [
    z.strictObject({ id: text(100) }).transform(({ id }) => ({ examId: id })),
    z.strictObject({ course: text(100) }),
  ],
  "must be {course}, the course's code, or {id}",
);

const takenAt = z.iso
  .datetime({ offset: true, error: "must be a moment with its zone, such as 2026-11-20T09:30:00Z" })
  .transform((moment) => new Date(moment));

const points = z.number("must be a number");

const ItemSchema = z
  .strictObject({
    id: text(200),
    revision: z.int("must be a whole number from 1").min(1).max(1_000_000).default(1),
    learner: LearnerSchema,
    exam: ExamSchema,
    takenAt,
    score: points.optional(),
    maximum: points.optional(),
    withdrawn: z.literal(true, "can only be true").optional(),
  })
  .transform(({ score, maximum, withdrawn, ...item }, context): IncomingResult => {
    const isGraded = score !== undefined && maximum !== undefined;
    if (isGraded === (withdrawn === true)) {
      context.addIssue({ code: "custom", message: "needs score and maximum, or withdrawn alone" });
      return z.NEVER;
    }
    return isGraded
      ? { ...item, outcome: { kind: "graded", score, maximum } }
      : { ...item, outcome: { kind: "cleared" } };
  });

const BatchSchema = z.strictObject({ results: z.array(z.unknown()).min(1) });

/** One item as it was sent: its result, or why it cannot be read. */
export type PushedItem = {
  /** As far as it can be told. */
  id: string | undefined;
  reading: { kind: "ok"; result: IncomingResult } | { kind: "faulty"; reception: Reception };
};

const IdSchema = z.object({ id: z.string().max(200) });

function readItem(item: unknown): PushedItem {
  const { id } = IdSchema.safeParse(item).data ?? {};
  const parsed = ItemSchema.safeParse(item);
  if (parsed.success) return { id, reading: { kind: "ok", result: parsed.data } };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  const sentence = `${where === "" ? "The item" : where} ${issue?.message ?? "cannot be read"}.`;
  return { id, reading: { kind: "faulty", reception: refuse("item-unreadable", sentence) } };
}

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new ToolError("push-batch-malformed");
  }
};

/**
 * The items of a body. A fault in one keeps no other from being taken.
 * @throws ToolError push-batch-malformed, push-batch-too-long
 */
export function readBatch(body: Buffer): PushedItem[] {
  const parsed = BatchSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new ToolError("push-batch-malformed");
  if (parsed.data.results.length > mostPushed) throw new ToolError("push-batch-too-long");
  return parsed.data.results.map(readItem);
}
