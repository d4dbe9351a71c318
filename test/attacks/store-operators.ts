/** What an operator is sent with, so that it is known wherever it turns up. */
export const MARK = "operand-of-an-attack";

/** Whether a command to the store holds `{ $anything: MARK }`: an operator from outside. */
export function holdsOperator(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  return Object.entries(value).some(
    ([key, part]) => (key.startsWith("$") && part === MARK) || holdsOperator(part),
  );
}

/** How an operator is written where a text belongs. */
export type Writing = { type: string; body: string };
export const writings: [string, (names: string[]) => Writing][] = [
  [
    "brackets",
    (names) => ({
      type: "application/x-www-form-urlencoded",
      body: names.map((name) => `${encodeURIComponent(`${name}[$ne]`)}=${MARK}`).join("&"),
    }),
  ],
  [
    "its text",
    (names) => ({
      type: "application/x-www-form-urlencoded",
      body: names
        .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(`{"$ne":"${MARK}"}`)}`)
        .join("&"),
    }),
  ],
  [
    "JSON",
    (names) => ({
      type: "application/json",
      body: JSON.stringify(Object.fromEntries(names.map((name) => [name, { $ne: MARK }]))),
    }),
  ],
];
