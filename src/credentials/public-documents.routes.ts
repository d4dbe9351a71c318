import { type RequestHandler, type Request, type Response, Router } from "express";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { Organisation } from "../organisations/organisation.js";
import { ToolError } from "../errors.js";
import { plainDate } from "../progress/plain-words.js";
import { isId } from "../stored-record.js";
import { type BadgeNeeds, readBadge } from "../tracks/read-badge.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { initialsStatementOf, kindOf, type TrackVersion } from "../tracks/track.js";
import { showPage } from "../web/page.js";
import { achievementOf, credentialContexts } from "./achievement.js";
import { type CredentialFormNeeds, credentialFormRoutes } from "./credential-form.routes.js";
import type { DocumentCertificateStore } from "../issuers/document-certificate-store.js";
import { pemOf } from "../issuers/document-signer.js";
import type { IssuerKeyStore } from "../issuers/issuer-key-store.js";
import { issuerDidDocument, issuerKeySet, issuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export type PublicDocumentNeeds = CredentialFormNeeds &
  BadgeNeeds & {
    addresses: PublicAddresses;
    organisations: Pick<OrganisationStore, "findById">;
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

  async function getOrganisation(id: string | undefined): Promise<Organisation> {
    const found = id !== undefined && isId(id) ? await needs.organisations.findById(id) : undefined;
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

  router.get("/issuers/:organisationId", async (request, response) => {
    const organisation = await getOrganisation(request.params.organisationId);
    const profile = issuerProfile(addresses, organisation);
    cacheFor(response, HOUR_SECONDS);
    if (!wantsPage(request, response)) {
      response.json({ "@context": credentialContexts, ...profile });
      return;
    }
    showPage(response, "credentials/issuer", {
      frame: { title: organisation.name },
      page: {
        did: profile.id,
        didUrl: `${new URL(profile.url).pathname}/did.json`,
        keysUrl: `${new URL(profile.url).pathname}/jwks.json`,
        certificateUrl:
          (await needs.documentCertificates.find(organisation.id)) &&
          `${new URL(profile.url).pathname}/documents.pem`,
      },
    });
  });

  router.get("/issuers/:organisationId/did.json", async (request, response) => {
    const { id } = await getOrganisation(request.params.organisationId);
    const document = issuerDidDocument(addresses, id, await needs.issuerKeys.list(id));
    // Short, so that a new key is known soon after it begins to sign.
    cacheFor(response, 300).type("application/did+ld+json").send(JSON.stringify(document));
  });

  router.get("/issuers/:organisationId/jwks.json", async (request, response) => {
    const { id } = await getOrganisation(request.params.organisationId);
    const keys = await needs.issuerKeys.list(id);
    cacheFor(response, 300).json(issuerKeySet(addresses.issuerDid(id), keys));
  });

  // For comparison with the certificate in a PDF, which its issuer signed itself.
  router.get("/issuers/:organisationId/documents.pem", async (request, response) => {
    const { organisationId } = request.params;
    const isKnown = isId(organisationId);
    const kept = isKnown ? await needs.documentCertificates.find(organisationId) : undefined;
    if (kept === undefined) throw new ToolError("not-found");
    cacheFor(response, HOUR_SECONDS).type("application/x-pem-file").send(pemOf(kept));
  });

  router.get("/achievements/:trackId/:version", async (request, response) => {
    const track = await getEdition(request.params);
    const organisation = await getOrganisation(track.organisationId);
    const achievement = achievementOf(addresses, track, organisation);
    cacheFor(response, HOUR_SECONDS);
    if (!wantsPage(request, response)) {
      response.json({ "@context": credentialContexts, ...achievement });
      return;
    }
    showPage(response, "credentials/achievement", {
      frame: { title: track.name },
      page: {
        track,
        publishedOn: plainDate(track.publishedAt),
        issuer: { name: organisation.name, path: `/issuers/${organisation.id}` },
        badgePath: `/achievements/${track.trackId}/${track.version}/badge.svg`,
        badgeText: achievement.image.caption,
        ...{ kind: kindOf(track), initials: initialsStatementOf(track) },
      },
    });
  });

  router.get("/achievements/:trackId/:version/badge.svg", async (request, response) => {
    const badge = await readBadge(needs, await getEdition(request.params));
    cacheFor(response, DAY_SECONDS).type("image/svg+xml").send(badge);
  });

  return router;
}
