import { CommandError } from "../command-error.js";
import { stagesOf } from "../aggregate/stage.js";
import { filterOf } from "../query/operands.js";
import type { Plan } from "../query/plan.js";
import { runSearch, type Search } from "../query/search.js";
import { docOf, isDoc, type Doc, type Value } from "../values/value.js";
import { leadOf, stageContextOf } from "./aggregate-lead.js";
import { CommandContext, wrongType, type Reply } from "./context.js";
import { searchOf } from "./read-commands.js";
import { VERSION } from "./server-commands.js";

const VERBOSITIES = new Set(["queryPlanner", "executionStats", "allPlansExecution"]);

/** What explain says of a command: the plan, and what running it took. */
export function explain(context: CommandContext): Reply {
  const inner = context.command.get("explain");
  if (!isDoc(inner)) throw wrongType("explain.explain", inner, "object");
  const verbosity = context.command.get("verbosity") ?? "allPlansExecution";
  if (typeof verbosity !== "string" || !VERBOSITIES.has(verbosity)) {
    throw new CommandError("BadValue", "verbosity is not a valid value");
  }
  return explainCommand(context, inner, verbosity);
}

function explainCommand(context: CommandContext, inner: Doc, verbosity: string): Reply {
  const [name = ""] = inner.keys();
  const explained = new CommandContext(context.engine, {
    name,
    command: inner,
    peer: context.peer,
    sequences: context.sequences,
    database: context.database,
    session: context.session,
    access: context.access,
    direct: undefined,
    deadline: context.deadline,
    retryNumber: undefined,
  });
  const namespace = explained.namespace();
  const collection = context.access.findCollection(namespace);
  const search = explainedSearch(explained, name);
  const started = Date.now();
  const { found, statistics } = runSearch(context.access, collection, search);
  const planner: Reply = {
    namespace,
    parsedQuery: search.filter,
    indexFilterSet: false,
    winningPlan: shownPlan(statistics.plan, search),
    rejectedPlans: [],
  };
  const executed = {
    executionSuccess: true,
    nReturned: found.length,
    executionTimeMillis: Date.now() - started,
    totalKeysExamined: statistics.plan.kind === "scan" ? 0 : statistics.examined,
    totalDocsExamined: statistics.examined,
    executionStages: shownPlan(statistics.plan, search),
  };
  return {
    explainVersion: "1",
    queryPlanner: planner,
    ...(verbosity === "queryPlanner" ? {} : { executionStats: executed }),
    command: inner,
    serverInfo: {
      host: context.engine.host,
      port: 0,
      version: VERSION,
      gitVersion: "embedded-mongo",
    },
    serverParameters: {},
  };
}

function explainedSearch(context: CommandContext, name: string): Search {
  const { command } = context;
  const collection = context.access.findCollection(context.namespace());
  switch (name) {
    case "find":
    case "count":
    case "distinct":
    case "findAndModify":
      return searchOf(context, command, collection);
    case "aggregate": {
      const stages = stagesOf(command.get("pipeline"));
      return leadOf(stages, stageContextOf(context, collection), command.get("hint")).search;
    }
    case "update":
    case "delete": {
      const list = command.get(name === "update" ? "updates" : "deletes");
      const [first] = Array.isArray(list) ? list : [];
      const filter = filterOf(isDoc(first) ? first.get("q") : undefined, `${name}.q`);
      return searchOf(context, docOf({ filter }), collection);
    }
    default:
      throw new CommandError("CommandNotFound", `Explain failed due to unknown command: ${name}`);
  }
}

function shownPlan(plan: Plan, search: Search): Doc {
  const inner = shownAccess(plan);
  const sorted = search.sort.length === 0 || (plan.kind === "index" && plan.sorted);
  if (sorted) return inner;
  const sortPattern: Doc = new Map(
    search.sort.map(({ path, descending }): [string, Value] => [path, descending ? -1 : 1]),
  );
  return docOf({ stage: "SORT", sortPattern, inputStage: inner });
}

function shownAccess(plan: Plan): Doc {
  if (plan.kind === "scan") {
    return docOf({ stage: "COLLSCAN", direction: plan.backwards ? "backward" : "forward" });
  }
  if (plan.kind === "union") {
    return docOf({
      stage: "FETCH",
      inputStage: docOf({ stage: "OR", inputStages: plan.plans.map(shownAccess) }),
    });
  }
  const { definition, multikey } = plan.index;
  return docOf({
    stage: "FETCH",
    inputStage: docOf({
      stage: "IXSCAN",
      keyPattern: definition.key,
      indexName: definition.name,
      isMultiKey: multikey,
      isUnique: definition.unique,
      isSparse: definition.sparse,
      isPartial: definition.partial !== undefined,
      direction: plan.backwards ? "backward" : "forward",
      indexBounds: docOf({ ranges: plan.ranges.length }),
    }),
  });
}
