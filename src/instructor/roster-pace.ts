/** A roster changes rarely; a launch asks for it no more often than this. */
const PAUSE_MS = 15 * 60_000;
/** Far more courses than are taught at once; beyond, what is forgotten is merely read again. */
const REMEMBERED_AT_MOST = 10_000;

/**
 * Remembers, in this process alone, when the roster of each LMS course was last asked for: a
 * launch must cost the store nothing for it. After a start each is asked for once more.
 */
export function createRosterPace() {
  const askedAt = new Map<string, number>();
  return {
    /** Whether a launch at `now` should have the roster read; if so, the next pause begins. */
    isDue(offeringId: string, now: Date): boolean {
      const last = askedAt.get(offeringId);
      if (last !== undefined && now.getTime() - last < PAUSE_MS) return false;
      if (askedAt.size >= REMEMBERED_AT_MOST) askedAt.clear();
      askedAt.set(offeringId, now.getTime());
      return true;
    },
  };
}
