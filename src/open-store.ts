import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Settings } from "../config/environment.js";

/** A running store: its address and how to let it go. */
export type OpenStore = { uri: string; embedded: boolean; stop(): Promise<void> };

/**
 * The store that the settings name: the MongoDB at `MONGODB_URI`, else the embedded one with its
 * files in `DATA_DIR/store`. The embedded one is imported only when it is needed.
 */
export async function openStore(
  settings: Pick<Settings, "mongodbUri" | "dataDir" | "mode" | "acceptsEmbeddedStore">,
): Promise<OpenStore> {
  if (settings.mongodbUri !== undefined) {
    return { uri: settings.mongodbUri, embedded: false, stop: () => Promise.resolve() };
  }
  const { startStore } = await import("embedded-mongo");
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const store = await startStore({
    dataDir: join(settings.dataDir, "store"),
    socketPath: resolve(settings.dataDir, "store.sock"),
    environment: settings.mode,
    acceptInProduction: settings.acceptsEmbeddedStore,
  });
  return { uri: store.uri, embedded: true, stop: store.stop };
}

/**
 * The key that seals secrets in the store. Outside production a missing one is generated into
 * `DATA_DIR/encryption.key` (0600) and kept there.
 */
export async function findEncryptionKey(
  settings: Pick<Settings, "encryptionKeyHex" | "dataDir">,
): Promise<{ keyHex: string; generated: boolean }> {
  if (settings.encryptionKeyHex !== undefined) {
    return { keyHex: settings.encryptionKeyHex, generated: false };
  }
  const path = join(settings.dataDir, "encryption.key");
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const fresh = randomBytes(32).toString("hex");
  try {
    // "wx" fails when the file is there: the first key wins, even with two processes at once.
    await writeFile(path, `${fresh}\n`, { mode: 0o600, flag: "wx" });
    return { keyHex: fresh, generated: true };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return { keyHex: (await readFile(path, "utf8")).trim(), generated: false };
  }
}
