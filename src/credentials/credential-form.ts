import type { Credential } from "./credential.js";

/**
 * One way in which a credential is handed out. A new one is written beside what makes it and
 * listed in `parts.ts`; its address and the negotiation for it follow from here.
 */
export type CredentialForm = {
  /** Ends the address: `/credentials/<id>.<suffix>`. Addresses last, so it never changes. */
  suffix: string;
  /** What is sent, then what else a client may ask for it by (`Accept`). */
  mediaTypes: readonly [string, ...string[]];
  make: (credential: Credential) => string | Buffer | Promise<string | Buffer>;
};

type SignedForm = Omit<CredentialForm, "make"> & {
  make: (signed: Pick<Credential, "forms">) => string;
};

/** The forms that are signed when a credential is issued and only read when somebody asks. */
export const signedForms: readonly SignedForm[] = [
  {
    suffix: "json",
    mediaTypes: [
      "application/json",
      "application/vc",
      "application/vc+ld+json",
      "application/ld+json",
    ],
    make: ({ forms }) => forms.dataIntegrity,
  },
  {
    suffix: "jwt",
    // The type that Open Badges 3.0 §5.2 gives a VC-JWT on the web.
    mediaTypes: ["text/plain", "application/vc+jwt", "application/jwt"],
    make: ({ forms }) => forms.jwtRs256,
  },
  { suffix: "es256.jwt", mediaTypes: ["text/plain"], make: ({ forms }) => forms.jwtEs256 },
];

/** By the suffix of an address; undefined when there is no such form. */
export const formOfSuffix = <F extends Pick<CredentialForm, "suffix">>(
  forms: readonly F[],
  suffix: string,
): F | undefined => forms.find((form) => form.suffix === suffix);

/** By one of its media types; undefined when there is no such form. */
export const formOfMediaType = (
  forms: readonly CredentialForm[],
  mediaType: string,
): CredentialForm | undefined => forms.find(({ mediaTypes }) => mediaTypes.includes(mediaType));
