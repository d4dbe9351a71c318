import { type Connection, Schema } from "mongoose";
import { addOnce, newId, type Stored, toRecord } from "../stored-record.js";
import type { Observation, Sight } from "./observation.js";

type StoredObservation = Stored<Observation> & { pending?: boolean };

const schema = new Schema<StoredObservation>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    lineItemId: { type: String, required: true },
    sub: { type: String, required: true },
    version: { type: Number, required: true },
    last: Schema.Types.Mixed,
    isOwn: { type: Boolean, required: true },
    lastOccurredAt: Date,
    changeNumber: { type: Number, required: true },
    echoedNumber: { type: Number, required: true },
    refused: String,
    unrecorded: { type: Schema.Types.Mixed, required: true },
    // Set while `unrecorded` holds something: the work that is left.
    pending: Boolean,
  },
  { versionKey: false, strict: "throw", collection: "observations" },
);
schema.index({ lineItemId: 1, sub: 1 }, { unique: true });
schema.index({ pending: 1 }, { partialFilterExpression: { pending: true } });

/** Everything but our own mark. */
const OBSERVATION = { pending: 0 } as const;

/** Whose grade, in which column. */
export type ObservationKey = Pick<Observation, "organisationId" | "lineItemId" | "sub">;

const asFields = (sight: Sight) => {
  const { last, lastOccurredAt, refused, isOwn, changeNumber, echoedNumber, unrecorded } = sight;
  return {
    isOwn,
    changeNumber,
    echoedNumber,
    unrecorded,
    ...(last === undefined ? {} : { last }),
    ...(lastOccurredAt === undefined ? {} : { lastOccurredAt }),
    ...(refused === undefined ? {} : { refused }),
    ...(unrecorded.length === 0 ? {} : { pending: true }),
  };
};

export type ObservationStore = ReturnType<typeof createObservationStore>;

/** What was last seen in LMS gradebooks. */
export function createObservationStore(connection: Connection) {
  const model = connection.model<StoredObservation>("Observation", schema);
  return {
    /** Everything seen in one column. To be read before the LMS is asked, see `observe-result`. */
    async list(lineItemId: string, subs?: readonly string[]): Promise<Observation[]> {
      const documents = await model
        .find(
          { lineItemId, ...(subs === undefined ? {} : { sub: { $in: [...subs] } }) },
          OBSERVATION,
        )
        .lean();
      return documents.map((document) => toRecord<Observation>(document));
    },

    async find(lineItemId: string, sub: string): Promise<Observation | undefined> {
      const document = await model.findOne({ lineItemId, sub }, OBSERVATION).lean();
      return document === null ? undefined : toRecord<Observation>(document);
    },

    /**
     * Compare-and-swap: stores what is seen now, if nobody stored anything since `before` was
     * read. Undefined when somebody did.
     */
    async swap(
      key: ObservationKey,
      before: Observation | undefined,
      sight: Sight,
    ): Promise<Observation | undefined> {
      const { organisationId, lineItemId, sub } = key;
      if (before === undefined) {
        const fresh = { organisationId, lineItemId, sub, version: 1 };
        const id = newId();
        const added = await addOnce(() => model.create({ _id: id, ...fresh, ...asFields(sight) }));
        return added === "added" ? { id, ...fresh, ...sight } : undefined;
      }
      const { modifiedCount } = await model.updateOne(
        { organisationId, _id: before.id, version: before.version },
        {
          $set: { ...asFields(sight), version: before.version + 1 },
          ...(sight.refused === undefined ? { $unset: { refused: 1 } } : {}),
        },
      );
      return modifiedCount === 1 ? { ...before, ...sight, version: before.version + 1 } : undefined;
    },

    /** One change stands as a fact now. The observation as it stands then. */
    async markRecorded(observation: Observation, changeNumber: number): Promise<Observation> {
      const { modifiedCount } = await model.updateOne(
        { _id: observation.id, "unrecorded.number": changeNumber },
        { $pull: { unrecorded: { number: changeNumber } }, $inc: { version: 1 } },
      );
      await model.updateOne(
        { _id: observation.id, unrecorded: { $size: 0 } },
        { $unset: { pending: 1 } },
      );
      return {
        ...observation,
        version: observation.version + modifiedCount,
        unrecorded: observation.unrecorded.filter(({ number }) => number !== changeNumber),
      };
    },

    /** Takes the mark off an observation from which a crash had taken all changes already. */
    async clearMark(id: string): Promise<void> {
      await model.updateOne({ _id: id, unrecorded: { $size: 0 } }, { $unset: { pending: 1 } });
    },

    /** What a crash left between seeing a change and the fact, in all organisations. */
    async listUnrecorded(limit: number): Promise<Observation[]> {
      const documents = await model.find({ pending: true }, OBSERVATION).limit(limit).lean();
      return documents.map((document) => toRecord<Observation>(document));
    },
  };
}
