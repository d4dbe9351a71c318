import { join } from "node:path";
import { StoreError } from "../store-error.js";
import type { Doc } from "../values/value.js";
import { lockDirectory, type DirectoryLock } from "./directory-lock.js";
import { FILE_HEADER_BYTES } from "./frame.js";
import { readFrames } from "./frame-reader.js";
import { DISK, type FileLayer, type OpenFile } from "./file-layer.js";
import { JournalWriter, type Durability, type JournalFile } from "./journal-writer.js";
import {
  generationOf,
  generationsOf,
  journalName,
  newJournal,
  snapshotName,
  withoutUnborn,
} from "./store-files.js";
import { replayUnit } from "./replay.js";
import { cutOff, setAside, type Aside } from "./salvage.js";
import { capture, SnapshotLoader, writeSnapshot, type Captured } from "./snapshot.js";
import type { Store } from "./store.js";

export type PersistenceOptions = {
  directory: string;
  durability: Durability;
  /** Keeps what is before damage and puts the rest aside, instead of refusing. */
  salvage: boolean;
  files?: FileLayer;
  /** Journals are compacted from this size on. */
  compactBytes?: number;
  onRollBack: () => void;
  sessions: { restore: (record: Doc) => void; records: () => Doc[] };
  report: (line: string) => void;
};

const COMPACT_BYTES = 64 * 1024 * 1024;

/** A store's directory: recovery, the journal, and its compaction into snapshots. */
export class Persistence {
  readonly #options: PersistenceOptions;
  readonly #files: FileLayer;
  readonly #store: Store;
  #lock: DirectoryLock | undefined;
  #generation = 1;
  #writer: JournalWriter | undefined;
  #compacting: Promise<void> | undefined;
  #snapshotBytes = 0;
  readonly aside: Aside[] = [];

  private constructor(store: Store, options: PersistenceOptions) {
    this.#store = store;
    this.#options = options;
    this.#files = options.files ?? DISK;
  }

  /** Locks the directory, brings the store to its last state and attaches the journal. */
  static async open(store: Store, options: PersistenceOptions): Promise<Persistence> {
    const persistence = new Persistence(store, options);
    await persistence.#files.makeDirectory(options.directory);
    if (!options.files) persistence.#lock = await lockDirectory(options.directory);
    try {
      await persistence.#recover();
    } catch (error) {
      persistence.#lock?.release();
      throw error;
    }
    return persistence;
  }

  #path(name: string): string {
    return join(this.#options.directory, name);
  }

  async #recover(): Promise<void> {
    const names = await this.#files.list(this.#options.directory);
    const snapshots = generationsOf(names, "snapshot");
    const journals = generationsOf(names, "journal");
    const base = snapshots.at(-1) ?? journals[0] ?? 1;
    if (snapshots.length > 0) await this.#loadSnapshot(base);
    const wanted = await withoutUnborn(
      this.#files,
      this.#options.directory,
      journals.filter((each) => each >= base),
    );
    const gap = wanted.findIndex((generation, i) => generation !== base + i);
    if (gap >= 0) throw this.#corrupt(journalName(base + gap), 0, "is missing");
    let current: JournalFile | undefined;
    for (const generation of wanted) {
      const isLast = generation === wanted.at(-1);
      const file = await this.#files.open(this.#path(journalName(generation)));
      const replayed = await this.#replay(file, journalName(generation), isLast);
      this.#generation = generation;
      if (isLast || replayed.stop) {
        if (replayed.stop) await this.#putAsideAfter(wanted, generation);
        current = replayed.target;
        break;
      }
      await file.close();
    }
    if (wanted.length === 0) this.#generation = base;
    for (const collection of this.#store.allCollections()) {
      collection.buildIndexes([...collection.indexes.values()]);
    }
    await this.#removeOld(names, base);
    const target =
      current ?? (await newJournal(this.#files, this.#options.directory, this.#generation));
    this.#writer = new JournalWriter(target, this.#options.durability, {
      rollBack: (units) => {
        this.#options.onRollBack();
        for (const { changes, record } of units.toReversed()) {
          record?.undo();
          this.#store.undo(changes);
        }
      },
      afterWrite: async (size) => {
        await this.#maybeCompact(size);
      },
    });
    this.#store.attach(this.#writer);
  }

  async #loadSnapshot(generation: number): Promise<void> {
    const name = snapshotName(generation);
    const file = await this.#files.open(this.#path(name));
    const loader = new SnapshotLoader(this.#store, this.#options.sessions.restore);
    const end = await readFrames(file, "EMSNAP01", (frame) => {
      loader.take(frame);
    });
    this.#snapshotBytes = await file.size();
    if (!loader.complete || end.kind !== "end") {
      if (!this.#options.salvage) throw this.#corrupt(name, end.offset, "is damaged");
      this.aside.push(
        await setAside(this.#files, file, { path: this.#path(name), from: end.offset }),
      );
    }
    await file.close();
  }

  async #replay(
    file: OpenFile,
    name: string,
    isLast: boolean,
  ): Promise<{ stop: boolean; target: JournalFile }> {
    let nextNumber = 0;
    let gap: number | undefined;
    const end = await readFrames(file, "EMJRNL01", ({ number, payload, offset }) => {
      if (gap !== undefined) return;
      if (number !== nextNumber) {
        gap = offset;
        return;
      }
      replayUnit(this.#store, payload, this.#options.sessions.restore);
      nextNumber += 1;
    });
    const offset = gap ?? end.offset;
    const sound = end.kind === "end" && gap === undefined;
    const torn = end.kind === "torn" && gap === undefined && isLast;
    if (!sound && !torn) {
      if (!this.#options.salvage) throw this.#corrupt(name, offset, "is damaged");
      this.aside.push(await setAside(this.#files, file, { path: this.#path(name), from: offset }));
    }
    const cut = { sound, report: this.#options.report };
    const header = await cutOff(file, { ...end, offset }, cut);
    const position = Math.max(offset, FILE_HEADER_BYTES);
    return { stop: !sound && !torn, target: { file, header, offset: position, nextNumber } };
  }

  async #putAsideAfter(generations: readonly number[], last: number): Promise<void> {
    for (const generation of generations.filter((each) => each > last)) {
      const path = this.#path(journalName(generation));
      const file = await this.#files.open(path);
      this.aside.push(await setAside(this.#files, file, { path, from: 0 }));
      await file.close();
      await this.#files.remove(path);
    }
    await this.#files.syncDirectory(this.#options.directory);
  }

  #corrupt(name: string, offset: number, what: string): StoreError {
    return new StoreError(
      "store-corrupt",
      `${this.#path(name)} ${what} at byte ${offset}, and what follows cannot be trusted. Nothing was changed. To keep what is before it and put the rest aside, start once with --salvage.`,
    );
  }

  async #removeOld(names: readonly string[], base: number): Promise<void> {
    for (const name of names) {
      const old = (generationOf(name) ?? base) < base;
      if (old || name.endsWith(".tmp")) await this.#files.remove(this.#path(name));
    }
  }

  async #maybeCompact(sizeBytes: number): Promise<void> {
    const limit = Math.max(this.#options.compactBytes ?? COMPACT_BYTES, this.#snapshotBytes);
    if (sizeBytes < limit || this.#compacting) return;
    await this.#rotate();
  }

  // The state is taken together with the units that are still to be written to the old file:
  // what comes later goes to the new one.
  async #rotate(): Promise<void> {
    const writer = this.#writer;
    if (!writer) return;
    const old = writer.target;
    const captured = capture(this.#store, this.#options.sessions.records());
    if (await writer.writePending()) return;
    let next: JournalFile;
    try {
      await old.file.sync();
      next = await newJournal(this.#files, this.#options.directory, this.#generation + 1);
    } catch (error) {
      this.#options.report(`embedded-mongo: the journal could not be rotated: ${String(error)}`);
      await this.#files
        .remove(this.#path(journalName(this.#generation + 1)))
        .catch(() => undefined);
      return;
    }
    // Units that came while the file was made are not in the captured state: they go there.
    writer.switchTo(next);
    const generation = (this.#generation += 1);
    await old.file.close();
    this.#compacting = this.#compact(captured, generation)
      .catch((error: unknown) => {
        this.#options.report(`embedded-mongo: compaction failed: ${String(error)}`);
      })
      .finally(() => {
        this.#compacting = undefined;
      });
  }

  async #compact(captured: Captured, generation: number): Promise<void> {
    const temporary = this.#path(`${snapshotName(generation)}.tmp`);
    const file = await this.#files.open(temporary);
    try {
      await file.truncate(0);
      await writeSnapshot(file, captured);
      this.#snapshotBytes = await file.size();
    } finally {
      await file.close();
    }
    await this.#files.rename(temporary, this.#path(snapshotName(generation)));
    await this.#files.syncDirectory(this.#options.directory);
    await this.#removeOld(await this.#files.list(this.#options.directory), generation);
  }

  async close(): Promise<void> {
    await this.#writer?.close();
    await this.#compacting;
    this.#lock?.release();
  }
}
