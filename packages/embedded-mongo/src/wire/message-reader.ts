import { HEADER_BYTES, MAX_MESSAGE_BYTES } from "./message.js";

/** Cuts a byte stream into messages by their length. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #length = 0;

  /** Adds bytes; returns the messages that are now whole. Throws on an impossible length. */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const messages: Buffer[] = [];
    for (;;) {
      if (this.#length < 4) return messages;
      const size = this.#peekSize();
      if (size < HEADER_BYTES || size > MAX_MESSAGE_BYTES) {
        throw new RangeError("a message's length is impossible");
      }
      if (this.#length < size) return messages;
      const all = this.#joined();
      messages.push(all.subarray(0, size));
      this.#length -= size;
      this.#chunks = this.#length > 0 ? [all.subarray(size)] : [];
    }
  }

  #peekSize(): number {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= 4) return first.readInt32LE(0);
    return this.#joined().readInt32LE(0);
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = all ? [all] : [];
    return all ?? Buffer.alloc(0);
  }
}
