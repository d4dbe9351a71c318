// These libraries carry no types of their own: what the tests use of them.

declare module "@digitalbazaar/data-integrity" {
  export const DataIntegrityProof: new (options: {
    cryptosuite: unknown;
    signer?: unknown;
  }) => unknown;
}

declare module "@digitalbazaar/eddsa-rdfc-2022-cryptosuite" {
  export const cryptosuite: unknown;
}

type VerifyOptions = {
  credential: Record<string, unknown>;
  suite: unknown;
  documentLoader: (url: string) => Promise<{ documentUrl: string; document: object }>;
  checkStatus?: (options: unknown) => Promise<{ verified: boolean }>;
  now?: Date;
};

declare module "@digitalbazaar/vc" {
  export function issue(options: {
    credential: object;
    suite: unknown;
    documentLoader: VerifyOptions["documentLoader"];
  }): Promise<object>;
  export function verifyCredential(
    options: VerifyOptions,
  ): Promise<{ verified: boolean; error?: unknown }>;
}

declare module "@digitalcredentials/vc" {
  export function verifyCredential(
    options: VerifyOptions,
  ): Promise<{ verified: boolean; error?: unknown }>;
}

declare module "@digitalbazaar/vc-bitstring-status-list" {
  type StatusResult = { status: boolean; credentialStatus: { statusPurpose: string } };
  export function checkStatus(
    options: VerifyOptions & {
      verifyBitstringStatusListCredential: boolean;
      verifyMatchingIssuers: boolean;
    },
  ): Promise<{ verified: boolean; error?: unknown; results: StatusResult[] }>;
}

declare module "@digitalbazaar/ed25519-multikey" {
  export function fromJwk(options: {
    jwk: object;
    secretKey: boolean;
    id: string;
    controller: string;
  }): Promise<{ signer: () => object }>;
}
