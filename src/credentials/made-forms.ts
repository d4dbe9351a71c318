import { createHash } from "node:crypto";
import type { DocumentSigner, PrintedDocument } from "../documents/printed-document.js";
import { type DocumentSignerNeeds, getDocumentSigner } from "../issuers/get-document-signer.js";
import { contrastOf, TEXT_CONTRAST } from "../pictures/contrast.js";
import { pictureDocument } from "../pictures/picture.js";
import { type BadgeNeeds, readBadge } from "../tracks/read-badge.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { bakePng } from "./baked-png.js";
import { bakeSvg } from "./baked-svg.js";
import type { CredentialFileStore } from "./credential-file-store.js";
import type { CredentialForm } from "./credential-form.js";
import { credentialPdf, type PrintedPicture } from "./credential-pdf.js";
import { nameIn } from "./open-badge.js";
import { drawPreview } from "./preview-svg.js";
import { type Credential, credentialDocument } from "./credential.js";

export type MadeFormNeeds = DocumentSignerNeeds &
  BadgeNeeds & {
    trackVersions: Pick<TrackVersionStore, "findPublic">;
    credentialFiles: Pick<CredentialFileStore, "find" | "put">;
    documents: {
      makePdf: (content: PrintedDocument, signer?: DocumentSigner) => Promise<Buffer>;
      drawPng: (about: { svg: string; widthPx: number }) => Promise<Buffer>;
    };
  };

/** Raised when what is made from the same credential changes, so that it is made anew. */
const MAKING = 2;

const BADGE_PX = 512;
const PRINTED_BADGE_PX = 360;
const PRINTED_PICTURE_PX = 800;
const PREVIEW_PX = 1200;

/** Says what a file was made from: the same credential, made the same way, is the same file. */
const editionOf = ({ forms }: Pick<Credential, "forms">): string =>
  createHash("sha256").update(`${MAKING}:${forms.dataIntegrity}`).digest("base64url");

async function badgeOf(needs: MadeFormNeeds, credential: Credential) {
  const { trackId, trackVersion: version } = credential;
  const track = await needs.trackVersions.findPublic({ trackId, version });
  if (track === undefined) throw new Error("The edition of a credential's track is not there");
  const colour = track.issuer?.colour ?? track.badge.colour;
  const isLegible = contrastOf(colour, "#ffffff") >= TEXT_CONTRAST;
  return { svg: await readBadge(needs, track), colour: isLegible ? colour : "#1c1c1e", track };
}

/** A picture of the issuer's for a document; undefined where there is none. */
async function printPicture(
  needs: MadeFormNeeds,
  organisationId: string,
  id: string | undefined,
): Promise<PrintedPicture | undefined> {
  const picture = id === undefined ? undefined : await needs.pictures.find(organisationId, id);
  if (picture === undefined) return undefined;
  const about = { svg: pictureDocument(picture), widthPx: PRINTED_PICTURE_PX };
  const ratio = picture.heightPx / picture.widthPx;
  return { png: await needs.documents.drawPng(about), ratio };
}

async function makePdf(needs: MadeFormNeeds, credential: Credential): Promise<Buffer> {
  const { svg, colour, track } = await badgeOf(needs, credential);
  const document = credentialDocument(credential);
  const png = await needs.documents.drawPng({ svg, widthPx: PRINTED_BADGE_PX });
  const issuer = { id: credential.issuerId, name: document.issuer.name };
  return await needs.documents.makePdf(
    credentialPdf({
      ...{ document, jwt: credential.forms.jwtRs256, badge: { png, colour } },
      ground: track.issuer?.groundColour,
      logo: await printPicture(needs, credential.organisationId, track.issuer?.logoId),
      signature: await printPicture(needs, credential.organisationId, track.issuer?.signatureId),
      signatory: track.issuer?.signatory,
      website: track.issuer?.url,
    }),
    await getDocumentSigner(needs, issuer, "Issued as a credential"),
  );
}

/**
 * The forms that are made when somebody first asks for them, in the document thread, and kept.
 * Of several who ask at once, in this process, all get the one that is being made.
 */
export function createMadeForms(needs: MadeFormNeeds) {
  const inTheMaking = new Map<string, Promise<Buffer>>();

  const kept =
    (suffix: string, make: (credential: Credential) => Promise<Buffer>) =>
    async (credential: Credential): Promise<Buffer> => {
      const edition = editionOf(credential);
      const about = { credentialId: credential.id, suffix, edition };
      const key = `${credential.id}.${suffix}.${edition}`;
      const makeAndKeep = async (): Promise<Buffer> => {
        const before = await needs.credentialFiles.find(about);
        if (before !== undefined) return before;
        const bytes = await make(credential);
        await needs.credentialFiles.put({ ...about, bytes, madeAt: needs.now() });
        return bytes;
      };
      let making = inTheMaking.get(key);
      if (making === undefined) {
        making = makeAndKeep().finally(() => inTheMaking.delete(key));
        inTheMaking.set(key, making);
      }
      return await making;
    };

  const forms: CredentialForm[] = [
    {
      suffix: "pdf",
      mediaTypes: ["application/pdf"],
      make: kept("pdf", async (credential) => await makePdf(needs, credential)),
    },
    {
      suffix: "png",
      mediaTypes: ["image/png"],
      make: kept("png", async (credential) => {
        const { svg } = await badgeOf(needs, credential);
        const png = await needs.documents.drawPng({ svg, widthPx: BADGE_PX });
        return bakePng(png, credential.forms.jwtRs256);
      }),
    },
    {
      suffix: "svg",
      mediaTypes: ["image/svg+xml"],
      make: async (credential) =>
        bakeSvg((await badgeOf(needs, credential)).svg, credential.forms.jwtRs256),
    },
  ];

  return {
    forms,
    /** A picture of the credential for link previews, 1200 by 630 pixels. */
    drawPreview: kept("preview.png", async (credential) => {
      const { svg: badgeSvg, colour: line, track } = await badgeOf(needs, credential);
      const document = credentialDocument(credential);
      const { name, issuer } = document;
      const ground = track.issuer?.groundColour;
      const about = {
        ...{ name, issuerName: issuer.name, holderName: nameIn(document) },
        colours: ground === undefined ? undefined : { line, ground },
      };
      return await needs.documents.drawPng({
        svg: drawPreview({ badgeSvg, ...about }),
        widthPx: PREVIEW_PX,
      });
    }),
  };
}
