import { load } from "cheerio";
import type { TestProduct, TestVisit } from "./test-product.js";

type Upload = {
  /** Below the visit: the page that holds the form. */
  page: string;
  /** Below the visit: where the form goes; the page itself when it is not given. */
  action?: string;
  /** In their order, before the files; `_csrf` instead of the page's own token. */
  fields?: Record<string, string>;
  files: { field: string; file: File }[];
};

/** Posts a form with files, as a browser does; redirects are not followed. */
export async function uploadForm(
  { url }: Pick<TestProduct, "url">,
  visit: TestVisit,
  upload: Upload,
): Promise<Response> {
  const { page, action = page, fields = {}, files } = upload;
  const token = load((await visit.get(page)).text)('input[name="_csrf"]')
    .first()
    .attr("value");
  const body = new FormData();
  for (const [name, value] of Object.entries({ _csrf: token ?? "", ...fields }))
    body.set(name, value);
  for (const { field, file } of files) body.append(field, file);
  const jar = visit.browser.cookies.get(url) ?? new Map<string, string>();
  return await fetch(url + visit.base + action, {
    ...{ method: "POST", body, redirect: "manual" },
    headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; "), accept: "text/html" },
  });
}
