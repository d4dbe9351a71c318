import { z } from "zod";
import { readUrl } from "../read-url.js";

const shortText = (what: string) =>
  z.string().trim().min(1, `Enter ${what}`).max(255, "That is longer than 255 characters");

const address = (what: string) =>
  z
    .string()
    .trim()
    .min(1, `Enter ${what}`)
    .max(2048, "That address is too long")
    .refine(
      (text) => /^https?:$/.test(readUrl(text)?.protocol ?? ""),
      "This has to be an address that begins with https://",
    );

const optionalText = z
  .string()
  .trim()
  .max(255, "That is longer than 255 characters")
  .default("")
  .transform((text) => (text === "" ? undefined : text));

/** What somebody who registers an LMS by hand has to tell us; from a form or a command line. */
export const PlatformForm = z.object({
  name: shortText("a name by which you will know this LMS"),
  issuer: shortText("the platform ID (issuer)"),
  clientId: shortText("the client ID that the LMS gave out"),
  authorizationUrl: address("the authentication request address"),
  tokenUrl: address("the access token address"),
  jwksUrl: address("the public keyset address"),
  tokenAudience: optionalText,
  /** Left out, the first deployment that launches is taken. */
  deploymentId: optionalText,
});

export type PlatformForm = z.output<typeof PlatformForm>;

/** What may be changed of a registration later. */
export const AddressForm = PlatformForm.pick({
  name: true,
  authorizationUrl: true,
  tokenUrl: true,
  jwksUrl: true,
  tokenAudience: true,
});

export type AddressForm = z.output<typeof AddressForm>;
