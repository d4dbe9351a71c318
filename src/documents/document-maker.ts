import type { Worker } from "node:worker_threads";
import { startThread } from "../work/start-thread.js";
import type { DocumentAnswer, DocumentTaskName, DocumentTasks } from "./document-task.js";
import type { DocumentSigner, PrintedDocument } from "./printed-document.js";

const SECOND_MS = 1000;

/** Longest that one task may take; then its thread is ended, whatever it is doing. */
const TASK_TIMEOUT_MS = 20 * SECOND_MS;

/** Fonts and libraries take some 100 MB; they are given back when nobody needs them. */
const IDLE_MS = 20 * SECOND_MS;

type Waiting = {
  resolve: (made: unknown) => void;
  reject: (error: Error) => void;
  timeout: NodeJS.Timeout;
};

/**
 * Makes documents and pictures in a thread of its own, never on the thread that answers requests.
 * The thread starts with the first task and ends when there has been none for a while.
 */
export function createDocumentMaker() {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  function settle(id: number): Waiting | undefined {
    const task = waiting.get(id);
    waiting.delete(id);
    clearTimeout(task?.timeout);
    if (waiting.size === 0) idle = setTimeout(() => void end(), IDLE_MS).unref();
    return task;
  }

  async function end(reason = "The document thread was stopped"): Promise<void> {
    clearTimeout(idle);
    const ending = thread;
    thread = undefined;
    for (const id of [...waiting.keys()]) settle(id)?.reject(new Error(reason));
    clearTimeout(idle);
    await ending?.terminate();
  }

  function start(): Worker {
    const started = startThread(
      { source: "documents/document-thread.ts", built: "document-thread.js" },
      { maxOldGenerationSizeMb: 256 },
    );
    started.unref();
    started.on("message", (answer: DocumentAnswer) => {
      const task = settle(answer.id);
      if (answer.kind === "made") task?.resolve(answer.made);
      else task?.reject(new Error(`A document could not be made: ${answer.message}`));
    });
    started.on("error", (error: Error) => {
      if (thread === started) void end(`The document thread failed: ${error.message}`);
    });
    return started;
  }

  async function perform<N extends DocumentTaskName>(
    name: N,
    given: DocumentTasks[N]["given"],
  ): Promise<DocumentTasks[N]["made"]> {
    clearTimeout(idle);
    thread ??= start();
    const id = (lastId += 1);
    const made = new Promise<unknown>((resolve, reject) => {
      const timeout = setTimeout(() => void end("A document took too long"), TASK_TIMEOUT_MS);
      waiting.set(id, { resolve, reject, timeout });
    });
    thread.postMessage({ id, name, given });
    return (await made) as DocumentTasks[N]["made"];
  }

  return {
    /** A tagged PDF, signed when there is a signer. */
    async makePdf(content: PrintedDocument, signer?: DocumentSigner): Promise<Buffer> {
      return Buffer.from(await perform("make-pdf", { content, signer }));
    },

    /** A fresh key pair, and a certificate that its organisation signs itself. */
    async makeSigningCertificate(about: DocumentTasks["make-signing-certificate"]["given"]) {
      return await perform("make-signing-certificate", about);
    },

    /** A picture of an SVG document; rejects what cannot be drawn. */
    async drawPng(about: { svg: string; widthPx: number }): Promise<Buffer> {
      return Buffer.from(await perform("draw-png", about));
    },

    /** Ends the thread; what is being made fails. The next task starts another. */
    stop: end,
  };
}
