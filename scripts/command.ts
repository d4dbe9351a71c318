import { connect } from "node:net";
import { resolve } from "node:path";
import { EnvironmentError, type Settings } from "../config/environment.js";
import { EncryptionKeyError } from "../src/check-encryption-key.js";
import { openStore, type OpenStore } from "../src/open-store.js";

/** A fault that whoever runs a command can mend, told in a sentence. */
export class CommandError extends Error {}

const isAnswering = async (socketPath: string): Promise<boolean> =>
  await new Promise((answer) => {
    const socket = connect(socketPath);
    const say = (isThere: boolean) => () => {
      socket.destroy();
      answer(isThere);
    };
    socket.once("connect", say(true)).once("error", say(false));
  });

/**
 * The store of the product, for a command beside it. An embedded store belongs to one process;
 * while the server runs, its socket in DATA_DIR is used instead of opening the files once more.
 * @throws CommandError when another process that cannot be reached has it
 */
export async function reachStore(settings: Settings): Promise<OpenStore> {
  const socketPath = resolve(settings.dataDir, "store.sock");
  if (settings.mongodbUri === undefined && (await isAnswering(socketPath))) {
    const uri = `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`;
    return { uri, embedded: true, stop: () => Promise.resolve() };
  }
  try {
    return await openStore(settings);
  } catch (error) {
    const isLocked = error instanceof Error && "code" in error && error.code === "store-locked";
    if (!isLocked) throw error;
    throw new CommandError(
      `${error.message}\nIt cannot be reached at ${socketPath}: stop it, or run this command where ` +
        `the server runs, with the same DATA_DIR.`,
    );
  }
}

/** Runs a command; what somebody can mend is told in a sentence, without a stack. */
export function runCommand(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const isTold =
      error instanceof CommandError ||
      error instanceof EnvironmentError ||
      error instanceof EncryptionKeyError;
    const text = error instanceof Error ? (isTold ? error.message : error.stack) : String(error);
    process.stderr.write(`${text ?? ""}\n`);
    process.exitCode = 1;
  });
}
