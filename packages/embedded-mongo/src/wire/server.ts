import { chmodSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { buildReply, idOf, parseMessage, type Request } from "./message.js";
import { MessageReader } from "./message-reader.js";
import type { Encodable } from "./encode-bson.js";

/** One client's connection, as commands see it. */
export type Peer = {
  readonly id: number;
  readonly address: string;
  appName: string | undefined;
  readonly onClose: Set<() => void>;
};

/**
 * What a command comes to: an answer, or the connection's end without one. An answer may name the
 * request to answer next without being asked (the protocol's `exhaustAllowed`).
 */
export type Answer =
  { kind: "reply"; body: Map<string, Encodable>; next?: Request | undefined } | { kind: "close" };

export type Handler = (request: Request, peer: Peer) => Promise<Answer>;
export type Address = { socketPath: string } | { port: number };

/** Messages of one connection that may wait for their answer. */
const MOST_WAITING = 16;

let nextPeerId = 1;

/** Accepts connections and hands whole messages, one at a time per connection, to the handler. */
export class WireServer {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #handle: Handler;

  constructor(handle: Handler) {
    this.#handle = handle;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#accept(socket);
    });
  }

  /** Listens; resolves to the TCP port, or 0 for a socket. */
  async listen(address: Address): Promise<number> {
    if ("socketPath" in address) await removeDeadSocket(address.socketPath);
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      if ("port" in address) {
        this.#server.listen({ port: address.port, host: "127.0.0.1" }, resolve);
      } else {
        // The kernel lets connect whoever may when the socket appears, and asks no more: the mask
        // covers that moment. A worker thread has no mask; there the mode follows at once.
        const mask = maskOthers();
        this.#server.listen(address.socketPath, resolve);
        if (mask === undefined) chmodSync(address.socketPath, 0o600);
        else process.umask(mask);
      }
    });
    const bound = this.#server.address();
    if ("socketPath" in address) {
      chmodSync(address.socketPath, 0o600);
      return 0;
    }
    return typeof bound === "object" && bound !== null ? bound.port : 0;
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  async close(socketPath?: string): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    if (socketPath !== undefined) rmSync(socketPath, { force: true });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const address = socket.remoteAddress ?? "unix";
    const peer: Peer = { id: nextPeerId++, address, appName: undefined, onClose: new Set() };
    const queue: Buffer[] = [];
    let busy = false;
    const input = new MessageReader();
    const run = async () => {
      if (busy) return;
      busy = true;
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await this.#answer(parseMessage(next), peer, socket);
      }
      busy = false;
      socket.resume();
    };
    socket.on("data", (chunk) => {
      try {
        queue.push(...input.push(chunk));
      } catch (fault) {
        socket.destroy(fault as Error);
        return;
      }
      // Who sends on without waiting for answers is not read from meanwhile.
      if (queue.length > MOST_WAITING) socket.pause();
      run().catch((fault: unknown) => {
        // Nothing can be answered to bytes that are no message.
        socket.destroy(fault as Error);
      });
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.#sockets.delete(socket);
      queue.length = 0;
      for (const done of peer.onClose) done();
    });
  }

  async #answer(first: Request, peer: Peer, socket: Socket): Promise<void> {
    for (let request: Request | undefined = first; request;) {
      const answer = await this.#handle(request, peer);
      if (answer.kind === "close") {
        socket.destroy();
        return;
      }
      if (!request.expectsReply || socket.destroyed) return;
      const bytes = buildReply(request, answer.body, answer.next !== undefined);
      if (!socket.write(bytes)) await drained(socket);
      request = answer.next && { ...answer.next, id: idOf(bytes) };
    }
  }
}

// A socket nobody listens on is what a killed process left behind.
async function removeDeadSocket(path: string): Promise<void> {
  const refused = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED");
    });
  });
  if (refused) rmSync(path, { force: true });
}

/** Keeps new files to their owner; the mask before, or undefined where none can be set. */
function maskOthers(): number | undefined {
  try {
    return process.umask(0o177);
  } catch {
    return undefined;
  }
}

async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}
