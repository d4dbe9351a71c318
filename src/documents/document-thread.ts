import { answerTasks } from "../work/task-thread.js";
import { checkPdfSignature } from "./check-pdf-signature.js";
import type { DocumentTasks } from "./document-task.js";
import { findUnprintable } from "./find-unprintable.js";
import { drawPng } from "./draw-png.js";
import { makePdf } from "./make-pdf.js";
import { makeSigningCertificate } from "./make-signing-certificate.js";

/** The entry of the document thread: what is heavy to load or to do is done here. */
answerTasks<DocumentTasks>({
  "make-pdf": async ({ content, signer }) => await makePdf(content, signer),
  "make-signing-certificate": makeSigningCertificate,
  "check-signature": checkPdfSignature,
  "find-unprintable": async (texts) => await Promise.resolve(texts.map(findUnprintable)),
  "draw-png": async (given) => await drawPng(given),
});
