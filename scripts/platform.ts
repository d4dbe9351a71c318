import { connect } from "node:net";
import { resolve } from "node:path";
import { EnvironmentError, readEnvironment, type Settings } from "../config/environment.js";
import { buildIndexes, connectDatabase } from "../src/database.js";
import { createLog } from "../src/log.js";
import { findEncryptionKey, openStore, type OpenStore } from "../src/open-store.js";
import { createSealedBox } from "../src/sealed-box.js";
import { createServices } from "../src/services.js";
import { CommandError, readCommand } from "./platform-command.js";

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
 * The store of the product. An embedded store belongs to one process; while the server runs, its
 * socket in DATA_DIR is used instead of opening the files a second time.
 */
async function reachStore(settings: Settings): Promise<OpenStore> {
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
      `The store in ${settings.dataDir} is in use by another process that cannot be reached at ` +
        `${socketPath}.\nStop it, or run this command where the server runs, with the same DATA_DIR.`,
    );
  }
}

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  const settings = readEnvironment(process.env);
  const { keyHex } = await findEncryptionKey(settings);
  const store = await reachStore(settings);
  try {
    const connection = await connectDatabase(store.uri);
    try {
      const services = createServices({
        connection,
        settings,
        log: createLog({ logLevel: "silent" }),
        sealedBox: createSealedBox(keyHex),
        now: () => new Date(),
      });
      await buildIndexes(connection);
      process.stdout.write(`${await command.run(services)}\n`);
    } finally {
      await connection.close();
    }
  } finally {
    await store.stop();
  }
}

main().catch((error: unknown) => {
  const isTold = error instanceof CommandError || error instanceof EnvironmentError;
  const text = error instanceof Error ? (isTold ? error.message : error.stack) : String(error);
  process.stderr.write(`${text ?? ""}\n`);
  process.exitCode = 1;
});
