/** What a row's buttons do to it. */
export type RowMove = "up" | "down" | "remove";

/** The list with one row moved by a place, or taken out. Unknown rows and ends change nothing. */
export function editRow<T extends { id: string }>(
  items: readonly T[],
  id: string,
  move: RowMove,
): T[] {
  const index = items.findIndex((item) => item.id === id);
  const item = items[index];
  if (item === undefined) return [...items];
  const rest = items.filter((other) => other !== item);
  if (move === "remove") return rest;
  const target = Math.max(0, move === "up" ? index - 1 : index + 1);
  return rest.toSpliced(target, 0, item);
}

/** A pressed button's value, e.g. `up:a1b2` → `{ verb: "up", target: "a1b2" }`. */
export function readCommand(text: string): { verb: string; target: string } {
  const colon = text.indexOf(":");
  return colon < 0
    ? { verb: text, target: "" }
    : { verb: text.slice(0, colon), target: text.slice(colon + 1) };
}

export const isRowMove = (verb: string): verb is RowMove =>
  verb === "up" || verb === "down" || verb === "remove";
