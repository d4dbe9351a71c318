/** What a process remembers for a short while, so as not to ask the store again and again. */
export type ShortMemory<V> = {
  /** What is remembered under this key; otherwise reads it, and remembers it unless undefined. */
  get(key: string, read: () => Promise<V | undefined>): Promise<V | undefined>;
  /** Forgets everything, also what is being read at this moment. */
  clear(): void;
};

/**
 * Nothing that decides who may do what may rest on it alone: another process may have changed the
 * store meanwhile.
 */
export function createShortMemory<V>(limits: {
  lifetimeMs: number;
  atMost: number;
}): ShortMemory<V> {
  const kept = new Map<string, { value: V; until: number }>();
  let generation = 0;
  return {
    async get(key, read) {
      const known = kept.get(key);
      if (known !== undefined && known.until > performance.now()) return known.value;
      const begunIn = generation;
      const value = await read();
      if (value === undefined || begunIn !== generation) return value;
      if (kept.size >= limits.atMost) kept.clear();
      kept.set(key, { value, until: performance.now() + limits.lifetimeMs });
      return value;
    },
    clear() {
      generation += 1;
      kept.clear();
    },
  };
}

const READING = /^(find|list|count|has|is|recall|read)/;

/** The store again, such that this memory forgets with every write to it in this process. */
export function forgettingOnWrites<S extends object>(
  store: S,
  memory: Pick<ShortMemory<never>, "clear">,
): S {
  const methods = Object.entries(store as Record<string, (...given: never[]) => unknown>);
  const wrapped = methods.map(([name, run]) => {
    if (READING.test(name)) return [name, run];
    const writing = async (...given: never[]) => {
      try {
        return await run(...given);
      } finally {
        memory.clear();
      }
    };
    return [name, writing];
  });
  return Object.fromEntries(wrapped) as S;
}
