/** Reading values that came from outside, one step at a time. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A non-empty text under `key`, else undefined. */
export function readText(record: Record<string, unknown>, key: string): string | undefined {
  const value = record[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The texts of a list under `key`; anything else in it is left out. */
export function readTexts(record: Record<string, unknown>, key: string): string[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The object under `key`, or an empty one. */
export function readRecord(record: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = record[key];
  return isRecord(value) ? value : {};
}

/** The text and number members of the object under `key`, as texts. */
export function readTextMembers(
  record: Record<string, unknown>,
  key: string,
): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [name, value] of Object.entries(readRecord(record, key))) {
    if (typeof value === "string") members[name] = value;
    if (typeof value === "number" || typeof value === "boolean") members[name] = String(value);
  }
  return members;
}

/** An object from JSON text, or undefined. */
export function parseJsonRecord(text: unknown): Record<string, unknown> | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
