import { CommandError } from "../command-error.js";
import type { CommandContext, Reply } from "./context.js";
import type { Session } from "./sessions.js";
import { checkNumber } from "./transaction-state.js";

function transactionSession(context: CommandContext): { session: Session; txnNumber: bigint } {
  const { session, command } = context;
  const txnNumber = command.get("txnNumber");
  if (!session || typeof txnNumber !== "bigint") {
    throw new CommandError("InvalidOptions", `${context.name} must be run within a transaction`);
  }
  if (context.database !== "admin") {
    throw new CommandError(
      "Unauthorized",
      `${context.name} may only be run against the admin database.`,
    );
  }
  checkNumber(session, txnNumber);
  return { session, txnNumber };
}

export function commitTransaction(context: CommandContext): Reply {
  const { session, txnNumber } = transactionSession(context);
  if (session.state === "committed") return {};
  const { transaction } = session;
  if (!transaction) {
    throw new CommandError(
      "NoSuchTransaction",
      `Transaction with { txnNumber: ${txnNumber} } has been aborted.`,
    );
  }
  session.transaction = undefined;
  session.state = "aborted";
  const changes = transaction.commit();
  session.state = "committed";
  context.engine.store.seal(changes, session.commitRecord(txnNumber));
  return {};
}

export function abortTransaction(context: CommandContext): Reply {
  const { session, txnNumber } = transactionSession(context);
  if (session.state === "committed") {
    throw new CommandError(
      "TransactionCommitted",
      `Transaction with { txnNumber: ${txnNumber} } has been committed.`,
    );
  }
  if (!session.transaction) {
    throw new CommandError(
      "NoSuchTransaction",
      `Transaction with { txnNumber: ${txnNumber} } has been aborted.`,
    );
  }
  session.abort();
  return {};
}

function listed(context: CommandContext): Session[] {
  const list = context.command.get(context.name);
  const { sessions } = context.engine;
  return Array.isArray(list)
    ? list.map((lsid) => sessions.find(lsid)).filter((session) => session !== undefined)
    : [];
}

export function endSessions(context: CommandContext): Reply {
  for (const session of listed(context)) {
    context.engine.cursors.closeOf(session.key);
    // Its results must outlast it: a retry may still come. It expires by itself.
    session.abort();
  }
  return {};
}

export function killAllSessions(context: CommandContext): Reply {
  context.engine.sessions.abortAll();
  context.engine.cursors.closeOf(undefined);
  return {};
}
