import { z } from "zod";
import type { FormValues } from "../web/forms.js";

/**
 * Any posted form, as it came. For editors whose fields depend on what was added so far; their
 * values are checked by the editor's own rules.
 */
export const AnyFormSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** One field's text; the first where a field came twice, empty where it did not come. */
export function textOf(values: FormValues, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return (typeof value === "string" ? value : value?.[0]) ?? "";
}

/** All values of a field that may come several times, in the order of the page. */
export function textsOf(values: FormValues, name: string): string[] {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** Keys that name rows of an editor in field names. */
const isRowKey = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);

/** Row keys of a repeated field: well-formed, each once, at most `limit`. */
export const rowKeysOf = (values: FormValues, name: string, limit: number): string[] =>
  [...new Set(textsOf(values, name).filter(isRowKey))].slice(0, limit);

/**
 * A number as people type it: `1.5`, ` 2 ` or, as in much of Europe, `1,5`.
 * undefined when it is no plain decimal number.
 */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replace(",", ".");
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(plain) ? Number(plain) : undefined;
}
