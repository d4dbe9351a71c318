import { CommandError } from "../command-error.js";
import { isDoc, type Doc, type Value } from "../values/value.js";
import type { Request } from "../wire/message.js";
import type { CommandContext, Reply } from "./context.js";
import { wordSet } from "../words.js";

/** A command: what it takes, where it may run, and what it does. */
export type Command = {
  /** Its own fields besides its name; "any" for those whose fields nobody checks. */
  fields: readonly string[] | "any";
  run: (context: CommandContext) => Reply | Promise<Reply>;
  /** What is to be answered after it without being asked, if the client lets that be. */
  next?: (request: Request) => Request | undefined;
  /** Waits for the journal before it answers; takes a write concern. */
  writes?: boolean;
  inTransaction?: boolean;
  /** May carry a txnNumber outside transactions. */
  retryable?: boolean;
};

const GENERIC = wordSet(`
  $db lsid $clusterTime txnNumber autocommit startTransaction readConcern writeConcern
  maxTimeMS $readPreference comment apiVersion apiStrict apiDeprecationErrors coordinator
  $audit $client $configServerState maxTimeMSOpOnly allowImplicitCollectionCreation stmtId
  stmtIds recoveryToken
`);

const LEVELS = new Set(["local", "majority", "linearizable", "available", "snapshot"]);

function checkReadConcern(concern: Value): void {
  if (concern === undefined) return;
  const level = isDoc(concern) ? concern.get("level") : null;
  if (level === undefined || (typeof level === "string" && LEVELS.has(level))) return;
  throw new CommandError(
    "FailedToParse",
    "Read concern level must be either 'local', 'majority', 'linearizable', 'available', or 'snapshot'",
  );
}

const API_1 = wordSet(`
  abortTransaction aggregate collMod commitTransaction configureFailPoint count create
  createIndexes delete drop dropDatabase dropIndexes endSessions explain find findAndModify
  getMore hello insert killCursors listCollections listDatabases listIndexes ping update
`);
const NOT_API_1_STAGES = wordSet(`
  $collStats $currentOp $indexStats $listLocalSessions $listSessions $planCacheStats
`);

/** Holds a client to the version of the API that it declares. */
export function checkApi(name: string, doc: Doc): void {
  const version = doc.get("apiVersion");
  if (version === undefined) return;
  if (version !== "1") throw new CommandError("APIVersionError", 'API version must be "1"');
  if (doc.get("apiStrict") !== true) return;
  if (!API_1.has(name)) {
    throw new CommandError(
      "APIStrictError",
      `Provided apiStrict:true, but the command ${name} is not in API Version 1. Information on supported commands and migrations in API Version 1 can be found at https://dochub.mongodb.org/core/manual-versioned-api`,
    );
  }
  const pipeline = doc.get("pipeline");
  for (const stage of Array.isArray(pipeline) ? pipeline : []) {
    const [stageName = ""] = isDoc(stage) ? stage.keys() : [];
    if (!NOT_API_1_STAGES.has(stageName)) continue;
    throw new CommandError(
      "APIStrictError",
      `stage ${stageName} is not allowed with 'apiStrict: true' in API Version 1`,
    );
  }
}

/** Refuses fields that the command does not know, as MongoDB's generated parsers do. */
export function checkAgainst(name: string, command: Command, doc: Doc): void {
  checkReadConcern(doc.get("readConcern"));
  if (command.fields === "any") return;
  for (const field of doc.keys()) {
    if (field === name || GENERIC.has(field) || command.fields.includes(field)) continue;
    throw new CommandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
}
