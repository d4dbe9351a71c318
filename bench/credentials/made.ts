import { bakePng } from "../../src/credentials/baked-png.js";
import { credentialPdf } from "../../src/credentials/credential-pdf.js";
import type { createDocumentMaker } from "../../src/documents/document-maker.js";
import { signVcJwt } from "../../src/signing/sign-vc-jwt.js";
import { drawBadge } from "../../src/tracks/badge-svg.js";
import type { Sample } from "./sample.js";

/** The forms that are made in the document thread, without the store that keeps them. */
export async function makeFormsOf(
  { badge, keys, track }: Sample,
  documents: ReturnType<typeof createDocumentMaker>,
) {
  const document = badge(1);
  const jwt = signVcJwt(document, "RS256", keys.RS256);
  const svg = drawBadge({ badge: track.badge, name: track.name });
  const now = new Date();
  const later = new Date(now.getTime() + 86_400_000);
  const signer = await documents.makeSigningCertificate({
    ...{ organisationName: "Association", validFrom: now, validUntil: later },
  });
  const picture = await documents.drawPng({ svg, widthPx: 360 });
  return {
    pdf: async () =>
      await documents.makePdf(
        credentialPdf({ document, jwt, badge: { png: picture, colour: track.badge.colour } }),
        { ...signer, name: "Association", reason: "Issued as a credential" },
      ),
    png: async () => bakePng(await documents.drawPng({ svg, widthPx: 512 }), jwt),
  };
}
