/**
 * The test vector of W3C "Data Integrity EdDSA Cryptosuites v1.0", appendix B.1, for
 * eddsa-rdfc-2022: copied as data.
 *
 * Copyright © World Wide Web Consortium. https://www.w3.org/copyright/software-license-2023/
 * This file includes material copied from or derived from that document (https://www.w3.org/TR/vc-di-eddsa/).
 */
export const eddsaRdfc2022 = {
  keyPair: {
    publicKeyMultibase: "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    secretKeyMultibase: "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
  },
  /** SHA-256 of the proof's options, then of the document. */
  combinedHash:
    "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb" +
    "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017",
  signed: {
    "@context": [
      "https://www.w3.org/ns/credentials/v2",
      "https://www.w3.org/ns/credentials/examples/v2",
    ],
    id: "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    type: ["VerifiableCredential", "AlumniCredential"],
    name: "Alumni Credential",
    description: "A minimum viable example of an Alumni Credential.",
    issuer: "https://vc.example/issuers/5678",
    validFrom: "2023-01-01T00:00:00Z",
    credentialSubject: { id: "did:example:abcdefgh", alumniOf: "The School of Examples" },
    proof: {
      type: "DataIntegrityProof",
      cryptosuite: "eddsa-rdfc-2022",
      created: "2023-02-24T23:36:38Z",
      verificationMethod:
        "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
      proofPurpose: "assertionMethod",
      proofValue:
        "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9",
    },
  },
} as const;

/** The context of the examples, https://www.w3.org/ns/credentials/examples/v2. */
export const examplesContext = {
  "@context": { "@vocab": "https://www.w3.org/ns/credentials/examples#" },
};
