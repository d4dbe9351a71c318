import type { Connection } from "mongoose";
import type { DocumentSigner, PrintedDocument } from "../documents/printed-document.js";
import { createHourTypeStore } from "../hours/hour-type-store.js";
import type { Transcript } from "../hours/read-transcript.js";
import { transcriptPdf } from "../hours/transcript-pdf.js";
import { type DocumentSignerNeeds, getDocumentSigner } from "../issuers/get-document-signer.js";

type Needs = Omit<DocumentSignerNeeds, "documents"> & {
  connection: Connection;
  documents: DocumentSignerNeeds["documents"] & {
    makePdf: (content: PrintedDocument, signer?: DocumentSigner) => Promise<Buffer>;
  };
};

/** What telling hours needs, made once: the part of the parts for it. */
export const createHourParts = (needs: Needs) => ({
  hourTypes: createHourTypeStore(needs.connection),

  /** A transcript as a PDF that the organisation signs. */
  makeTranscriptPdf: async (transcript: Transcript, organisationId: string): Promise<Buffer> => {
    const issuer = { id: organisationId, name: transcript.organisationName };
    const signer = await getDocumentSigner(needs, issuer, "Made as a transcript of hours");
    return await needs.documents.makePdf(transcriptPdf(transcript), signer);
  },
});
