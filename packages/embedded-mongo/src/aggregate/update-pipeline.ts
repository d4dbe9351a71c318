import { CommandError } from "../command-error.js";
import type { QueryContext } from "../query/matcher.js";
import type { Doc, Value } from "../values/value.js";
import { compileDocStage } from "./doc-stages.js";
import { stagesOf } from "./stage.js";

/** Compiles a pipeline that makes a new document out of an old one. */
export function compileUpdatePipeline(
  stages: readonly Value[],
  context: QueryContext,
): (doc: Doc) => Doc {
  const steps = stagesOf([...stages]).map(({ name, operand }) => {
    const step = compileDocStage(name, operand, context);
    if (!step) {
      throw new CommandError(
        "InvalidOptions",
        `${name} is not allowed to be used within an update`,
      );
    }
    context.seen("stage", name);
    return step;
  });
  return (doc) => steps.reduce((current, step) => step(current), doc);
}
