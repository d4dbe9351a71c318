import type { LmsHttp } from "../platforms/lms-http-client.js";

/** What an address answers with. */
export type FetchedDocument =
  | { kind: "json"; json: unknown; text: string }
  | { kind: "text"; text: string }
  /** There is nothing at this address (404). */
  | { kind: "absent" }
  /** There was, and it was withdrawn for good (410). */
  | { kind: "gone" }
  /** No answer, too late, too long, or a place that may not be asked. */
  | { kind: "unreachable" };

/**
 * Asks any public address for a credential, a key or a list. Time, length and redirects are
 * limited, and private addresses are never asked.
 */
export type FetchDocument = (url: string) => Promise<FetchedDocument>;

const accept =
  "application/vc, application/json, application/ld+json, application/did+ld+json, text/plain;q=0.8";

export const createFetchDocument =
  (http: LmsHttp): FetchDocument =>
  async (url) => {
    try {
      const { status, text } = await http.send({ url, method: "GET", headers: { accept } });
      if (status === 404) return { kind: "absent" };
      if (status === 410) return { kind: "gone" };
      if (status !== 200) return { kind: "unreachable" };
      try {
        return { kind: "json", json: JSON.parse(text) as unknown, text };
      } catch {
        return { kind: "text", text };
      }
    } catch {
      return { kind: "unreachable" };
    }
  };
