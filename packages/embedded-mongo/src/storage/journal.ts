import { Bin, type Doc } from "../values/value.js";
import { encodeDoc, type Encodable } from "../wire/encode-bson.js";
import type { Change } from "./access.js";
import { FRAME_HEADER_BYTES } from "./frame.js";

/** One unit of the journal: its changes are replayed together or not at all. */
export type Unit = {
  changes: readonly Change[];
  time: bigint;
  /** What a session must remember with them, and how it is forgotten again. */
  record: { doc: Doc; undo: () => void } | undefined;
};

export type Journal = {
  append(unit: Unit): void;
  /** Resolves when all units so far are as durable as asked; rejects when they are not. */
  durable(): Promise<void>;
};

function encodableOf(change: Change): Encodable {
  if (change.kind === "catalog") return { k: change.record };
  const { collection, before, after } = change;
  const number = (after ?? before)?.number ?? 0;
  if (!after) return { c: collection.id, n: number };
  const bytes = after.buf.subarray(after.start, after.end);
  return { c: collection.id, n: number, d: new Bin(0, bytes) };
}

/** A unit as a frame whose head is still to be filled. */
export function encodeUnit({ changes, time, record }: Unit): Buffer {
  const fields: Record<string, Encodable> = { t: time, o: changes.map(encodableOf) };
  if (record) fields["r"] = record.doc;
  return encodeDoc(fields, FRAME_HEADER_BYTES);
}
