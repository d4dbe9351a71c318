import { lookup } from "node:dns";
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { LmsError, troubleOfConnection } from "./lms-trouble.js";
import { isPrivateAddress } from "./private-address.js";
import { readUrl } from "../read-url.js";

type LmsRequest = {
  url: string;
  method: "GET" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: string;
};

/** What the LMS said. Header names are in lower case; a repeated header's values are joined. */
export type LmsAnswer = { status: number; headers: Record<string, string>; text: string };

/** Talks HTTP to an LMS, within limits. */
export type LmsHttp = {
  /**
   * Sends one request; any status is an answer. A redirect is followed only for GET, only to the
   * same origin and at most three times; others are answered as they are.
   * @throws LmsError platform-unreachable (no answer in time), platform-answer-unreadable (too
   * long an answer), platform-address-private, platform-refused (no http(s) address)
   */
  send(request: LmsRequest): Promise<LmsAnswer>;
};

export type LmsHttpLimits = {
  /** For the whole exchange: name look-up, connection, redirects, body. */
  timeoutMs: number;
  maxBytes: number;
  /** Whether the LMS may stand on a private address and speak plain http. */
  allowPrivate: boolean;
  /** How a name is looked up; as the system does it unless given. */
  lookUp?: typeof lookup;
};

const MAX_REDIRECTS = 3;

/** Judges the address that is connected to, so that a name cannot be re-pointed in between. */
const publicLookup =
  (lookUp: typeof lookup): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, "", 0);
        return;
      }
      const usable = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = usable;
      if (first === undefined)
        callback(new LmsError("address-private", { detail: hostname }), "", 0);
      else if (options.all === true) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };

function readAddress(text: string, allowPrivate: boolean): URL {
  const url = readUrl(text);
  const isPlain = url?.protocol === "http:";
  if (url === undefined || (url.protocol !== "https:" && !isPlain) || url.username !== "") {
    throw new LmsError("address-not-web", { detail: "not an http(s) address" });
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // Names are judged when they are looked up; an address in the URL is never looked up.
  const isPrivateLiteral = isIP(host) !== 0 && isPrivateAddress(host);
  if (allowPrivate || (!isPlain && !isPrivateLiteral)) return url;
  throw new LmsError(isPlain ? "address-unencrypted" : "address-private", { detail: url.host });
}

const asLmsError = (error: unknown, url: URL): LmsError =>
  error instanceof LmsError
    ? error
    : new LmsError(troubleOfConnection(error), { detail: url.host, cause: error });

async function readText(message: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      message.destroy();
      throw new LmsError("too-long", { detail: `over ${maxBytes} bytes` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const headersOf = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );

/** Where a redirect leads when it may be followed. */
function nextAddress(url: URL, method: string, answer: LmsAnswer): URL | undefined {
  const { location } = answer.headers;
  const isRedirect = [301, 302, 303, 307, 308].includes(answer.status) && method === "GET";
  if (!isRedirect || location === undefined) return undefined;
  const next = readUrl(location, url.href);
  return next?.origin === url.origin ? next : undefined;
}

export function createLmsHttp(limits: LmsHttpLimits): LmsHttp {
  const agentOptions = { keepAlive: true, maxSockets: 32, timeout: 60_000 };
  const agents = { "http:": new HttpAgent(agentOptions), "https:": new HttpsAgent(agentOptions) };

  async function exchange(url: URL, message: LmsRequest, signal: AbortSignal): Promise<LmsAnswer> {
    const isPlain = url.protocol === "http:";
    const options = {
      method: message.method,
      agent: agents[isPlain ? "http:" : "https:"],
      signal,
      headers: {
        "user-agent": "Rosette",
        ...message.headers,
        ...(message.body === undefined
          ? {}
          : { "content-length": String(Buffer.byteLength(message.body)) }),
      },
      ...(limits.allowPrivate ? {} : { lookup: publicLookup(limits.lookUp ?? lookup) }),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = isPlain ? httpRequest(url, options) : httpsRequest(url, options);
      outgoing.once("response", resolve).once("error", reject);
      outgoing.end(message.body);
    });
    const text = await readText(answer, limits.maxBytes);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), text };
  }

  return {
    async send(message) {
      let url = readAddress(message.url, limits.allowPrivate);
      const signal = AbortSignal.timeout(limits.timeoutMs);
      try {
        for (let redirects = 0; ; redirects += 1) {
          const answer = await exchange(url, message, signal);
          const next = nextAddress(url, message.method, answer);
          if (next === undefined || redirects === MAX_REDIRECTS) return answer;
          url = next;
        }
      } catch (error) {
        throw asLmsError(error, url);
      }
    },
  };
}
