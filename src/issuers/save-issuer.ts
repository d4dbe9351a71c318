import { newId } from "../stored-record.js";
import { faultsOfColours } from "./brand-colours.js";
import type { Issuer, IssuerIdentity } from "./issuer.js";
import type { IssuerStore } from "./issuer-store.js";
import { readUrl } from "../read-url.js";

/** What an administrator writes about an issuer. */
export type IssuerContent = Omit<IssuerIdentity, "id">;

type Faults = Record<string, string>;

function isWebAddress(text: string): boolean {
  const url = readUrl(text);
  return url?.protocol === "https:" && url.username === "";
}

/** What is wrong with what was written about an issuer, by field. */
export function faultsOfIssuer({ name, url, email, ...colours }: IssuerContent): Faults {
  const faults: Faults = faultsOfColours(colours);
  if (name.trim() === "") faults["name"] = "Enter a name.";
  if (url !== undefined && !isWebAddress(url))
    faults["url"] = "Enter an address that begins with https://, or leave it empty.";
  if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    faults["email"] = "Enter an e-mail address, or leave it empty.";
  return faults;
}

/**
 * Writes an issuer, a new one when no id is given. What was published and issued in its name before
 * stays as it was.
 */
export async function saveIssuer(
  needs: { brands: Pick<IssuerStore, "put">; now: () => Date },
  wanted: { organisationId: string; issuerId: string | undefined; content: IssuerContent },
): Promise<{ kind: "saved"; issuer: Issuer } | { kind: "faulty"; faults: Faults }> {
  const { organisationId, issuerId, content } = wanted;
  const faults = faultsOfIssuer(content);
  if (Object.keys(faults).length > 0) return { kind: "faulty", faults };
  const id = issuerId ?? newId();
  const issuer: Issuer = { ...content, id, organisationId, updatedAt: needs.now() };
  if ((await needs.brands.put(issuer)) === "taken")
    return { kind: "faulty", faults: { name: "There is an issuer of that name already." } };
  return { kind: "saved", issuer };
}
