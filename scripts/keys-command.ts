import type { Parts } from "../src/parts/parts.js";
import { noteCommandForAll } from "./note-command.js";
import { findSigningKey, listPublishedKeys, type ToolKey } from "../src/platforms/tool-key.js";

export const KEYS_USAGE = `npm run keys -- <command>

  list     the keys that Rosette signs its messages to LMSes with, and what each is for now
  rotate   publishes a new key at once; it signs after two hours, when every LMS has read it,
           and the old one stays published for a week longer`;

function stateOf(key: ToolKey, keys: readonly ToolKey[], now: Date): string {
  if (findSigningKey(keys, key.platformId, now)?.id === key.id) return "signs";
  if (!listPublishedKeys(keys, now).includes(key)) return "retired";
  const { signsFrom } = key;
  if (signsFrom !== undefined && signsFrom > now) return `signs from ${signsFrom.toISOString()}`;
  return "published, signs no more";
}

async function list({ toolKeys, now }: Parts): Promise<string> {
  const keys = await toolKeys.list();
  const lines = keys.map((key) => {
    const whose = key.platformId === undefined ? "every LMS" : `LMS ${key.platformId}`;
    const state = stateOf(key, keys, now());
    return `${key.id}  made ${key.createdAt.toISOString()}  ${whose}  ${state}`;
  });
  return lines.join("\n");
}

async function rotate(parts: Parts): Promise<string> {
  const { toolKeys } = parts;
  await toolKeys.jwks();
  const { id, signsFrom, createdAt } = await toolKeys.rotate();
  await noteCommandForAll(parts, { action: "tool-key-rotated", after: { key: id } });
  return [
    `Made the key ${id}. It is published at once.`,
    `It signs from ${(signsFrom ?? createdAt).toISOString()}; nobody has to do anything.`,
  ].join("\n");
}

const commands: Record<string, (parts: Parts) => Promise<string>> = { list, rotate };

/** The command that a command line names; undefined when it names none. */
export function findKeysCommand(
  args: readonly string[],
): ((parts: Parts) => Promise<string>) | undefined {
  const [name = "", ...rest] = args;
  return rest.length === 0 && Object.hasOwn(commands, name) ? commands[name] : undefined;
}
