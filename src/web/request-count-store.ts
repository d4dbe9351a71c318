import { createHash } from "node:crypto";
import { type Connection, Schema } from "mongoose";
import { RateLimiterMemory, RateLimiterMongo, RateLimiterRes } from "rate-limiter-flexible";

type StoredCount = { key: string; points: number; expire: Date };

const schema = new Schema<StoredCount>(
  { key: { type: String, required: true }, points: Number, expire: Date },
  { versionKey: false, strict: "throw", collection: "requestCounts" },
);
schema.index({ key: 1 }, { unique: true });
schema.index({ expire: 1 }, { expireAfterSeconds: 0 });

const DURATION_SECONDS = 60;
/** This part of a limit a process counts by itself, so that ordinary use costs the store nothing. */
const OWN_SHARE = 1 / 8;
/** Of the rest it asks the store for about such a part at a time, or for single requests. */
const BLOCK_SHARE = 1 / 28;

/** The largest number up to the share by which the points can be given out without a rest. */
function blockOf(points: number): number {
  let block = Math.max(1, Math.floor(points * BLOCK_SHARE));
  while (points % block !== 0) block -= 1;
  return block;
}

/** Waits in milliseconds until the next request is taken; undefined: it is taken. */
export type CountRequest<Kind extends string> = (
  kind: Kind,
  address: string,
) => Promise<{ retryAfterMs: number } | undefined>;

/** undefined when there was room; a fault of the store is no reason to refuse anybody. */
async function consume(
  limiter: RateLimiterMemory | RateLimiterMongo,
  key: string,
  points = 1,
): Promise<{ retryAfterMs: number } | undefined> {
  try {
    await limiter.consume(key, points);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return { retryAfterMs: refusal.msBeforeNext };
    throw refusal;
  }
}

/**
 * Counts requests per minute by kind and address, together with other processes: what goes beyond
 * a process' own share is taken from the store, a block of requests at a time, and from memory while
 * the store is away. Addresses are kept as a hash, and for a minute.
 */
export function createRequestCounts<Kind extends string>(
  connection: Connection,
  limitsPerMinute: Readonly<Record<Kind, number>>,
): CountRequest<Kind> {
  connection.model<StoredCount>("RequestCount", schema);
  const limiters = new Map(
    Object.entries<number>(limitsPerMinute).map(([kind, limit]) => {
      const ownPoints = Math.ceil(limit * OWN_SHARE);
      const common = { keyPrefix: kind, duration: DURATION_SECONDS };
      const points = limit - ownPoints;
      const shared = new RateLimiterMongo({
        ...{ ...common, points, storeClient: connection.db, tableName: "requestCounts" },
        disableIndexesCreation: true,
        // Who is over the limit is refused from memory, without a word to the store.
        inMemoryBlockOnConsumed: points + 1,
        insuranceLimiter: new RateLimiterMemory({ ...common, points }),
      });
      const own = new RateLimiterMemory({ ...common, points: ownPoints });
      return [kind, { own, shared, block: blockOf(points) }];
    }),
  );
  return async (kind, address) => {
    const limiter = limiters.get(kind);
    if (limiter === undefined) return undefined;
    const key = createHash("sha256").update(address).digest("base64url").slice(0, 22);
    const { own, shared, block } = limiter;
    if ((await consume(own, key)) === undefined) return undefined;
    const refused = await consume(shared, key, block);
    // The request that found its own share used up is counted there all the same.
    await own.reward(key, refused === undefined ? block : 1);
    return refused;
  };
}
