import type { Connection } from "mongoose";

/** A value as text: bytes as what they hold, and what a JWT says in clear. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") {
    const payloads = [...value.matchAll(/eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g)];
    const said = payloads.map(([, payload = ""]) => Buffer.from(payload, "base64url").toString());
    return JSON.stringify(value) + said.join(" ");
  }
  if (Buffer.isBuffer(value)) return textOf(value.toString("latin1"));
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return JSON.stringify(value);
  if ("buffer" in value && value.buffer instanceof Uint8Array)
    return textOf(Buffer.from(value.buffer));
  return Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner)}`)
    .join(",");
}

/** The collections in which any of these words stands, each with the words; of the whole database. */
export async function searchDatabase(
  connection: Connection,
  words: readonly string[],
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name } of await connection.db!.listCollections().toArray()) {
    const documents = await connection.db!.collection(name).find({}).toArray();
    const text = documents.map(textOf).join("\n");
    const here = words.filter((word) => text.includes(word));
    if (here.length > 0) found[name] = here;
  }
  return found;
}
