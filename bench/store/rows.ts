import type { Document } from "mongodb";

export type Row = Document & { _id: number };

/** A small document: about 150 bytes. */
export const row = (i: number): Row => ({
  _id: i,
  key: `key-${i}`,
  group: i % 100,
  at: new Date(1_700_000_000_000 + i),
  text: "a small document of about a hundred and fifty bytes",
});

/** Runs `count` operations, so many at a time; resolves to how many there were per second. */
export async function perSecond(
  count: number,
  atOnce: number,
  run: (i: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await run(next++);
    }),
  );
  return Math.round(count / ((performance.now() - started) / 1000));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
