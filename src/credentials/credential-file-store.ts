import { type Connection, type mongo, Schema } from "mongoose";

/** A credential in a form that takes long to make. Unique by (credential, suffix). */
export type CredentialFile = {
  credentialId: string;
  suffix: string;
  /** What it was made from: another edition of the credential is another file. */
  edition: string;
  bytes: Buffer;
  madeAt: Date;
};

type StoredFile = Omit<CredentialFile, "bytes"> & { bytes: mongo.Binary };

const schema = new Schema(
  {
    credentialId: { type: String, required: true },
    suffix: { type: String, required: true },
    edition: { type: String, required: true },
    bytes: { type: Buffer, required: true },
    madeAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "credentialFiles" },
);
schema.index({ credentialId: 1, suffix: 1 }, { unique: true });

export type CredentialFileStore = ReturnType<typeof createCredentialFileStore>;

/** What was made once and is handed out as often as it is asked for. */
export function createCredentialFileStore(connection: Connection) {
  const model = connection.model("CredentialFile", schema);
  return {
    /** The file of this edition; undefined when there is none, or of another edition alone. */
    async find(
      about: Pick<CredentialFile, "credentialId" | "suffix" | "edition">,
    ): Promise<Buffer | undefined> {
      const { credentialId, suffix, edition } = about;
      const found = await model
        .findOne({ credentialId, suffix, edition })
        .lean<StoredFile | null>();
      return found === null ? undefined : Buffer.from(found.bytes.buffer);
    },

    /** Keeps a file in place of an earlier edition's. */
    async put({ credentialId, suffix, ...file }: CredentialFile): Promise<void> {
      await model.updateOne({ credentialId, suffix }, { $set: file }, { upsert: true });
    },

    /** Forgets every file of a credential: they say what is to be said no more. */
    async removeOf(credentialId: string): Promise<void> {
      await model.deleteMany({ credentialId });
    },
  };
}
