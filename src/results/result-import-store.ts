import { type Connection, Schema } from "mongoose";
import {
  insertWithoutDuplicates,
  type ListQuery,
  newId,
  type PageOf,
  plainBytes,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { ImportCounts, LineFault } from "./import-results.js";
import type { ImportFault, ImportPass, ResultImport } from "./result-import.js";

const options = { versionKey: false, strict: "throw" } as const;

const importSchema = new Schema<Stored<ResultImport>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    kind: { type: String, required: true },
    fileName: { type: String, required: true },
    sizeBytes: { type: Number, required: true },
    uploadedBy: { type: String, required: true },
    uploadedAt: { type: Date, required: true },
    state: { type: String, required: true },
    checked: { type: Schema.Types.Mixed, required: true },
    checkedBytes: { type: Number, required: true },
    imported: { type: Schema.Types.Mixed, required: true },
    sentence: String,
    decidedBy: String,
    touchedAt: { type: Date, required: true },
  },
  { ...options, collection: "resultImports" },
);
importSchema.index({ organisationId: 1, uploadedAt: -1 });
importSchema.index({ state: 1, touchedAt: 1 });

/** A piece of a file, in the order of their numbers. */
type StoredPiece = {
  _id: string;
  organisationId: string;
  importId: string;
  number: number;
  bytes: Buffer;
};

const pieceSchema = new Schema<StoredPiece>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    importId: { type: String, required: true },
    number: { type: Number, required: true },
    bytes: { type: Buffer, required: true },
  },
  { ...options, collection: "resultImportPieces" },
);
pieceSchema.index({ organisationId: 1, importId: 1, number: 1 }, { unique: true });

type StoredFault = ImportFault & { _id: string; organisationId: string };

const faultSchema = new Schema<StoredFault>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    importId: { type: String, required: true },
    pass: { type: String, required: true },
    line: { type: Number, required: true },
    code: { type: String, required: true },
    sentence: { type: String, required: true },
  },
  { ...options, collection: "resultImportFaults" },
);
faultSchema.index({ organisationId: 1, importId: 1, pass: 1, line: 1 }, { unique: true });

const fieldOf = { checking: "checked", importing: "imported" } as const;

type Of = Pick<ResultImport, "organisationId" | "id">;

export type ResultImportStore = ReturnType<typeof createResultImportStore>;

/** Uploaded files of results, in pieces, with how far each is and which lines were refused. */
export function createResultImportStore(connection: Connection) {
  const imports = connection.model<Stored<ResultImport>>("ResultImport", importSchema);
  const pieces = connection.model<StoredPiece>("ResultImportPiece", pieceSchema);
  const faults = connection.model<StoredFault>("ResultImportFault", faultSchema);
  const toImport = (document: Stored<ResultImport>): ResultImport =>
    toRecord<ResultImport>(document);

  const partsOf = ({ organisationId, id }: Of) => ({ organisationId, importId: id });

  const removeFile = async (about: Of): Promise<void> => {
    await pieces.deleteMany(partsOf(about));
  };

  const removeFaults = async (about: Of, pass?: ImportPass): Promise<void> => {
    await faults.deleteMany({ ...partsOf(about), ...(pass === undefined ? {} : { pass }) });
  };

  return {
    async add(record: ResultImport): Promise<void> {
      await imports.create(toDocument(record));
    },

    async addPiece(about: Of, piece: { number: number; bytes: Buffer }): Promise<void> {
      await pieces.create({ _id: newId(), ...partsOf(about), ...piece });
    },

    /** Its file, piece by piece. */
    async *readFile(about: Of): AsyncGenerator<Uint8Array> {
      const cursor = pieces
        .find(partsOf(about))
        .sort({ number: 1 })
        .lean()
        .cursor({ batchSize: 8 });
      for await (const { bytes } of cursor) yield plainBytes(bytes);
    },

    async find(organisationId: string, id: string): Promise<ResultImport | undefined> {
      const document = await imports.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toImport(document);
    },

    /** Newest first. */
    async listNewest(organisationId: string, limit: number): Promise<ResultImport[]> {
      const documents = await imports
        .find({ organisationId, state: { $ne: "receiving" } })
        .sort({ uploadedAt: -1 })
        .limit(limit)
        .lean();
      return documents.map(toImport);
    },

    /** How many have a file that is kept. */
    async countKept(organisationId: string): Promise<number> {
      const states = ["receiving", "checking", "checked", "importing"] as const;
      return await imports.countDocuments({ organisationId, state: { $in: [...states] } });
    },

    /** From one state to the next; false when it is in another by now. */
    async move(
      { organisationId, id }: Of,
      step: {
        from: ResultImport["state"];
        to: ResultImport["state"];
        at: Date;
        set?: Partial<Pick<ResultImport, "sizeBytes" | "decidedBy" | "sentence">>;
      },
    ): Promise<boolean> {
      const { matchedCount } = await imports.updateOne(
        { organisationId, _id: id, state: step.from },
        { $set: { ...step.set, state: step.to, touchedAt: step.at } },
      );
      return matchedCount === 1;
    },

    /**
     * Keeps which lines of a batch were refused, then how far the pass is. False when another
     * process has done the batch, or the import is in another state by now.
     */
    async advance(
      about: ResultImport,
      pass: ImportPass,
      batch: { counts: ImportCounts; faults: readonly LineFault[]; readBytes: number; at: Date },
    ): Promise<boolean> {
      const { organisationId, id, [fieldOf[pass]]: before } = about;
      if (batch.faults.length > 0) {
        const documents = batch.faults.map((fault) => ({
          ...{ _id: newId(), ...partsOf(about), pass, ...fault },
        }));
        await insertWithoutDuplicates(
          async () => await faults.insertMany(documents, { ordered: false }),
        );
      }
      const place = pass === "checking" ? { checkedBytes: batch.readBytes } : {};
      const { matchedCount } = await imports.updateOne(
        { organisationId, _id: id, state: pass, [`${fieldOf[pass]}.lines`]: before.lines },
        { $set: { [fieldOf[pass]]: batch.counts, ...place, touchedAt: batch.at } },
      );
      return matchedCount === 1;
    },

    /** By line. */
    async listFaults(about: Of, pass: ImportPass, query: ListQuery): Promise<PageOf<LineFault>> {
      const filter = { ...partsOf(about), pass };
      const total = await faults.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) =>
        (await faults.find(filter).sort({ line: 1 }).skip(skip).limit(limit).lean()).map(
          ({ line, code, sentence }) => ({ line, code, sentence }),
        ),
      );
    },

    /** All of them by line, as they are read. */
    async *readFaults(about: Of, pass: ImportPass): AsyncGenerator<LineFault> {
      const cursor = faults
        .find({ ...partsOf(about), pass })
        .sort({ line: 1 })
        .lean()
        .cursor({ batchSize: 500 });
      for await (const { line, code, sentence } of cursor) yield { line, code, sentence };
    },

    removeFile,
    removeFaults,

    /** With its file and its refused lines. What is removed last finds the rest again. */
    async remove(about: Of): Promise<void> {
      await removeFile(about);
      await removeFaults(about);
      await imports.deleteOne({ organisationId: about.organisationId, _id: about.id });
    },

    /** Of every organisation, in these states and last touched before a moment. */
    async listLeft(
      states: readonly ResultImport["state"][],
      before: Date,
      limit: number,
    ): Promise<ResultImport[]> {
      const documents = await imports
        .find({ state: { $in: [...states] }, touchedAt: { $lte: before } })
        .limit(limit)
        .lean();
      return documents.map(toImport);
    },
  };
}
