import jsonld from "jsonld";
import { loadBundledContext } from "./bundled-contexts.js";

/**
 * The canonical N-Quads of a JSON-LD document (RDFC-1.0), by the reference library in safe mode:
 * whatever it says that its contexts do not define is an error, never silently left out.
 */
export const canonicalForm = async (document: object): Promise<string> =>
  await jsonld.canonize(document, {
    algorithm: "RDFC-1.0",
    format: "application/n-quads",
    safe: true,
    base: null,
    documentLoader: loadBundledContext,
  });
