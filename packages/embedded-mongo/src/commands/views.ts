import { CommandError } from "../command-error.js";
import { stagesOf, type NamedStage } from "../aggregate/stage.js";
import type { Collection } from "../storage/collection.js";
import { splitNamespace } from "../storage/namespace.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import type { CommandContext } from "./context.js";

const MAX_VIEW_DEPTH = 20;

export function isView(collection: Collection | undefined): boolean {
  return typeof collection?.options.shown.get("viewOn") === "string";
}

/** Refuses to change a view. */
export function refuseView(collection: Collection | undefined): void {
  if (!collection || !isView(collection)) return;
  throw new CommandError(
    "CommandNotSupportedOnView",
    `Namespace ${collection.namespace} is a view, not a collection`,
  );
}

/** The collection that a view comes from in the end, and the stages on the way. */
export function resolveView(
  context: CommandContext,
  view: Collection | undefined,
): { collection: Collection | undefined; stages: NamedStage[] } {
  let collection = view;
  let stages: NamedStage[] = [];
  for (let depth = 0; collection && isView(collection); depth += 1) {
    if (depth > MAX_VIEW_DEPTH) throw new CommandError(187, "view depth limit exceeded");
    const { shown } = collection.options;
    const source = shown.get("viewOn");
    stages = [...stagesOf(shown.get("pipeline") ?? []), ...stages];
    const { database } = splitNamespace(collection.namespace);
    collection = context.access.findCollection(
      `${database}.${typeof source === "string" ? source : ""}`,
    );
  }
  return { collection, stages };
}

/** The stages that do what find's arguments say. */
export function stagesOfFind(command: Doc): NamedStage[] {
  const stages: NamedStage[] = [];
  const add = (name: string, operand: Value) => {
    if (operand !== undefined && operand !== null) stages.push({ name, operand });
  };
  const positive = (value: Value) =>
    isNumeric(value) && approximate(value) !== 0 ? Math.abs(approximate(value)) : undefined;
  const filled = (value: Value) => (isDoc(value) && value.size > 0 ? value : undefined);
  add("$match", filled(command.get("filter") ?? command.get("query")));
  add("$sort", filled(command.get("sort")));
  add("$skip", positive(command.get("skip")));
  add("$limit", positive(command.get("limit")));
  add("$project", filled(command.get("projection")));
  return stages;
}

/** Checks what a view is to be made of. */
export function checkViewOptions(options: Doc): void {
  if (!options.has("viewOn")) {
    if (options.has("pipeline")) {
      throw new CommandError("InvalidOptions", "'pipeline' requires 'viewOn' to also be specified");
    }
    return;
  }
  if (typeof options.get("viewOn") !== "string" || options.get("viewOn") === "") {
    throw new CommandError("BadValue", "'viewOn' cannot be empty");
  }
  for (const { name } of stagesOf(options.get("pipeline") ?? [])) {
    if (name === "$out" || name === "$merge") {
      throw new CommandError("OptionNotSupportedOnView", `${name} is not allowed in a view`);
    }
  }
  if (!options.has("pipeline")) options.set("pipeline", []);
}
