import { createHmac, randomUUID } from "node:crypto";

/** How a test's sender signs; written from docs/pushing-results.md and not with our own code. */
export type SenderKey = { url: string; keyId: string; secret: string };

type Pushed = { status: number; type: string; body: Record<string, unknown> };

export type PushWish = {
  /** Instead of signing what is sent. */
  signed?: string;
  timestamp?: string;
  nonce?: string;
  headers?: Record<string, string>;
  path?: string;
};

/** Signs and posts a body as another system would. */
export async function push(
  { url, keyId, secret }: SenderKey,
  sent: unknown,
  wish: PushWish = {},
): Promise<Pushed> {
  const body = typeof sent === "string" ? sent : JSON.stringify(sent);
  const timestamp = wish.timestamp ?? String(Math.floor(Date.now() / 1000));
  const nonce = wish.nonce ?? randomUUID();
  const path = "/api/v1/results";
  const text = `v1\nPOST\n${path}\n${timestamp}\n${nonce}\n${wish.signed ?? body}`;
  const response = await fetch(url + (wish.path ?? path), {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "rosette-key": keyId,
      "rosette-timestamp": timestamp,
      "rosette-nonce": nonce,
      "rosette-signature": `v1=${createHmac("sha256", secret).update(text).digest("hex")}`,
      ...wish.headers,
    },
  });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    body: (await response.json()) as Record<string, unknown>,
  };
}

export type Item = Record<string, unknown>;

/** A result that passes, of the test's learner; `given` changes or removes fields. */
export const anItem = (issuer: string, given: Item = {}): Item => ({
  id: randomUUID(),
  learner: { issuer, sub: "someone" },
  exam: { course: "AH-101" },
  score: 87,
  maximum: 100,
  takenAt: "2026-11-20T09:30:00Z",
  ...given,
});
