import { aggregate, AGGREGATE_FIELDS } from "./aggregate-command.js";
import * as catalog from "./catalog-commands.js";
import type { Command } from "./command.js";
import * as indexes from "./index-commands.js";
import * as cursors from "./cursor-commands.js";
import { explain } from "./explain.js";
import { findAndModify, FIND_AND_MODIFY_FIELDS } from "./find-and-modify.js";
import { count, distinct, find, FIND_FIELDS } from "./read-commands.js";
import { refuseSearchIndexes } from "./source-stages.js";
import * as server from "./server-commands.js";
import * as sessions from "./session-commands.js";
import { deleteCommand, insert, update } from "./write-commands.js";

const HELLO: Command = { fields: "any", run: server.hello, next: server.nextHello };
const NEEDS_ATLAS: Command = { fields: "any", run: refuseSearchIndexes };
const WRITE = { writes: true, inTransaction: true, retryable: true } as const;
const READ = { inTransaction: true } as const;
const DDL = { writes: true } as const;
const BATCH_FIELDS = ["ordered", "bypassDocumentValidation", "bypassEmptyTsReplacement", "let"];

const FIND_AND_MODIFY: Command = {
  ...WRITE,
  fields: FIND_AND_MODIFY_FIELDS,
  run: findAndModify,
};

/** Every command that is known, by name. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["hello", HELLO],
  ["isMaster", HELLO],
  ["ismaster", HELLO],
  ["ping", { fields: [], run: () => ({}) }],
  ["buildInfo", { fields: [], run: server.buildInfo }],
  ["buildinfo", { fields: [], run: server.buildInfo }],
  ["serverStatus", { fields: "any", run: server.serverStatus }],
  ["connectionStatus", { fields: ["showPrivileges"], run: server.connectionStatus }],
  ["saslStart", { fields: "any", run: server.refuseCredentials }],
  ["getParameter", { fields: "any", run: server.getParameter }],
  ["setParameter", { fields: "any", run: server.setParameter }],
  ["getCmdLineOpts", { fields: [], run: () => ({ argv: [], parsed: {} }) }],
  ["getLog", { fields: [], run: () => ({ totalLinesWritten: 0, log: [] }) }],
  ["replSetGetStatus", { fields: [], run: server.replSetGetStatus }],
  ["configureFailPoint", { fields: ["mode", "data"], run: server.configureFailPoint }],
  ["dbStats", { fields: ["scale", "freeStorage"], run: server.dbStats }],
  ["collStats", { fields: ["scale"], run: server.collStats }],
  ["insert", { ...WRITE, fields: ["documents", ...BATCH_FIELDS], run: insert }],
  ["update", { ...WRITE, fields: ["updates", ...BATCH_FIELDS], run: update }],
  ["delete", { ...WRITE, fields: ["deletes", ...BATCH_FIELDS], run: deleteCommand }],
  ["findAndModify", FIND_AND_MODIFY],
  ["findandmodify", FIND_AND_MODIFY],
  ["find", { ...READ, fields: FIND_FIELDS, run: find }],
  ["count", { fields: ["query", "limit", "skip", "hint", "collation", "fields"], run: count }],
  ["distinct", { ...READ, fields: ["key", "query", "collation"], run: distinct }],
  ["aggregate", { ...READ, writes: true, fields: AGGREGATE_FIELDS, run: aggregate }],
  ["explain", { fields: ["verbosity"], run: explain }],
  [
    "getMore",
    {
      ...READ,
      fields: ["collection", "batchSize", "term", "lastKnownCommittedOpTime"],
      run: cursors.getMore,
    },
  ],
  ["killCursors", { ...READ, fields: ["cursors"], run: cursors.killCursors }],
  ["create", { ...DDL, inTransaction: true, fields: catalog.CREATE_FIELDS, run: catalog.create }],
  ["drop", { ...DDL, fields: ["collectionUUID"], run: catalog.drop }],
  ["dropDatabase", { ...DDL, fields: [], run: catalog.dropDatabase }],
  [
    "renameCollection",
    { ...DDL, fields: ["to", "dropTarget", "stayTemp"], run: catalog.renameCollection },
  ],
  [
    "createIndexes",
    {
      ...DDL,
      inTransaction: true,
      fields: ["indexes", "commitQuorum", "ignoreUnknownIndexOptions", "v"],
      run: indexes.createIndexes,
    },
  ],
  ["dropIndexes", { ...DDL, fields: ["index"], run: indexes.dropIndexes }],
  ["listIndexes", { fields: ["cursor", "includeIndexBuildInfo"], run: indexes.listIndexes }],
  [
    "listCollections",
    {
      fields: ["cursor", "filter", "nameOnly", "authorizedCollections"],
      run: catalog.listCollections,
    },
  ],
  [
    "listDatabases",
    { fields: ["filter", "nameOnly", "authorizedDatabases"], run: catalog.listDatabases },
  ],
  ["createSearchIndexes", NEEDS_ATLAS],
  ["updateSearchIndex", NEEDS_ATLAS],
  ["dropSearchIndex", NEEDS_ATLAS],
  ["collMod", { ...DDL, fields: ["index", ...indexes.MODIFIABLE], run: indexes.collMod }],
  [
    "commitTransaction",
    { writes: true, inTransaction: true, fields: [], run: sessions.commitTransaction },
  ],
  [
    "abortTransaction",
    { writes: true, inTransaction: true, fields: [], run: sessions.abortTransaction },
  ],
  ["endSessions", { fields: [], run: sessions.endSessions }],
  ["killSessions", { fields: [], run: sessions.endSessions }],
  ["killAllSessions", { fields: [], run: sessions.killAllSessions }],
]);
