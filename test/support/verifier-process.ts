import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import { bodyLimits } from "../../config/http-policy.js";
import { createDocumentMaker } from "../../src/documents/document-maker.js";
import { createLog } from "../../src/log.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { createForeignCanonicaliser } from "../../src/signing/foreign-canonicaliser.js";
import { createFetchDocument } from "../../src/verification/fetch-document.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import { verifyRoutes } from "../../src/verification/verify.routes.js";
import { createErrorHandler } from "../../src/web/error-page.js";
import { createMemoryNeeds, NOW } from "./credential-fixtures.js";

// /verify alone in a process, so that the memory it takes is its own and nobody else's.
// Messages: to it "measure" or "peak", from it its address at first, then bytes.

const foreign = createForeignCanonicaliser();
const documents = createDocumentMaker();
const { needs } = createMemoryNeeds();
const http = createLmsHttp({ timeoutMs: 4000, maxBytes: 1024 * 1024, allowPrivate: true });
const fetchDocument = createFetchDocument(http);

const app = express();
app.set("view engine", "ejs");
app.set("views", fileURLToPath(new URL("../../views", import.meta.url)));
app.use(express.urlencoded({ extended: false, limit: bodyLimits.formBytes }));
app.use(express.json({ limit: bodyLimits.jsonBytes }));
app.use(
  verifyRoutes({
    ...needs,
    ...{ fetchDocument, canonicalise: foreign.canonicalise, now: () => NOW },
    issuers: createIssuers({ ...needs, fetchDocument }),
    checkPdfSignature: documents.checkPdfSignature,
  }),
);
app.use(createErrorHandler(createLog({ logLevel: "silent" })));

// Threads and libraries are there before anything is measured.
await foreign.canonicalise({
  "@context": ["https://www.w3.org/ns/credentials/v2"],
  id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab",
  type: ["VerifiableCredential"],
});
await documents.checkPdfSignature(Buffer.from("%PDF-1.7"));

let before = 0;
let most = 0;
const look = (): void => {
  most = Math.max(most, process.memoryUsage.rss());
};
setInterval(look, 10);
process.on("message", (asked) => {
  look();
  if (asked === "measure") before = most = process.memoryUsage.rss();
  process.send?.(most - before);
});
process.on("disconnect", () => process.exit());

const server = createServer(app).listen(0, "127.0.0.1");
await once(server, "listening");
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
