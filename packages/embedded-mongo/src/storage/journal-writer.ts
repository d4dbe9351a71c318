import { CommandError } from "../command-error.js";
import { sealFrame, type FileHeader } from "./frame.js";
import type { OpenFile } from "./file-layer.js";
import { encodeUnit, type Journal, type Unit } from "./journal.js";

export type Durability = "always" | "interval" | "off";

/** The file units are appended to. */
export type JournalFile = {
  file: OpenFile;
  header: FileHeader;
  /** Where the next frame goes. */
  offset: number;
  nextNumber: number;
};

export type JournalEvents = {
  /** Takes back units that did not reach the disk, the latest first. */
  rollBack: (units: readonly Unit[]) => void;
  /** Called between writes with the journal's size: may put another file in its place. */
  afterWrite: (sizeBytes: number) => Promise<void>;
};

type Pending = { unit: Unit; frame: Buffer };

const INTERVAL_MS = 100;
const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Writes units in groups: whoever comes while a write runs is in the next one. */
export class JournalWriter implements Journal {
  #target: JournalFile;
  readonly #durability: Durability;
  readonly #events: JournalEvents;
  #pending: Pending[] = [];
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #running: Promise<void> | undefined;
  #failure: Error | undefined;
  #unsynced = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: JournalFile, durability: Durability, events: JournalEvents) {
    this.#target = target;
    this.#durability = durability;
    this.#events = events;
    if (durability === "interval") {
      this.#timer = setInterval(() => {
        if (this.#unsynced) this.#start();
      }, INTERVAL_MS);
    }
  }

  get target(): JournalFile {
    return this.#target;
  }

  append(unit: Unit): void {
    this.#pending.push({ unit, frame: encodeUnit(unit) });
    // A little later, so that what comes in the same turn is written together.
    this.#start();
  }

  async durable(): Promise<void> {
    if (this.#durability !== "always" && !this.#failure) return;
    if (this.#pending.length === 0 && !this.#running) return;
    // After a failure too: what was just changed is taken back first.
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #start(): void {
    this.#running ??= new Promise<void>((resolve) => {
      setImmediate(resolve);
    }).then(async () => {
      await this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0 || (this.#unsynced && this.#durability === "interval")) {
      const waiting = this.#waiting.splice(0);
      const written = await this.writePending();
      for (const { resolve, reject } of waiting) {
        if (written) reject(storageFailure(written));
        else resolve();
      }
      if (!written) await this.#events.afterWrite(this.#target.offset);
    }
    this.#running = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Writes what is pending to the current file; returns the error if it fails. */
  async writePending(): Promise<Error | undefined> {
    const batch = this.#pending.splice(0);
    if (this.#failure) return this.#giveUp(batch, this.#failure);
    const target = this.#target;
    const frames = batch.map(({ frame }, i) =>
      sealFrame(frame, target.header, target.nextNumber + i),
    );
    try {
      if (frames.length > 0) {
        await target.file.append(
          frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames),
        );
      }
    } catch (error) {
      return await this.#undoWrite(batch, error as Error);
    }
    this.#unsynced = true;
    if (this.#durability !== "off") {
      try {
        await target.file.sync();
        this.#unsynced = false;
      } catch (error) {
        // What is on the disk is not known any more: no write is accepted from here on.
        this.#failure = error as Error;
        return await this.#undoWrite(batch, error as Error);
      }
    }
    target.offset += frames.reduce((sum, { length }) => sum + length, 0);
    target.nextNumber += frames.length;
    return undefined;
  }

  async #undoWrite(batch: Pending[], error: Error): Promise<Error> {
    try {
      await this.#target.file.truncate(this.#target.offset);
      await this.#target.file.sync();
    } catch (again) {
      this.#failure = again as Error;
    }
    return this.#giveUp(batch, error);
  }

  // Units that came meanwhile rest on those that failed: they go with them.
  #giveUp(batch: Pending[], error: Error): Error {
    const lost = [...batch, ...this.#pending.splice(0)];
    this.#events.rollBack(lost.map(({ unit }) => unit));
    for (const { reject } of this.#waiting.splice(0)) reject(storageFailure(error));
    return error;
  }

  /** From now on units go to another file. Call between writes, with nothing pending. */
  switchTo(target: JournalFile): void {
    this.#target = target;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    while (this.#running) await this.#running;
    if (!this.#failure) await this.#target.file.sync();
    await this.#target.file.close();
  }
}

function storageFailure(error: Error): CommandError {
  const { code } = error as NodeJS.ErrnoException;
  return new CommandError(
    NO_SPACE.has(code ?? "") ? "OutOfDiskSpace" : "InternalError",
    `the write was not stored and has been taken back: ${error.message}`,
  );
}
