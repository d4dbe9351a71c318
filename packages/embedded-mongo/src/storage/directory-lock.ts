import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StoreError } from "../store-error.js";

const NAME = "store.lock";

export type DirectoryLock = { release(): void };

/** Since when a process runs, in clock ticks: tells it from a later one with the same pid. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

type Owner = { pid: number; start: string };

function ownerOf(text: string): Owner | undefined {
  const [, pid, start = ""] = /^(\d+) (\d*)/.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), start };
}

function isHeld({ pid, start }: Owner): boolean {
  return isAlive(pid) && (start === "" || startOf(pid) === start);
}

/**
 * Takes the directory for this process. Throws `store-locked`, naming the other process, when
 * one that still runs has it; a lock left by one that does not is removed.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, NAME);
  const own = join(directory, `${NAME}.${randomBytes(6).toString("hex")}`);
  const content = `${process.pid} ${startOf(process.pid)} ${randomBytes(8).toString("hex")}\n`;
  await writeFile(own, content, { mode: 0o600 });
  try {
    for (;;) {
      try {
        // Linking is atomic and fails when there is a lock.
        await link(own, path);
        return {
          release: () => {
            releaseIfOwn(path, content);
          },
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      await removeStale(path, directory);
    }
  } finally {
    await rm(own, { force: true });
  }
}

function releaseIfOwn(path: string, content: string): void {
  try {
    if (readFileSync(path, "utf8") === content) rmSync(path);
  } catch {
    // It is gone already.
  }
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

async function removeStale(path: string, directory: string): Promise<void> {
  const text = await readOrNothing(path);
  if (text === undefined) return;
  const owner = ownerOf(text);
  if (owner && isHeld(owner)) {
    throw new StoreError(
      "store-locked",
      `The store in ${directory} is in use by the process ${owner.pid}.`,
    );
  }
  // Whoever else finds it stale takes it away under another name; only one can.
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readOrNothing(aside);
  if (taken !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
