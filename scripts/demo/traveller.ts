import { type CheerioAPI, load } from "cheerio";

/** A page as a person without JavaScript would have it before them. */
export type Page = {
  status: number;
  url: string;
  type: string;
  text: string;
  $: CheerioAPI;
  /** Every address on the way here, redirects and posted forms included. */
  way: string[];
};

export type Traveller = {
  open(url: string): Promise<Page>;
  /**
   * Fills in and sends the page's form that `selector` names, as a browser would. A field set to
   * undefined is left out; a list sends the field several times.
   */
  submit(page: Page, selector: string, fields?: FormFields): Promise<Page>;
};

export type FormFields = Record<string, string | string[] | undefined>;

const MAX_HOPS = 15;

type Jar = Map<string, Map<string, string>>;

function keepCookies(jar: Jar, url: URL, response: Response): void {
  const cookies = jar.get(url.host) ?? new Map<string, string>();
  jar.set(url.host, cookies);
  for (const line of response.headers.getSetCookie()) {
    const [pair = "", ...attributes] = line.split(";");
    const name = pair.slice(0, pair.indexOf("=")).trim();
    const isGone = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute));
    if (isGone) cookies.delete(name);
    else cookies.set(name, pair.slice(pair.indexOf("=") + 1).trim());
  }
}

const cookieHeader = (jar: Jar, url: URL): string =>
  [...(jar.get(url.host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");

function formFields(page: Page, selector: string): URLSearchParams {
  const { $ } = page;
  const fields = new URLSearchParams();
  for (const element of $(selector).first().find("input, select, textarea").toArray()) {
    const field = $(element);
    const name = field.attr("name");
    if (name === undefined || field.is("[disabled]")) continue;
    const isUnchecked = field.is("[type=checkbox], [type=radio]") && !field.is("[checked]");
    if (isUnchecked || field.is("[type=submit], [type=button], [type=file]")) continue;
    const value = field.is("select") ? field.find("option[selected]").attr("value") : field.val();
    fields.append(name, String(value ?? field.attr("value") ?? ""));
  }
  return fields;
}

/** As the form asks for it: files come in parts, and none is chosen here. */
function encoded(fields: URLSearchParams, enctype: string | undefined): URLSearchParams | FormData {
  if (enctype !== "multipart/form-data") return fields;
  const parts = new FormData();
  for (const [name, value] of fields) parts.append(name, value);
  return parts;
}

type Sent = ReturnType<typeof encoded>;

/** Someone with a cookie jar who follows links and sends forms, over real HTTP. */
export function createTraveller(): Traveller {
  const jar: Jar = new Map();

  async function go(start: string, body: Sent | undefined, from: string): Promise<Page> {
    let url = new URL(start);
    let sent = body;
    const way: string[] = [];
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      way.push(`${sent === undefined ? "GET" : "POST"} ${url.origin}${url.pathname}`);
      const response = await fetch(url, {
        method: sent === undefined ? "GET" : "POST",
        redirect: "manual",
        headers: {
          accept: "text/html,application/xhtml+xml",
          cookie: cookieHeader(jar, url),
          ...(sent === undefined ? {} : { origin: new URL(from).origin }),
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      keepCookies(jar, url, response);
      const location = response.headers.get("location");
      const text = await response.text();
      if (location === null || response.status < 300 || response.status > 399) {
        const type = response.headers.get("content-type") ?? "";
        return { status: response.status, url: url.href, type, text, $: load(text), way };
      }
      url = new URL(location, url);
      if (response.status !== 307 && response.status !== 308) sent = undefined;
    }
    throw new Error(`More than ${MAX_HOPS} redirects from ${start}`);
  }

  return {
    open: async (url) => await go(url, undefined, url),
    submit: async (page, selector, fields = {}) => {
      const form = page.$(selector).first();
      if (form.length === 0) throw new Error(`No form "${selector}" on ${page.url}`);
      const body = formFields(page, selector);
      for (const [name, value] of Object.entries(fields)) {
        body.delete(name);
        for (const one of [value ?? []].flat()) body.append(name, one);
      }
      const target = new URL(form.attr("action") ?? page.url, page.url);
      const isGet = (form.attr("method") ?? "get").toLowerCase() === "get";
      if (!isGet) return await go(target.href, encoded(body, form.attr("enctype")), page.url);
      target.search = body.toString();
      return await go(target.href, undefined, page.url);
    },
  };
}
