/** Far more than happens at once; beyond, what is forgotten is merely done again. */
const REMEMBERED_AT_MOST = 10_000;

/**
 * Remembers, in this process alone, when something was last done for each key: it costs the store
 * nothing, and after a start each is done once more.
 */
export function createPace(pauseMs: number) {
  const doneAt = new Map<string, number>();
  return {
    /** Whether it should be done at `now`; if so, the next pause begins. */
    isDue(key: string, now: Date): boolean {
      const last = doneAt.get(key);
      if (last !== undefined && now.getTime() - last < pauseMs) return false;
      if (doneAt.size >= REMEMBERED_AT_MOST) doneAt.clear();
      doneAt.set(key, now.getTime());
      return true;
    },
  };
}
