import { createTaskThread } from "../work/task-thread.js";
import type { PdfSignature } from "./check-pdf-signature.js";
import type { DocumentTasks, DrawingTasks } from "./document-task.js";
import type { SimpleDrawing } from "./draw-png.js";
import type { DocumentSigner, PrintedDocument } from "./printed-document.js";

const SECOND_MS = 1000;

/** Longest that one task may take; then its thread is ended, whatever it is doing. */
const TASK_TIMEOUT_MS = 20 * SECOND_MS;

/** Fonts and libraries take some 100 MB; they are given back when nobody needs them. */
const IDLE_MS = 20 * SECOND_MS;

/** Longest that a stranger's drawing may take. */
const DRAWING_TIMEOUT_MS = 4 * SECOND_MS;

/** Letters of which the first bundled font has every one. */
const isPlain = /^[ '’.\-A-Za-z\u00c0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f]*$/;

export type DocumentMaker = ReturnType<typeof createDocumentMaker>;

/**
 * Makes documents and pictures in a thread of its own, never on the thread that answers requests.
 * The thread starts with the first task and ends when there has been none for a while.
 */
export function createDocumentMaker() {
  const thread = createTaskThread<DocumentTasks>({
    called: "The document thread",
    code: { source: "documents/document-thread.ts", built: "document-thread.js" },
    limits: { maxOldGenerationSizeMb: 256 },
    taskTimeoutMs: TASK_TIMEOUT_MS,
    idleMs: IDLE_MS,
  });

  /** Apart, so that a drawing that takes too long ends nobody's document. */
  const drawingThread = createTaskThread<DrawingTasks>({
    called: "The drawing thread",
    code: { source: "documents/drawing-thread.ts", built: "drawing-thread.js" },
    limits: { maxOldGenerationSizeMb: 128 },
    taskTimeoutMs: DRAWING_TIMEOUT_MS,
    idleMs: IDLE_MS,
  });

  return {
    /** A tagged PDF, signed when there is a signer. */
    async makePdf(content: PrintedDocument, signer?: DocumentSigner): Promise<Buffer> {
      return Buffer.from(await thread.perform("make-pdf", { content, signer }));
    },

    /** A fresh key pair, and a certificate that its organisation signs itself. */
    async makeSigningCertificate(about: DocumentTasks["make-signing-certificate"]["given"]) {
      return await thread.perform("make-signing-certificate", about);
    },

    /** What is known of the signature of a PDF, whoever made it. */
    async checkPdfSignature(pdf: Buffer): Promise<PdfSignature> {
      return await thread.perform("check-signature", pdf);
    },

    /** The characters of each text that stand in no document, as no bundled font has them. */
    async findUnprintable(texts: readonly string[]): Promise<string[][]> {
      // Nearly all names are in scripts that are bundled whole as far as names go.
      if (texts.every((text) => isPlain.test(text))) return texts.map(() => []);
      return await thread.perform("find-unprintable", [...texts]);
    },

    /** A picture of an SVG document; rejects what cannot be drawn. */
    async drawPng(about: { svg: string; widthPx: number }): Promise<Buffer> {
      return Buffer.from(await thread.perform("draw-png", about));
    },

    /** A stranger's SVG as the renderer understands it; rejects what cannot be drawn in time. */
    async simplifySvg(svg: string): Promise<SimpleDrawing> {
      return await drawingThread.perform("simplify-svg", svg);
    },

    /** Ends the threads; what is being made fails. The next task starts another. */
    stop: async (): Promise<void> => {
      await Promise.all([thread.stop(), drawingThread.stop()]);
    },
  };
}
