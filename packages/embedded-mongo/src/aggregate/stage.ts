import { CommandError } from "../command-error.js";
import type { QueryContext } from "../query/matcher.js";
import type { Deadline } from "../query/watch.js";
import { isDoc, type Doc, type Value } from "../values/value.js";

/** A pipeline's way to collections: what $lookup and $unionWith read from. */
export type Source = {
  /** The documents of a collection of the same database, after these stages; indexes are used. */
  read(collection: string, stages: readonly NamedStage[], context: StageContext): Iterable<Doc>;
};

export type StageContext = QueryContext & {
  readonly deadline: Deadline;
  readonly source: Source;
  /** Compiles the pipelines within stages. */
  readonly compile: (stages: readonly NamedStage[], context: StageContext) => Stage;
};

/** A stage: documents in, documents out. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

export type NamedStage = { name: string; operand: Value };

/** Reads a pipeline into its stages' names and operands. */
export function stagesOf(pipeline: Value): NamedStage[] {
  if (!Array.isArray(pipeline)) {
    throw new CommandError("TypeMismatch", "'pipeline' option must be specified as an array");
  }
  if (pipeline.length > 1000) {
    throw new CommandError(7749501, "Pipeline length must be no longer than 1000 stages");
  }
  return pipeline.map((stage) => {
    if (!isDoc(stage)) {
      throw new CommandError(
        "TypeMismatch",
        "Each element of the 'pipeline' array must be an object",
      );
    }
    const [entry] = stage;
    if (stage.size !== 1 || !entry) {
      throw new CommandError(
        40323,
        "A pipeline stage specification object must contain exactly one field.",
      );
    }
    return { name: entry[0], operand: entry[1] };
  });
}
