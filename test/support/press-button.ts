import { load } from "cheerio";

/**
 * The body that a browser without scripts posts when a button of the page's first POST form is
 * pressed: every field as it stands, with some typed over.
 * @param typed by field name; a list posts the name several times
 */
export function pressButton(
  html: string,
  button: string,
  typed: Record<string, string | string[]> = {},
): string {
  const page = load(html);
  const fields = new URLSearchParams();
  page("form[method=post]")
    .first()
    .find(":is(input, select, textarea)[name]")
    .each((_index, element) => {
      const field = page(element);
      const name = field.attr("name") ?? "";
      const type = field.attr("type");
      if (name in typed) return;
      if ((type === "radio" || type === "checkbox") && field.attr("checked") === undefined) return;
      const value = field.val();
      // A select without a chosen option posts its first one.
      const chosen = field.is("select") ? (value ?? field.find("option").first().val()) : value;
      fields.append(name, String(chosen ?? ""));
    });
  for (const [name, value] of Object.entries(typed)) {
    for (const one of [value].flat()) fields.append(name, one);
  }
  fields.append("do", button);
  return fields.toString();
}

/** The values of a repeated field, in the order of the page. */
export const valuesOf = (html: string, name: string): string[] => {
  const page = load(html);
  return page(`[name="${name}"]`)
    .toArray()
    .map((element) => String(page(element).attr("value")));
};
