import { originsOf, type Platform } from "../platforms/platform.js";

/** Where a page of ours reaches the LMS' storage (LTI Client Side postMessages 0.1 §3). */
export type PlatformStorage = {
  /** Name of the frame beside ours that keeps it, or `_parent`. */
  target: string;
  /** The only origin that is asked, and whose answers are believed. */
  origin: string;
};

/** The storage that a login offers with `lti_storage_target`; undefined without one of use. */
export function storageOf(
  platform: Pick<Platform, "authorizationUrl">,
  target: string | undefined,
): PlatformStorage | undefined {
  const [origin] = originsOf([platform.authorizationUrl]);
  if (target === undefined || !/^[\w.-]{1,100}$/.test(target)) return undefined;
  return origin === undefined ? undefined : { target, origin };
}

/** Under which key an attempt's secret stands there; each attempt has its own. */
export const storageKeyOf = (attemptId: string): string => `rosette-${attemptId.slice(0, 16)}`;
