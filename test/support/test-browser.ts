import request from "supertest";

export type PageAnswer = {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  /** Set-Cookie headers as they came. */
  setCookies: string[];
};

export type Form = Record<string, string | string[]>;

/**
 * A browser as far as our pages notice: one jar of cookies, kept by origin, and no redirect
 * followed unless asked. supertest's own agent would not send Secure cookies to http://localhost,
 * as real browsers do.
 */
export class Browser {
  readonly cookies = new Map<string, Map<string, string>>();

  async get(url: string): Promise<PageAnswer> {
    return await this.#send("get", url);
  }

  async post(url: string, form: Form): Promise<PageAnswer> {
    return await this.#send("post", url, form);
  }

  /** Reads a page, following redirects as long as they come. */
  async follow(url: string): Promise<PageAnswer> {
    let [address, answer] = [url, await this.get(url)];
    for (let hops = 0; answer.status >= 300 && answer.status < 400 && hops < 5; hops += 1) {
      address = new URL(answer.headers["location"] ?? "", address).href;
      answer = await this.get(address);
    }
    return answer;
  }

  /** What another browser would be told: the cookies are copied, later ones are not shared. */
  copy(): Browser {
    const copied = new Browser();
    for (const [origin, jar] of this.cookies) copied.cookies.set(origin, new Map(jar));
    return copied;
  }

  async #send(method: "get" | "post", url: string, form?: Form): Promise<PageAnswer> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const path = url.slice(origin.length);
    const sent = request(origin)
      [method](path === "" ? "/" : path)
      .redirects(0)
      .ok(() => true);
    void sent.set("accept", "text/html");
    if (jar.size > 0) {
      void sent.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    if (form !== undefined) {
      const pairs = Object.entries(form).flatMap(([name, value]) =>
        [value].flat().map((item) => [name, item] as [string, string]),
      );
      void sent.type("form").send(new URLSearchParams(pairs).toString());
    }
    const answer = await sent;
    const headers = answer.headers as Record<string, string | undefined>;
    const setCookies = [(answer.headers["set-cookie"] as string[] | undefined) ?? []].flat();
    for (const cookie of setCookies) this.#keep(jar, cookie);
    return { status: answer.status, headers, text: answer.text, setCookies };
  }

  #keep(jar: Map<string, string>, cookie: string): void {
    const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    const isGone = attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute));
    if (isGone) jar.delete(name);
    else jar.set(name, pair.slice(at + 1));
  }
}
