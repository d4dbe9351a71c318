import type { StoredDoc } from "../storage/stored-doc.js";

const CHUNK_ENTRIES = 512;

type Chunk = { keys: string[]; docs: StoredDoc[] };

/** Bounds of keys: from `low` (included) to `high` (excluded, undefined = the end). */
export type KeyRange = { low: string; high: string | undefined };

/** Entries (key, document) ordered by key, then by the document's number. */
export class SortedChunks {
  #chunks: Chunk[] = [];
  /** The last key of every chunk, side by side: a search among many chunks touches no other memory. */
  #lastKeys: string[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  // The first chunk whose last entry is not below (key, number).
  #chunkOf(key: string, number: number): number {
    const [chunks, lastKeys] = [this.#chunks, this.#lastKeys];
    let [low, high] = [0, lastKeys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const lastKey = lastKeys[middle] ?? "";
      if (lastKey < key || (lastKey === key && isLastBelow(chunks[middle], number)))
        low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #noteLast(index: number): void {
    this.#lastKeys[index] = this.#chunks[index]?.keys.at(-1) ?? "";
  }

  insert(key: string, doc: StoredDoc): void {
    let index = this.#chunkOf(key, doc.number);
    if (index === this.#chunks.length) index -= 1;
    const chunk = this.#chunks[index];
    this.#size += 1;
    if (chunk === undefined) {
      this.#chunks.push({ keys: [key], docs: [doc] });
      this.#lastKeys.push(key);
      return;
    }
    const at = positionIn(chunk, { key, number: doc.number });
    chunk.keys.splice(at, 0, key);
    chunk.docs.splice(at, 0, doc);
    if (at === chunk.keys.length - 1) this.#lastKeys[index] = key;
    if (chunk.keys.length > CHUNK_ENTRIES) this.#split(index, chunk, at);
  }

  // Entries that arrive in order leave full chunks behind.
  #split(index: number, chunk: Chunk, at: number): void {
    const rising = index === this.#chunks.length - 1 && at === CHUNK_ENTRIES;
    const half = rising ? CHUNK_ENTRIES : CHUNK_ENTRIES / 2;
    this.#chunks.splice(index + 1, 0, {
      keys: chunk.keys.splice(half),
      docs: chunk.docs.splice(half),
    });
    this.#lastKeys.splice(index, 0, "");
    this.#noteLast(index);
  }

  /** Puts entries that are all new; far faster than inserting them one by one. */
  load(entries: { key: string; doc: StoredDoc }[]): void {
    let sorted = true;
    for (let i = 1; i < entries.length && sorted; i += 1) {
      const [a, b] = [entries[i - 1], entries[i]];
      sorted = a !== undefined && b !== undefined && compareEntries(a, b) <= 0;
    }
    if (!sorted) entries.sort(compareEntries);
    this.#chunks = [];
    this.#lastKeys = [];
    for (let i = 0; i < entries.length; i += CHUNK_ENTRIES) {
      const part = entries.slice(i, i + CHUNK_ENTRIES);
      this.#chunks.push({ keys: part.map(({ key }) => key), docs: part.map(({ doc }) => doc) });
      this.#noteLast(this.#chunks.length - 1);
    }
    this.#size = entries.length;
  }

  /** Puts `doc` where the entry of the same key and number is; false when there is none. */
  replace(key: string, doc: StoredDoc): boolean {
    const found = this.#find(key, doc.number);
    if (found) found.chunk.docs[found.at] = doc;
    return found !== undefined;
  }

  remove(key: string, number: number): boolean {
    const found = this.#find(key, number);
    if (!found) return false;
    found.chunk.keys.splice(found.at, 1);
    found.chunk.docs.splice(found.at, 1);
    if (found.chunk.keys.length === 0) {
      this.#chunks.splice(found.index, 1);
      this.#lastKeys.splice(found.index, 1);
    } else if (found.at === found.chunk.keys.length) this.#noteLast(found.index);
    this.#size -= 1;
    return true;
  }

  #find(key: string, number: number) {
    const index = this.#chunkOf(key, number);
    const chunk = this.#chunks[index];
    if (!chunk) return undefined;
    const at = positionIn(chunk, { key, number });
    return chunk.keys[at] === key && chunk.docs[at]?.number === number
      ? { index, chunk, at }
      : undefined;
  }

  /** The documents in a range, in the order of their keys or backwards. */
  *scan(range: KeyRange, backwards = false): Generator<StoredDoc> {
    if (backwards) {
      yield* this.#scanBackwards(range);
      return;
    }
    const { low, high } = range;
    let index = this.#chunkOf(low, -1);
    let chunk = this.#chunks[index];
    let at = chunk ? positionIn(chunk, { key: low, number: -1 }) : 0;
    for (; chunk; at = 0, index += 1, chunk = this.#chunks[index]) {
      for (; at < chunk.keys.length; at += 1) {
        const [key, doc] = [chunk.keys[at], chunk.docs[at]];
        if (key === undefined || doc === undefined) return;
        if (high !== undefined && key >= high) return;
        yield doc;
      }
    }
  }

  *#scanBackwards({ low, high }: KeyRange): Generator<StoredDoc> {
    let index = high === undefined ? this.#chunks.length - 1 : this.#chunkOf(high, -1);
    let chunk = this.#chunks[index];
    let at = chunk && high !== undefined ? positionIn(chunk, { key: high, number: -1 }) : undefined;
    if (!chunk) {
      index = this.#chunks.length - 1;
      chunk = this.#chunks[index];
    }
    for (; chunk; at = undefined, index -= 1, chunk = this.#chunks[index]) {
      for (let i = (at ?? chunk.keys.length) - 1; i >= 0; i -= 1) {
        const [key, doc] = [chunk.keys[i], chunk.docs[i]];
        if (key === undefined || doc === undefined || key < low) return;
        yield doc;
      }
    }
  }

  /** About how many entries a range has: exact within a chunk, by chunks beyond. */
  estimate({ low, high }: KeyRange): number {
    const first = this.#chunkOf(low, -1);
    const start = this.#chunks[first];
    if (!start) return 0;
    const from = positionIn(start, { key: low, number: -1 });
    const isWithin = high !== undefined && high <= (this.#lastKeys[first] ?? "");
    if (isWithin) return positionIn(start, { key: high, number: -1 }) - from;
    const last = high === undefined ? this.#chunks.length : this.#chunkOf(high, -1);
    const end = this.#chunks[last];
    const to = end && high !== undefined ? positionIn(end, { key: high, number: -1 }) : 0;
    if (first === last) return to - from;
    return start.keys.length - from + (last - first - 1) * CHUNK_ENTRIES + to;
  }
}

type Place = { key: string; number: number };

function isBelow(chunk: Chunk, at: number, { key, number }: Place): boolean {
  const entryKey = chunk.keys[at];
  if (entryKey === undefined) return false;
  return entryKey < key || (entryKey === key && (chunk.docs[at]?.number ?? number) < number);
}

const isLastBelow = (chunk: Chunk | undefined, number: number): boolean =>
  (chunk?.docs.at(-1)?.number ?? number) < number;

function positionIn(chunk: Chunk, place: Place): number {
  let [low, high] = [0, chunk.keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(chunk, middle, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareEntries(
  a: { key: string; doc: StoredDoc },
  b: { key: string; doc: StoredDoc },
): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.doc.number - b.doc.number;
}
