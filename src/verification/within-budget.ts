import type { FetchDocument, FetchedDocument } from "./fetch-document.js";
import type { StatusNeeds } from "./check-status.js";

/** What a credential of any issuer is checked with. */
export type VerifyNeeds = StatusNeeds;

/** Whoever asks is answered within five seconds; the rest is for reading and writing, on a busy machine too. */
const MOST_MS = 3500;

/** Issuers, keys and lists of one credential and of those in it. */
const MOST_PLACES = 24;

const unreachable: FetchedDocument = { kind: "unreachable" };

/**
 * What one check may cost, however much the credential and those in it ask for: so many places on
 * the network, each asked once, and a few seconds altogether.
 */
export function withinBudget(needs: VerifyNeeds, mostMs = MOST_MS): VerifyNeeds {
  const endsAt = performance.now() + mostMs;
  const answers = new Map<string, Promise<FetchedDocument>>();

  /** The answer, or what stands for none when the time is over. */
  async function inTime<T>(work: Promise<T>, otherwise: () => T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, endsAt - performance.now()), undefined);
    });
    try {
      const first = await Promise.race([work.then((value) => ({ value })), over]);
      return first === undefined ? otherwise() : first.value;
    } finally {
      clearTimeout(timer);
    }
  }

  const fetchDocument: FetchDocument = async (url) => {
    const known = answers.get(url);
    if (known !== undefined) return await known;
    if (answers.size >= MOST_PLACES || performance.now() >= endsAt) return unreachable;
    const asked = inTime(needs.fetchDocument(url), () => unreachable);
    answers.set(url, asked);
    return await asked;
  };

  return {
    ...needs,
    fetchDocument,
    issuers: { find: async (id, keyId) => await needs.issuers.find(id, keyId, fetchDocument) },
    canonicalise: async (document) =>
      await inTime(needs.canonicalise(document), () => {
        throw new Error("The check took too long");
      }),
  };
}
