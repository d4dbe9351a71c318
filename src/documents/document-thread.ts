import { parentPort } from "node:worker_threads";
import type { DocumentAnswer, DocumentTask } from "./document-task.js";
import { drawPng } from "./draw-png.js";
import { makePdf } from "./make-pdf.js";
import { makeSigningCertificate } from "./make-signing-certificate.js";

/** The entry of the document thread: what is heavy to load or to do is done here. */

async function perform(task: DocumentTask): Promise<unknown> {
  switch (task.name) {
    case "make-pdf":
      return await makePdf(task.given.content, task.given.signer);
    case "make-signing-certificate":
      return await makeSigningCertificate(task.given);
    case "draw-png":
      return await drawPng(task.given);
  }
}

async function answer(task: DocumentTask): Promise<DocumentAnswer> {
  try {
    return { id: task.id, kind: "made", made: await perform(task) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "unknown";
    return { id: task.id, kind: "failed", message };
  }
}

parentPort?.on("message", (task: DocumentTask) => {
  void answer(task).then((done) => {
    parentPort?.postMessage(done);
  });
});
