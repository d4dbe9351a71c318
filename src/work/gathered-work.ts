import { setImmediate, setTimeout as pause } from "node:timers/promises";

export type GatheredWork<T> = {
  /** Has it done soon. What is waiting under the same key already is done once. */
  add(items: readonly T[]): void;
  /** Has all of it done without waiting for more; when nothing waits and nothing runs. */
  settled(): Promise<void>;
};

/**
 * Work that is cheaper done together: what comes while a run is under way is done in the next one,
 * and what comes soon after a run began waits for others to come. So the busier it is the more is
 * done together; who comes alone waits for nobody, and many are company enough.
 * @param about.run deals with every fault of its own; what it throws is dropped to `onFault`
 * @param about.paceMs a run of few begins no sooner after the one before
 * @param about.few fewer than this wait for others
 */
export function createGatheredWork<T>(about: {
  keyOf: (item: T) => string;
  run: (items: T[]) => Promise<void>;
  onFault: (error: unknown) => void;
  atMost: number;
  paceMs: number;
  few: number;
}): GatheredWork<T> {
  const waiting = new Map<string, T>();
  let running: Promise<void> | undefined;
  let lastBegun = -Infinity;
  let company = new AbortController();
  let isHurried = false;

  /** Until the pace allows the next run, there are many, or somebody wants it done. */
  async function keepPace(): Promise<void> {
    const leftMs = lastBegun + about.paceMs - performance.now();
    if (leftMs <= 0 || waiting.size >= about.few || isHurried) return;
    company = new AbortController();
    await pause(leftMs, undefined, { signal: company.signal }).catch(() => undefined);
  }

  async function work(): Promise<void> {
    // Whoever arrives in the same turn comes along.
    await setImmediate();
    while (waiting.size > 0) {
      await keepPace();
      lastBegun = performance.now();
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
      if (waiting.size >= about.few) company.abort();
    },
    async settled() {
      isHurried = true;
      company.abort();
      while (running !== undefined) await running;
      isHurried = false;
    },
  };
}
