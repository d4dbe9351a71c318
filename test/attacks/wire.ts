import { request, type ServerResponse } from "node:http";

export type Answer = {
  status: number;
  /** Media type, in full. */
  type: string;
  location: string;
  text: string;
  cookies: string[];
};

export type Call = {
  method?: "GET" | "POST";
  origin: string;
  /** Sent as it stands, so that nothing mends it on the way. */
  path: string;
  cookies?: readonly string[];
  headers?: Record<string, string>;
  form?: readonly (readonly [string, string])[];
  body?: string;
  /** Which of this machine's addresses it comes from. */
  from?: string;
};

const TIMEOUT_MS = 15_000;

/** One request as it stands: no redirect followed, cookies sent by hand, limited in time. */
export async function send(call: Call): Promise<Answer> {
  const form = call.form?.map(([name, value]) => [name, value] as [string, string]);
  const body = form === undefined ? call.body : new URLSearchParams(form).toString();
  const headers = {
    accept: "text/html",
    ...(body !== undefined && {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(body)),
    }),
    ...(call.cookies !== undefined &&
      call.cookies.length > 0 && { cookie: call.cookies.join("; ") }),
    ...call.headers,
  };
  const { hostname, port } = new URL(call.origin);
  const method = call.method ?? (body === undefined ? "GET" : "POST");
  return await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const from = call.from === undefined ? {} : { localAddress: call.from };
    const wanted = { hostname, port, path: call.path, method, headers, signal, ...from };
    const sent = request(wanted, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.once("error", reject).once("end", () => {
        const lines = answer.headers["set-cookie"] ?? [];
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers["content-type"] ?? "",
          location: answer.headers.location ?? "",
          text,
          cookies: lines.map((line) => line.split(";")[0] ?? ""),
        });
      });
    });
    sent.once("error", reject).end(body);
  });
}

/** The code that one of our pages names. */
export const codeIn = (text: string): string | undefined =>
  /<code>([a-z-]+)<\/code>/.exec(text)?.[1];

/** Answers without end, until whoever asked hangs up. */
export function answerWithoutEnd(response: ServerResponse): void {
  const more = (): void => {
    if (response.destroyed) return;
    while (response.write("[".repeat(65_536)));
    response.once("drain", more);
  };
  more();
}
