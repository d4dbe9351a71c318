import type { Request } from "express";
import type { z } from "zod";

/** What was typed into a form, for showing it again. */
export type FormValues = Record<string, string | string[]>;

export type FormReading<T> =
  | { kind: "ok"; value: T }
  /** `faults` maps a field's name to one sentence; the empty name holds faults of the whole. */
  | { kind: "faulty"; faults: Record<string, string>; values: FormValues };

const asFormValues = (body: unknown): FormValues => {
  const values: FormValues = {};
  if (typeof body !== "object" || body === null) return values;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === "string") values[name] = value;
    else if (Array.isArray(value)) values[name] = value.filter((item) => typeof item === "string");
  }
  return values;
};

/** What was typed, for a form that is shown again though its fields were in order. */
export const formValuesOf = (request: Request): FormValues => asFormValues(request.body);

/**
 * Reads a posted form once, at the edge. Only strings and lists of strings get this far, so no
 * value can pass for a query operator.
 */
export function readForm<S extends z.ZodType>(
  request: Request,
  schema: S,
): FormReading<z.output<S>> {
  const values = asFormValues(request.body);
  const parsed = schema.safeParse(values);
  if (parsed.success) return { kind: "ok", value: parsed.data };
  const faults: Record<string, string> = {};
  for (const issue of parsed.error.issues) faults[issue.path.join(".")] ??= issue.message;
  return { kind: "faulty", faults, values };
}

/** What a form sent by GET, field by field. */
export const queryValues = (request: Request): FormValues => asFormValues(request.query);

/** One query parameter as text; repeated or missing ones are empty. */
export function queryText(request: Request, name: string): string {
  const value = request.query[name];
  return typeof value === "string" ? value : "";
}

/** What a list page was asked for: `?search=…&page=2`. */
export function readListQuery(
  request: Request,
  pageSize = 20,
): { search: string; page: number; pageSize: number } {
  const page = Number(queryText(request, "page"));
  return {
    search: queryText(request, "search").trim().slice(0, 100),
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    pageSize,
  };
}
