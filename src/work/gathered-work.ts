import { setImmediate } from "node:timers/promises";

export type GatheredWork<T> = {
  /** Has it done soon. What is waiting under the same key already is done once. */
  add(items: readonly T[]): void;
  /** When nothing waits and nothing runs. */
  settled(): Promise<void>;
};

/**
 * Work that is cheaper done together: what comes while a run is under way is done in the next one.
 * The busier it is the more is done together, and who comes alone waits for nobody.
 * @param about.run deals with every fault of its own; what it throws is dropped to `onFault`
 */
export function createGatheredWork<T>(about: {
  keyOf: (item: T) => string;
  run: (items: T[]) => Promise<void>;
  onFault: (error: unknown) => void;
  atMost: number;
}): GatheredWork<T> {
  const waiting = new Map<string, T>();
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    // Whoever arrives in the same turn comes along.
    await setImmediate();
    while (waiting.size > 0) {
      const items = [...waiting].slice(0, about.atMost);
      for (const [key] of items) waiting.delete(key);
      await about.run(items.map(([, item]) => item)).catch(about.onFault);
    }
    running = undefined;
  }

  return {
    add(items) {
      for (const item of items) waiting.set(about.keyOf(item), item);
      if (waiting.size > 0) running ??= work();
    },
    async settled() {
      while (running !== undefined) await running;
    },
  };
}
