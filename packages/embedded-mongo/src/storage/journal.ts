import type { Doc } from "../values/value.js";
import type { Change } from "./access.js";

/** One unit of the journal: its changes are replayed together or not at all. */
export type Unit = {
  changes: readonly Change[];
  time: bigint;
  /** What a session must remember with them, and how it is forgotten again. */
  record: { doc: Doc; undo: () => void } | undefined;
};

export type Journal = {
  append(unit: Unit): void;
  durable(): Promise<void>;
};
