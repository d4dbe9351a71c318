import { type Connection, Schema } from "mongoose";
import { addOnce, type Stored, toDocument, toRecord } from "../stored-record.js";
import type { DocumentCertificate } from "./document-signer.js";

const schema = new Schema<Stored<DocumentCertificate>>(
  {
    _id: { type: String, required: true },
    certificate: { type: String, required: true },
    sealedPrivateKey: { type: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "documentCertificates" },
);

export type DocumentCertificateStore = ReturnType<typeof createDocumentCertificateStore>;

/** The certificates that sign PDFs, one for each issuer. */
export function createDocumentCertificateStore(connection: Connection) {
  const model = connection.model<Stored<DocumentCertificate>>("DocumentCertificate", schema);
  return {
    /** Unique by issuer. */
    async addOnce(certificate: DocumentCertificate): Promise<"added" | "already-there"> {
      return await addOnce(
        async () => await model.create(toDocument<DocumentCertificate>(certificate)),
      );
    },

    async find(issuerId: string): Promise<DocumentCertificate | undefined> {
      const document = await model.findOne({ _id: issuerId }).lean();
      return document === null ? undefined : toRecord<DocumentCertificate>(document);
    },
  };
}
