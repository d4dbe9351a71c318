import { z } from "zod";
import { WHITE } from "../issuers/brand-colours.js";
import type { IssuerIdentity } from "../issuers/issuer.js";
import { faultsOfIssuer, type IssuerContent } from "../issuers/save-issuer.js";
import { optionalText, requiredText } from "./form-fields.js";
import { textOf } from "./form-values.js";
import type { FormValues } from "../web/forms.js";

const FIELDS = [
  ...(["name", "url", "email", "colour", "groundColour"] as const),
  ...(["signatory", "logoId", "signatureId"] as const),
];

type IssuerField = (typeof FIELDS)[number];

/** An issuer as it stands in the form: what was typed, right or wrong. */
export type IssuerForm = Record<IssuerField, string>;

const FIRST_COLOUR = "#1d5b8f";

export const emptyIssuerForm: IssuerForm = {
  ...{ name: "", url: "", email: "", colour: FIRST_COLOUR, groundColour: WHITE },
  ...{ signatory: "", logoId: "", signatureId: "" },
};

export const issuerFormOf = (issuer: IssuerIdentity): IssuerForm => ({
  name: issuer.name,
  url: issuer.url ?? "",
  email: issuer.email ?? "",
  colour: issuer.colour ?? FIRST_COLOUR,
  groundColour: issuer.groundColour ?? WHITE,
  signatory: issuer.signatory ?? "",
  logoId: issuer.logoId ?? "",
  signatureId: issuer.signatureId ?? "",
});

export const readIssuerForm = (values: FormValues): IssuerForm =>
  Object.fromEntries(FIELDS.map((name) => [name, textOf(values, name)])) as IssuerForm;

const FormSchema = z.object({
  name: requiredText("Enter a name.", 200),
  url: optionalText(500),
  email: optionalText(200),
  colour: optionalText(7).transform((colour) => colour?.toLowerCase()),
  // White is what it is without a word.
  groundColour: optionalText(7).transform((colour) =>
    colour === WHITE ? undefined : colour?.toLowerCase(),
  ),
  signatory: optionalText(200),
  logoId: optionalText(36),
  signatureId: optionalText(36),
});

/** Turns the form into content, or names every faulty field with one sentence. */
export function checkIssuerForm(
  form: IssuerForm,
): { kind: "ok"; content: IssuerContent } | { kind: "faulty"; faults: Record<string, string> } {
  const parsed = FormSchema.safeParse(form);
  if (parsed.success) {
    const faults = faultsOfIssuer(parsed.data);
    return Object.keys(faults).length === 0
      ? { kind: "ok", content: parsed.data }
      : { kind: "faulty", faults };
  }
  const faults: Record<string, string> = {};
  for (const issue of parsed.error.issues) faults[issue.path.join(".")] ??= issue.message;
  return { kind: "faulty", faults };
}
