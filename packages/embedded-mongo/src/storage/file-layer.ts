import { constants, writeSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";

/** A file that grows at its end. */
export type OpenFile = {
  append(bytes: Buffer): Promise<void>;
  /** Returns once everything appended so far is on the disk. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Up to `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  size(): Promise<number>;
  close(): Promise<void>;
};

/** What the store needs of a file system; tests put one that loses what was not synced here. */
export type FileLayer = {
  makeDirectory(path: string): Promise<void>;
  list(directory: string): Promise<string[]>;
  open(path: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes creations, renames and removals in the directory outlast a loss of power. */
  syncDirectory(path: string): Promise<void>;
};

/** What goes to the system's cache faster at once than by way of another thread. */
const AT_ONCE_BYTES = 64 * 1024;

class DiskFile implements OpenFile {
  readonly #handle: FileHandle;
  #end: number;

  constructor(handle: FileHandle, end: number) {
    this.#handle = handle;
    this.#end = end;
  }

  async append(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const length = bytes.length - done;
      const at = this.#end + done;
      done +=
        length <= AT_ONCE_BYTES
          ? writeSync(this.#handle.fd, bytes, done, length, at)
          : (await this.#handle.write(bytes, done, length, at)).bytesWritten;
    }
    this.#end += bytes.length;
  }

  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async truncate(size: number): Promise<void> {
    await this.#handle.truncate(size);
    this.#end = size;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === length ? bytes : bytes.subarray(0, done);
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The disk. Files are readable and writable by their owner only. */
export const DISK: FileLayer = {
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async list(directory) {
    return await readdir(directory);
  },
  async open(path) {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    return new DiskFile(handle, (await handle.stat()).size);
  },
  async rename(from, to) {
    await rename(from, to);
  },
  async remove(path) {
    await rm(path, { force: true });
  },
  async syncDirectory(path) {
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
