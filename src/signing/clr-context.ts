const CLR = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#";

/**
 * The JSON-LD context of Comprehensive Learner Record 2.0, edition 2.0.1, member for member as
 * 1EdTech publishes it: anything else would change what is signed.
 */
export const CLR_CONTEXT_URL = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";

const setOf = (name: string, type: string) => ({
  "@id": `${CLR}${name}`,
  "@type": type,
  "@container": "@set",
});

const identifiers = { id: "@id", type: "@type" };
const anyUri = (name: string) => ({ "@id": `${CLR}${name}`, "@type": "xsd:anyURI" });

export const clrContext = {
  "@context": {
    ...identifiers,
    ClrCredential: {
      "@id": `${CLR}ClrCredential`,
      "@context": {
        ...identifiers,
        partial: { "@id": `${CLR}partial`, "@type": "xsd:boolean" },
      },
    },
    ClrSubject: {
      "@id": `${CLR}ClrSubject`,
      "@context": {
        ...identifiers,
        cred: "https://www.w3.org/2018/credentials#",
        obi: "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
        achievement: setOf("achievement", "obi:Achievement"),
        association: setOf("association", `${CLR}Association`),
        verifiableCredential: setOf("verifiableCredential", "cred:verifiableCredential"),
        identifier: setOf("identifier-1", "obi:Identifier"),
      },
    },
    Association: {
      "@id": `${CLR}Association`,
      "@context": {
        associationType: { "@id": `${CLR}AssociationType` },
        sourceId: anyUri("sourceId"),
        targetId: anyUri("targetId"),
      },
    },
  },
};
