import type { Change } from "../storage/access.js";
import type { Store } from "../storage/store.js";

/** One change in the order of all changes. */
export type FeedEntry = {
  time: bigint;
  index: number;
  change: Change;
  wallTime: Date;
  /** What the collection was called then, and its identity. */
  namespace: string;
  uuid: Buffer;
};

/** A place between two changes; `index` counts within one unit. */
export type FeedPosition = { time: bigint; index: number };

const MAX_ENTRIES = 20_000;
const MAX_BYTES = 32 * 1024 * 1024;

function sizeOf(change: Change): number {
  if (change.kind === "catalog") return 0;
  return (change.before?.size ?? 0) + (change.after?.size ?? 0);
}

function collectionOf(change: Change): { namespace: string; uuid: Buffer } {
  const { namespace, uuid } = change.collection;
  if (change.kind === "doc") return { namespace, uuid };
  const from = change.record.get("from");
  return { namespace: typeof from === "string" ? from : namespace, uuid };
}

export function isAfter(entry: FeedPosition, position: FeedPosition): boolean {
  return (
    entry.time > position.time || (entry.time === position.time && entry.index > position.index)
  );
}

/** The latest changes, for those who watch; older ones are forgotten. */
export class ChangeFeed {
  readonly #waiting = new Set<() => void>();
  #entries: FeedEntry[] = [];
  #bytes = 0;
  /** Changes up to this time are forgotten. */
  #forgotten = 0n;

  constructor(store: Store) {
    store.listeners.add((changes, time) => {
      const wallTime = new Date();
      changes.forEach((change, index) => {
        this.#entries.push({ time, index, change, wallTime, ...collectionOf(change) });
        this.#bytes += sizeOf(change);
      });
      this.#forget();
      this.wake();
    });
  }

  #forget(): void {
    if (this.#entries.length <= MAX_ENTRIES && this.#bytes <= MAX_BYTES) return;
    const gone = this.#entries.splice(0, Math.ceil(this.#entries.length / 2));
    for (const { change } of gone) this.#bytes -= sizeOf(change);
    this.#forgotten = gone.at(-1)?.time ?? this.#forgotten;
  }

  wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Whether nothing after the position was forgotten. */
  reaches({ time }: FeedPosition): boolean {
    return time >= this.#forgotten;
  }

  /** The first change after a position. */
  next(position: FeedPosition): FeedEntry | undefined {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && isAfter(entry, position)) high = middle;
      else low = middle + 1;
    }
    return this.#entries[low];
  }

  /** Resolves at the next change, or when the time (milliseconds) is over. */
  async nextChange(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      const waiting = this.#waiting;
      function done(): void {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
  }
}
