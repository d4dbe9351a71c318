import { readEnvironment } from "../config/environment.js";
import { buildIndexes, connectDatabase } from "../src/database.js";
import { createLog } from "../src/log.js";
import { findEncryptionKey } from "../src/open-store.js";
import { createSealedBox } from "../src/sealed-box.js";
import { createServices } from "../src/services.js";
import { reachStore, runCommand } from "./command.js";
import { readCommand } from "./platform-command.js";

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

runCommand(main);
