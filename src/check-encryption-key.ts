import type { EncryptionCanaryStore } from "./encryption-canary-store.js";
import type { SealedBox } from "./sealed-box.js";

/** The encryption key is not the one that sealed what is stored. */
export class EncryptionKeyError extends Error {
  readonly code = "encryption-key-wrong";

  constructor(cause: unknown) {
    super(
      "ENCRYPTION_KEY is not the one that sealed the private keys in this database. Start Rosette " +
        "with the old one (without the variable it stands in DATA_DIR/encryption.key). Nothing was changed.",
      { cause },
    );
    this.name = "EncryptionKeyError";
  }
}

const PURPOSE = "canary";

/**
 * Before anything is served or sealed: whether the encryption key opens what is stored.
 * @param openSample opens something that was sealed before there was a canary, if there is any
 * @throws EncryptionKeyError with what to do
 */
export async function checkEncryptionKey(needs: {
  canary: EncryptionCanaryStore;
  sealedBox: SealedBox;
  openSample: () => Promise<void>;
}): Promise<void> {
  const { canary, sealedBox } = needs;
  const known = await canary.find();
  try {
    if (known === undefined) await needs.openSample();
    const sealed = known ?? (await canary.keep(sealedBox.seal(PURPOSE, PURPOSE)));
    sealedBox.open(sealed, PURPOSE);
  } catch (error) {
    // What the store throws carries a code of its own.
    if (error instanceof Error && error.name.startsWith("Mongo")) throw error;
    throw new EncryptionKeyError(error);
  }
}
