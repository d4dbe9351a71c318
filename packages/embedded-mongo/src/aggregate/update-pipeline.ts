import { CommandError } from "../command-error.js";
import type { QueryContext } from "../query/matcher.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import { compileDocStage } from "./doc-stages.js";
import { wordSet } from "../words.js";

const ALLOWED = wordSet("$set $addFields $unset $project $replaceWith $replaceRoot");

/** Compiles a pipeline that makes a new document out of an old one. */
export function compileUpdatePipeline(
  stages: readonly Value[],
  context: QueryContext,
): (doc: Doc) => Doc {
  const steps = stages.map((stage) => {
    const [name, operand] = isDoc(stage) && stage.size === 1 ? ([...stage][0] ?? []) : [];
    if (name === undefined) {
      throw new CommandError(
        40323,
        "A pipeline stage specification object must contain exactly one field.",
      );
    }
    if (!ALLOWED.has(name)) {
      throw new CommandError(
        "InvalidOptions",
        `${name} is not allowed to be used within an update`,
      );
    }
    context.seen("stage", name);
    const step = compileDocStage(name, operand, context);
    if (!step) throw new CommandError("InvalidOptions", `${name} is not a stage of updates`);
    return step;
  });
  return (doc) => steps.reduce((current, step) => step(current), doc);
}
