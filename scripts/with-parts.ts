import { readEnvironment } from "../config/environment.js";
import { buildIndexes, connectDatabase } from "../src/database.js";
import { createLog } from "../src/log.js";
import { findEncryptionKey } from "../src/open-store.js";
import { createSealedBox } from "../src/sealed-box.js";
import { createParts, type Parts } from "../src/parts/parts.js";
import { reachStore } from "./command.js";

/**
 * Does one thing with the product's parts, on its store, and prints the answer.
 * @throws EncryptionKeyError before anything is sealed with a key that is not the product's
 */
export async function withParts(work: (parts: Parts) => Promise<string>): Promise<void> {
  const settings = readEnvironment(process.env);
  const { keyHex } = await findEncryptionKey(settings);
  const store = await reachStore(settings);
  try {
    const connection = await connectDatabase(store.uri);
    try {
      const parts = createParts({
        connection,
        settings,
        log: createLog({ logLevel: "silent" }),
        sealedBox: createSealedBox(keyHex),
        now: () => new Date(),
      });
      await buildIndexes(connection);
      await parts.checkEncryptionKey();
      process.stdout.write(`${await work(parts)}\n`);
    } finally {
      await connection.close();
    }
  } finally {
    await store.stop();
  }
}
