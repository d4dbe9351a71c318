import { readEnvironment } from "../config/environment.js";
import { buildIndexes, connectDatabase } from "../src/database.js";
import { createLog } from "../src/log.js";
import { findEncryptionKey } from "../src/open-store.js";
import { createSealedBox } from "../src/sealed-box.js";
import { createServices, type Services } from "../src/services.js";
import { reachStore } from "./command.js";

/**
 * Does one thing with the product's services, on its store, and prints the answer.
 * @throws EncryptionKeyError before anything is sealed with a key that is not the product's
 */
export async function withServices(work: (services: Services) => Promise<string>): Promise<void> {
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
      await services.checkEncryptionKey();
      process.stdout.write(`${await work(services)}\n`);
    } finally {
      await connection.close();
    }
  } finally {
    await store.stop();
  }
}
