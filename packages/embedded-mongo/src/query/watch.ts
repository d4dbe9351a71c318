import { Script } from "node:vm";
import { CommandError } from "../command-error.js";

/** When a command must be over: milliseconds since the epoch, or never. */
export class Deadline {
  readonly at: number | undefined;
  #steps = 0;

  constructor(maxTimeMs: number | undefined) {
    this.at = maxTimeMs === undefined ? undefined : Date.now() + maxTimeMs;
  }

  /** To be called in every long loop. */
  check(): void {
    this.#steps += 1;
    if (this.at !== undefined && (this.#steps & 127) === 0) this.checkNow();
  }

  checkNow(): void {
    if (this.at !== undefined && Date.now() >= this.at) {
      throw new CommandError("MaxTimeMSExpired", "operation exceeded time limit");
    }
  }
}

/** What one command may spend on patterns in all, and how many values its stages may hold. */
const PATTERN_MS = 5000;
const MOST_HELD = 1_000_000;

let running = { deadline: new Deadline(undefined), patternMs: 0, held: 0 };
let isWatched = false;

/** What runs from here on, until the next call, runs for a command with this deadline. */
export function runFor(deadline: Deadline): void {
  running = { deadline, patternMs: 0, held: 0 };
}

/** To be called in loops that have no deadline at hand: those within expressions. */
export function checkTime(): void {
  running.deadline.check();
}

/** To be called for every value that a stage keeps until its input is at an end. */
export function noteHeld(): void {
  running.held += 1;
  if (running.held > MOST_HELD) {
    throw new CommandError(
      "QueryExceededMemoryLimitNoDiskUseAllowed",
      `a stage holds more than ${MOST_HELD} values in memory`,
    );
  }
}

/** All of a stage's input, where the stage needs it at once. */
export function heldAll<T>(items: Iterable<T>): T[] {
  const held: T[] = [];
  for (const item of items) {
    checkTime();
    noteHeld();
    held.push(item);
  }
  return held;
}

/**
 * Runs code that may be caught in a regular expression: V8 ends it after the time is up, which
 * nothing within the same thread could.
 */
export function watched<T>(hostile: boolean, run: () => T): T {
  if (!hostile || isWatched) return run();
  const { deadline } = running;
  const started = Date.now();
  const budget = PATTERN_MS - running.patternMs;
  const left = deadline.at === undefined ? Infinity : deadline.at - started;
  const timeout = Math.min(budget, left);
  const holder = globalThis as { embeddedMongoWatched?: (() => T) | undefined };
  holder.embeddedMongoWatched = run;
  isWatched = true;
  try {
    const script = new Script("globalThis.embeddedMongoWatched()");
    return script.runInThisContext({ timeout: Math.max(1, timeout) }) as T;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    // V8's clock may be a moment ahead of ours, so what the limit was decides, not the time it is.
    if (left <= budget) {
      throw new CommandError("MaxTimeMSExpired", "operation exceeded time limit");
    }
    throw new CommandError(
      51156,
      "Error occurred while executing the regular expression: match limit exceeded",
    );
  } finally {
    isWatched = false;
    running.patternMs += Date.now() - started;
    holder.embeddedMongoWatched = undefined;
  }
}
