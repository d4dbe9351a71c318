import { type RequestHandler, type Request, type Response, Router } from "express";
import { ToolError } from "../errors.js";
import { plainDate } from "../progress/plain-words.js";
import { isId } from "../stored-record.js";
import { type BadgeNeeds, readBadge } from "../tracks/read-badge.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { initialsStatementOf, issuerOf, kindOf, type TrackVersion } from "../tracks/track.js";
import { showPage } from "../web/page.js";
import { achievementOf, credentialContexts } from "./achievement.js";
import { type CredentialFormNeeds, credentialFormRoutes } from "./credential-form.routes.js";
import type { DocumentCertificateStore } from "../issuers/document-certificate-store.js";
import { pemOf } from "../issuers/document-signer.js";
import { brandStylesheet } from "../issuers/brand-colours.js";
import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import { issuerDidDocument, issuerKeySet, issuerProfile, logoPathOf } from "../issuers/issuer.js";
import { type IssuerNeeds, readIssuer } from "../issuers/read-issuer.js";
import { pictureDocument } from "../pictures/picture.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export type PublicDocumentNeeds = CredentialFormNeeds &
  BadgeNeeds &
  IssuerNeeds & {
    addresses: PublicAddresses;
    issuerKeys: Pick<IssuerKeyStore, "list">;
    documentCertificates: Pick<DocumentCertificateStore, "find">;
    trackVersions: Pick<TrackVersionStore, "findPublic">;
  };

/** For documents that any site's scripts may read: there is nothing personal to a browser in them. */
const allowAnyOrigin: RequestHandler = (_request, response, next) => {
  response.set("access-control-allow-origin", "*");
  next();
};

/** Whether to show a page rather than the data behind it: link previews ask for anything at all. */
export function wantsPage(request: Request, response: Response): boolean {
  response.vary("accept");
  return request.accepts(["html", "json", "application/ld+json"]) === "html";
}

const cacheFor = (response: Response, seconds: number): Response =>
  response.set("cache-control", `public, max-age=${seconds}`);

/** What is issued and what it is issued for: public, and read by every verifier. */
export function publicDocumentRoutes(needs: PublicDocumentNeeds): Router {
  const { addresses } = needs;

  async function getIssuer(id: string | undefined) {
    const found = id === undefined ? undefined : await readIssuer(needs, id);
    if (found === undefined) throw new ToolError("not-found");
    return found;
  }

  async function getEdition(parameters: {
    trackId?: string;
    version?: string;
  }): Promise<TrackVersion> {
    const { trackId = "", version = "" } = parameters;
    const isWellFormed = isId(trackId) && /^[1-9]\d{0,8}$/.test(version);
    const found = isWellFormed
      ? await needs.trackVersions.findPublic({ trackId, version: Number(version) })
      : undefined;
    if (found === undefined) throw new ToolError("not-found");
    return found;
  }

  const router = Router();
  router.use(["/issuers", "/achievements", "/credentials"], allowAnyOrigin);
  router.use(credentialFormRoutes(needs));

  router.get("/issuers/:issuerId", async (request, response) => {
    const issuer = await getIssuer(request.params.issuerId);
    const profile = issuerProfile(addresses, issuer);
    cacheFor(response, HOUR_SECONDS);
    if (!wantsPage(request, response)) {
      response.json({ "@context": credentialContexts, ...profile });
      return;
    }
    const path = `/issuers/${issuer.id}`;
    const certificate = await needs.documentCertificates.find(issuer.id);
    showPage(response, "credentials/issuer", {
      frame: { title: issuer.name },
      page: {
        ...{ did: profile.id, didUrl: `${path}/did.json`, keysUrl: `${path}/jwks.json` },
        certificateUrl: certificate && `${path}/documents.pem`,
        ...{ website: issuer.url, email: issuer.email, logoPath: logoPathOf(profile) },
      },
    });
  });

  // A picture never changes, and a credential of twenty years ago may name it.
  router.get("/issuers/:issuerId/pictures/:pictureFile", async (request, response) => {
    const { organisationId } = await getIssuer(request.params.issuerId);
    const [id = "", ...rest] = request.params.pictureFile.split(".");
    const isWellFormed = isId(id) && rest.join(".") === "svg";
    const picture = isWellFormed ? await needs.pictures.find(organisationId, id) : undefined;
    if (picture === undefined) throw new ToolError("not-found");
    cacheFor(response, DAY_SECONDS).type("image/svg+xml").send(pictureDocument(picture));
  });

  router.get("/issuers/:issuerId/did.json", async (request, response) => {
    const { id } = await getIssuer(request.params.issuerId);
    const document = issuerDidDocument(addresses, id, await needs.issuerKeys.list(id));
    // Short, so that a new key is known soon after it begins to sign.
    cacheFor(response, 300).type("application/did+ld+json").send(JSON.stringify(document));
  });

  router.get("/issuers/:issuerId/jwks.json", async (request, response) => {
    const { id } = await getIssuer(request.params.issuerId);
    const keys = await needs.issuerKeys.list(id);
    cacheFor(response, 300).json(issuerKeySet(addresses.issuerDid(id), keys));
  });

  // For comparison with the certificate in a PDF, which its issuer signed itself.
  router.get("/issuers/:issuerId/documents.pem", async (request, response) => {
    const { issuerId } = request.params;
    const kept = isId(issuerId) ? await needs.documentCertificates.find(issuerId) : undefined;
    if (kept === undefined) throw new ToolError("not-found");
    cacheFor(response, HOUR_SECONDS).type("application/x-pem-file").send(pemOf(kept));
  });

  router.get("/achievements/:trackId/:version", async (request, response) => {
    const track = await getEdition(request.params);
    const organisation = await getIssuer(track.organisationId);
    const achievement = achievementOf(addresses, track, organisation);
    const issuer = issuerOf(track, organisation);
    cacheFor(response, HOUR_SECONDS);
    if (!wantsPage(request, response)) {
      response.json({ "@context": credentialContexts, ...achievement });
      return;
    }
    showPage(response, "credentials/achievement", {
      frame: {
        title: track.name,
        ...(brandStylesheet(issuer) === undefined
          ? {}
          : { stylesheet: `/achievements/${track.trackId}/${track.version}/colours.css` }),
      },
      page: {
        track,
        publishedOn: plainDate(track.publishedAt),
        issuer: {
          ...{ name: issuer.name, path: `/issuers/${issuer.id}` },
          logoPath: logoPathOf(achievement.creator),
        },
        badgePath: `/achievements/${track.trackId}/${track.version}/badge.svg`,
        badgeText: achievement.image.caption,
        ...{ kind: kindOf(track), initials: initialsStatementOf(track) },
      },
    });
  });

  router.get("/achievements/:trackId/:version/colours.css", async (request, response) => {
    const { issuer = {} } = await getEdition(request.params);
    cacheFor(response, DAY_SECONDS)
      .type("css")
      .send(brandStylesheet(issuer) ?? "");
  });

  router.get("/achievements/:trackId/:version/badge.svg", async (request, response) => {
    const badge = await readBadge(needs, await getEdition(request.params));
    cacheFor(response, DAY_SECONDS).type("image/svg+xml").send(badge);
  });

  return router;
}
