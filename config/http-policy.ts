/** Cookie attributes and headers as data: the one place to read what our pages allow. */

/**
 * Longest request bodies that are read, in bytes, and most fields of a form: an exam of 100
 * questions with eight answers each has some 2000.
 */
export const bodyLimits = {
  formBytes: 256 * 1024,
  formFields: 3000,
  jsonBytes: 256 * 1024,
  /** Pictures are smaller; a larger one is read so far, to say so. */
  pictureBytes: 512 * 1024,
  /** 1,000 pushed results of 2 kB each. */
  pushBytes: 2 * 1024 * 1024,
} as const;

/**
 * Requests that are taken in a minute from one address (which may be a whole school's). A class of
 * 300 launches in the same minute, two requests each, and goes on to its pages.
 */
export const requestsPerMinute = {
  launch: 2400,
  visit: 6000,
  public: 1200,
  /** Credentials pasted into /verify: each costs real work. */
  check: 120,
  registration: 60,
  /** Everything of one learner in one file: counted by learner, as each may make many documents. */
  export: 6,
  /** Signed batches of results. */
  push: 6000,
} as const;

/** Content-Security-Policy of every page (CSP 3), before the per-response nonce. */
export const contentSecurityPolicy = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "object-src": ["'none'"],
} as const;

/**
 * The session lives inside another site's frame, so it is SameSite=None and, where browsers part
 * storage by top-level site, Partitioned (CHIPS). `__Host-` keeps sibling hosts from setting it.
 */
export const sessionCookie = {
  name: "__Host-rosette",
  attributes: { httpOnly: true, secure: true, sameSite: "none", partitioned: true, path: "/" },
} as const;

/** A visit ends after this long without a request. */
export const sessionIdleMs = 60 * 60 * 1000;
