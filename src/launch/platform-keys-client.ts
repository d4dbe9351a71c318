import { ToolError } from "../errors.js";
import { type PlatformKey, readKeySet } from "../platforms/key-set-client.js";
import type { LmsHttp } from "../platforms/lms-http-client.js";

/** Keys are read again after this long, so that one that was withdrawn stops to work. */
const FRESH_MS = 60 * 60 * 1000;
/** At the soonest so long after the last reading, whatever kids are asked for. */
const REREAD_MS = 30_000;
/** The same while nothing could be read at all yet. */
const RETRY_MS = 2000;
type Shelf = { keys: Map<string, PlatformKey> | undefined; readAt: number; triedAt: number };

/** The keys that LMSes sign with, by the address they publish them at. */
export type PlatformKeys = {
  find(jwksUrl: string, kid: string): Promise<KeyFinding>;
};

type KeyFinding =
  | { kind: "found"; key: PlatformKey }
  /** The LMS publishes no usable key of that id. */
  | { kind: "unknown" }
  /** No key of the LMS was ever read, and none can be read now. */
  | { kind: "unavailable" };

/**
 * Caches the keys of platforms: one reading at a time for each, old keys served while the LMS is
 * down. A platform that never answers holds up nobody else's launch.
 * @param needs.http with the time and size limits for key sets
 */
export function createPlatformKeys(needs: { http: LmsHttp; now: () => Date }): PlatformKeys {
  const shelves = new Map<string, Shelf>();
  const reading = new Map<string, Promise<void>>();

  async function read(jwksUrl: string, shelf: Shelf): Promise<void> {
    shelf.triedAt = needs.now().getTime();
    try {
      shelf.keys = (await readKeySet(needs, jwksUrl)).usable;
      shelf.readAt = shelf.triedAt;
    } catch (error) {
      // An LMS that is down or talks nonsense: older keys go on being used, see `find`.
      if (!(error instanceof ToolError)) throw error;
    }
  }

  async function readOnce(jwksUrl: string, shelf: Shelf): Promise<void> {
    const underWay =
      reading.get(jwksUrl) ??
      read(jwksUrl, shelf).finally(() => {
        reading.delete(jwksUrl);
      });
    reading.set(jwksUrl, underWay);
    await underWay;
  }

  function isReadingDue(shelf: Shelf, kid: string): boolean {
    const now = needs.now().getTime();
    const isStale = !shelf.keys?.has(kid) || now - shelf.readAt >= FRESH_MS;
    const pause = shelf.keys === undefined ? RETRY_MS : REREAD_MS;
    return isStale && now - shelf.triedAt >= pause;
  }

  return {
    async find(jwksUrl, kid) {
      const shelf = shelves.get(jwksUrl) ?? { keys: undefined, readAt: 0, triedAt: 0 };
      shelves.set(jwksUrl, shelf);
      if (reading.has(jwksUrl) && !shelf.keys?.has(kid)) await readOnce(jwksUrl, shelf);
      else if (isReadingDue(shelf, kid)) await readOnce(jwksUrl, shelf);
      if (shelf.keys === undefined) return { kind: "unavailable" };
      const key = shelf.keys.get(kid);
      return key === undefined ? { kind: "unknown" } : { kind: "found", key };
    },
  };
}
