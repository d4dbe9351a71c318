import { CommandError } from "../command-error.js";
import { isTrue } from "../values/number.js";
import { compileProjection } from "../query/project.js";
import { compileUpdate } from "../query/update.js";
import type { StoredDoc } from "../storage/stored-doc.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import {
  booleanArgument,
  docArgument,
  numberArgument,
  unblocked,
  type CommandContext,
  type Reply,
  type Steps,
} from "./context.js";
import { refuseChange } from "./time-series.js";
import {
  findTargets,
  removeOne,
  targetOf,
  updateOne,
  upsert,
  type Target,
} from "./write-commands.js";
import { words } from "../words.js";

export const FIND_AND_MODIFY_FIELDS = words(`
  query update remove new fields sort upsert arrayFilters collation hint let
  bypassDocumentValidation
`);

function checkArguments(command: Doc): void {
  const removes = isTrue(command.get("remove"));
  const updates = command.has("update");
  const fail = (why: string) => new CommandError("FailedToParse", why);
  if (!removes && !updates) throw fail("Either an update or remove=true must be specified");
  if (!removes) return;
  if (updates) throw fail("Cannot specify both an update and remove=true");
  if (isTrue(command.get("upsert"))) throw fail("Cannot specify both upsert=true and remove=true");
  if (isTrue(command.get("new"))) {
    throw fail(
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  }
  if (command.has("arrayFilters")) throw fail("Cannot specify arrayFilters and remove=true");
}

export async function findAndModify(context: CommandContext): Promise<Reply> {
  const { command } = context;
  checkArguments(command);
  const statement = numberArgument(command, "stmtId", "findAndModify") ?? 0;
  const before = context.remembered(statement);
  if (before) return { ...Object.fromEntries(before), retriedStmtId: statement };
  const target = targetOf(context, command, { filter: "query", owner: "findAndModify" });
  refuseChange(target.collection);
  return await context.drive(modify(context, target, statement));
}

function* modify(context: CommandContext, target: Target, statement: number): Steps<Reply> {
  context.meetFailure();
  const removes = isTrue(context.command.get("remove"));
  const steps = removes ? removing(context, target) : updating(context, target);
  const outcome = yield* steps;
  context.remember(statement, outcome);
  return Object.fromEntries(outcome);
}

function projected(context: CommandContext, target: Target, doc: StoredDoc | Doc): Doc {
  const plain = isDoc(doc as Value) ? (doc as Doc) : (doc as StoredDoc).decode();
  const fields = docArgument(context.command, "fields", "findAndModify");
  if (!fields || fields.size === 0) return plain;
  const kind = { find: true, filter: target.matcher.test };
  return compileProjection(fields, target.query, kind)(plain);
}

function* removing(context: CommandContext, target: Target): Steps<Doc> {
  for (;;) {
    const [found] = findTargets(context, target, 1);
    if (!found) return docOf({ lastErrorObject: docOf({ n: 0 }), value: null });
    const removed = yield* unblocked(() => removeOne(context, target, found));
    if (!removed) continue;
    return docOf({
      lastErrorObject: docOf({ n: 1 }),
      value: projected(context, target, removed),
    });
  }
}

function* updating(context: CommandContext, target: Target): Steps<Doc> {
  const { command } = context;
  const wantsNew = booleanArgument(command, "new", false);
  const compiled = compileUpdate(command.get("update"), {
    ...target.query,
    arrayFilters: command.get("arrayFilters"),
  });
  for (;;) {
    const [found] = findTargets(context, target, 1);
    if (!found) break;
    const updated = yield* unblocked(() => updateOne(context, { target, compiled, found }));
    if (!updated) continue;
    const shown = wantsNew ? updated.after : updated.before;
    return docOf({
      lastErrorObject: docOf({ n: 1, updatedExisting: true }),
      value: projected(context, target, shown),
    });
  }
  if (!booleanArgument(command, "upsert", false)) {
    return docOf({ lastErrorObject: docOf({ n: 0, updatedExisting: false }), value: null });
  }
  const made = yield* unblocked(() => upsert(context, target, compiled));
  return docOf({
    lastErrorObject: docOf({ n: 1, updatedExisting: false, upserted: made.get("_id") }),
    value: wantsNew ? projected(context, target, made) : null,
  });
}
