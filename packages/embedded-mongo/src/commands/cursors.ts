import { randomBytes } from "node:crypto";
import { CommandError } from "../command-error.js";
import { RawDoc, encodeDoc, type Encodable } from "../wire/encode-bson.js";
import type { Doc } from "../values/value.js";
import { MAX_DOCUMENT_BYTES } from "../wire/message.js";

/** Cursors that nobody asks for more are closed after this time. */
const IDLE_MS = 10 * 60 * 1000;
const MAX_CURSORS = 10_000;
/** How many documents all open cursors together may still have to give. */
const MAX_HELD = 20_000_000;

export type CursorItem = RawDoc | Doc;

/** An answer given in batches. */
export type OpenCursor = {
  /** 0 until it is kept. */
  id: bigint;
  namespace: string;
  items: Iterator<CursorItem>;
  /** An item taken that did not fit the batch before. */
  held: CursorItem | undefined;
  sessionKey: string | undefined;
  keepsForever: boolean;
  /** How many documents it holds on to. */
  holds: number;
  lastUsed: number;
  /** For cursors that wait for more: resolves when there may be. */
  awaitMore: ((timeoutMs: number) => Promise<void>) | undefined;
  /** Tailable cursors stay open when they have nothing more. */
  tailable: boolean;
  /** Whether a tailable cursor has come to its end. */
  isOver: (() => boolean) | undefined;
  /** Further fields of the cursor document. */
  extra: (() => Record<string, Encodable>) | undefined;
  onClose: (() => void) | undefined;
};

export type NewCursor = Partial<OpenCursor> & {
  namespace: string;
  items: Iterator<CursorItem>;
};

/** A batch; `done` when nothing follows. */
export type Batch = { items: Encodable[]; done: boolean };

/** The open cursors of a server. */
export class Cursors {
  readonly #open = new Map<bigint, OpenCursor>();
  #held = 0;

  get size(): number {
    return this.#open.size;
  }

  make(given: NewCursor): OpenCursor {
    return {
      id: 0n,
      held: undefined,
      sessionKey: undefined,
      keepsForever: false,
      holds: 0,
      lastUsed: Date.now(),
      awaitMore: undefined,
      tailable: false,
      isOver: undefined,
      extra: undefined,
      onClose: undefined,
      ...given,
    };
  }

  keep(cursor: OpenCursor): void {
    const isFull = () => this.#open.size >= MAX_CURSORS || this.#held + cursor.holds > MAX_HELD;
    if (isFull()) this.expire(Date.now());
    if (isFull()) throw new CommandError(1, "too many open cursors");
    this.#held += cursor.holds;
    cursor.id = randomBytes(8).readBigInt64LE() & 0x7fffffffffffffffn;
    this.#open.set(cursor.id, cursor);
  }

  find(id: bigint): OpenCursor | undefined {
    return this.#open.get(id);
  }

  get(id: bigint): OpenCursor {
    const cursor = this.#open.get(id);
    if (!cursor) throw new CommandError("CursorNotFound", `cursor id ${id} not found`);
    cursor.lastUsed = Date.now();
    return cursor;
  }

  close(cursor: OpenCursor): void {
    if (this.#open.delete(cursor.id)) this.#held -= cursor.holds;
    cursor.items.return?.();
    cursor.onClose?.();
  }

  expire(now: number): void {
    for (const cursor of this.#open.values()) {
      if (!cursor.keepsForever && now - cursor.lastUsed > IDLE_MS) this.close(cursor);
    }
  }

  closeOf(sessionKey: string | undefined): void {
    for (const cursor of this.#open.values()) {
      if (sessionKey === undefined || cursor.sessionKey === sessionKey) this.close(cursor);
    }
  }
}

/** Takes up to `most` items that fit one answer together. */
export function nextBatch(cursor: OpenCursor, most: number): Batch {
  const items: Encodable[] = [];
  let bytes = 0;
  while (items.length < most) {
    const next = cursor.held ?? take(cursor);
    cursor.held = undefined;
    if (next === undefined) return { items, done: !cursor.tailable || isOver(cursor) };
    const raw = next instanceof RawDoc ? next : encoded(next);
    bytes += raw.end - raw.start;
    if (items.length > 0 && bytes > MAX_DOCUMENT_BYTES) {
      cursor.held = raw;
      return { items, done: false };
    }
    items.push(raw);
  }
  if (cursor.tailable) return { items, done: isOver(cursor) };
  cursor.held = take(cursor);
  return { items, done: cursor.held === undefined };
}

function isOver({ isOver: over }: OpenCursor): boolean {
  return over?.() === true;
}

function take(cursor: OpenCursor): CursorItem | undefined {
  const next = cursor.items.next();
  return next.done ? undefined : next.value;
}

function encoded(doc: Doc): RawDoc {
  const bytes = encodeDoc(doc);
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      "BSONObjectTooLarge",
      `BSONObj size: ${bytes.length} (0x${bytes.length.toString(16).toUpperCase()}) is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB)`,
    );
  }
  return new RawDoc(bytes, 0, bytes.length);
}
