import type { FileLayer, OpenFile } from "../../src/storage/file-layer.js";

type Inode = { data: Buffer; synced: Buffer };

/** A disk that forgets what was not synced when the power goes: bytes, creations and renames. */
export class LosingFiles {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #powered = 0;
  /** Bytes that still fit; writing more fails with ENOSPC. */
  room = Infinity;
  failsToSync = false;

  /** How many bytes the files' visible contents have. */
  get bytes(): number {
    return [...this.#names.values()].reduce((sum, { data }) => sum + data.length, 0);
  }

  contentOf(name: string): Buffer {
    const inode = [...this.#names].find(([path]) => path.endsWith(name))?.[1];
    if (!inode) throw new Error(`no file ${name}`);
    return inode.data;
  }

  setContent(name: string, data: Buffer): void {
    for (const [path, inode] of this.#names) {
      if (path.endsWith(name)) Object.assign(inode, { data, synced: data });
    }
  }

  names(): string[] {
    return [...this.#names.keys()].map((path) => path.split("/").at(-1) ?? "").sort();
  }

  /** The power goes and comes back. `keep` says how much of each unsynced tail got through. */
  losePower(keep: () => number): void {
    this.#powered += 1;
    this.#names = new Map(this.#durableNames);
    for (const inode of new Set(this.#names.values())) {
      const tail = inode.data.subarray(inode.synced.length);
      const kept = tail.subarray(0, Math.floor(tail.length * keep()));
      inode.data = inode.synced = Buffer.concat([inode.synced, kept]);
    }
  }

  /** The file layer as one process has it: dead once the power is gone. */
  layer(): FileLayer {
    const born = this.#powered;
    const live = () => {
      if (born !== this.#powered) throw new Error("the power is gone");
    };
    return {
      makeDirectory: async () => {
        live();
      },
      list: async () => {
        live();
        return this.names();
      },
      open: async (path) => {
        live();
        const inode = this.#names.get(path) ?? { data: Buffer.alloc(0), synced: Buffer.alloc(0) };
        this.#names.set(path, inode);
        return this.#file(inode, live);
      },
      rename: async (from, to) => {
        live();
        const inode = this.#names.get(from);
        if (!inode) throw new Error(`no file ${from}`);
        this.#names.delete(from);
        this.#names.set(to, inode);
      },
      remove: async (path) => {
        live();
        this.#names.delete(path);
        // The worst case: a removal is durable before an earlier rename is.
        this.#durableNames.delete(path);
      },
      syncDirectory: async () => {
        live();
        this.#durableNames = new Map(this.#names);
      },
    };
  }

  #file(inode: Inode, live: () => void): OpenFile {
    return {
      append: async (bytes) => {
        live();
        const fits = Math.min(bytes.length, this.room);
        this.room -= fits;
        inode.data = Buffer.concat([inode.data, bytes.subarray(0, fits)]);
        // What is written takes a turn, so that others come in between.
        await new Promise((resolve) => setImmediate(resolve));
        live();
        if (fits < bytes.length)
          throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      },
      sync: async () => {
        live();
        if (this.failsToSync) throw Object.assign(new Error("i/o error"), { code: "EIO" });
        await new Promise((resolve) => setImmediate(resolve));
        live();
        inode.synced = inode.data;
      },
      truncate: async (size) => {
        live();
        this.room += inode.data.length - size;
        inode.data = inode.data.subarray(0, size);
        if (inode.synced.length > size) inode.synced = inode.data;
      },
      read: async (offset, length) => Buffer.from(inode.data.subarray(offset, offset + length)),
      size: async () => inode.data.length,
      close: async () => undefined,
    };
  }
}
