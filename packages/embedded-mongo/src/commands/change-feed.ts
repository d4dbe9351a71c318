import type { Change } from "../storage/access.js";
import type { Store } from "../storage/store.js";

/** Tells those who wait that something changed. */
export class ChangeFeed {
  readonly #waiting = new Set<() => void>();

  constructor(store: Store) {
    store.listeners.add((changes: readonly Change[]) => {
      if (changes.length > 0) this.wake();
    });
  }

  wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
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
