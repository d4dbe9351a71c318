import { load } from "cheerio";

/** The hidden and typed fields of a page's one form. */
export function fieldsOf(html: string): Record<string, string> {
  const page = load(html);
  const fields = page("form input[name]").toArray();
  return Object.fromEntries(
    fields.map((field) => [page(field).attr("name") ?? "", page(field).attr("value") ?? ""]),
  );
}
