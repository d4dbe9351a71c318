import { z } from "zod";
import type { InOneWrite } from "../database.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import type { DeploymentStore } from "./deployment-store.js";
import { checkRivals } from "./check-rivals.js";
import { hostsOfPlatform } from "./hosts-to-approve.js";
import { faultOf, parseLmsJson } from "./lms-answer.js";
import type { LmsHttp } from "./lms-http-client.js";
import { type PlatformOffer, readOpenidConfiguration } from "./openid-configuration.js";
import type { Platform } from "./platform.js";
import type { PlatformStore } from "./platform-store.js";
import { describeTool } from "./tool-registration.js";

/** What an LMS answers to our registration (Dynamic Registration 1.0 §3.5). */
const RegistrationAnswer = z.object({
  client_id: z.string().min(1).max(255),
  "https://purl.imsglobal.org/spec/lti-tool-configuration": z
    .object({ deployment_id: z.string().min(1).max(255).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

type Needs = {
  http: LmsHttp;
  platforms: Pick<PlatformStore, "addOnce" | "listRivals" | "update">;
  deployments: Pick<DeploymentStore, "ensure">;
  inOneWrite: InOneWrite;
  publicUrl: string;
  now: () => Date;
};

export type RegistrationRequest = {
  organisationId: string;
  openidConfigurationUrl: string;
  /** What the LMS lets us register with, once. */
  registrationToken: string | undefined;
  /** The hosts that a person has seen and agreed to. */
  agreedHosts: readonly string[];
  /** Whether an administrator has to approve hosts that do not plainly belong together. */
  needsApproval: boolean;
};

/**
 * Reads how an LMS describes itself, before anybody agrees to it.
 * @throws ToolError registration-refused when it is no description; platform-… as `LmsHttp.send`
 */
export async function readOffer(
  needs: Pick<Needs, "http" | "now">,
  openidConfigurationUrl: string,
): Promise<PlatformOffer> {
  const answer = await needs.http.send({
    url: openidConfigurationUrl,
    method: "GET",
    headers: { accept: "application/json" },
  });
  const fault = faultOf(answer, needs.now());
  if (fault !== undefined) throw fault;
  const offer = readOpenidConfiguration(openidConfigurationUrl, parseLmsJson(answer.text));
  if (offer === undefined) {
    throw new ToolError("registration-refused", { detail: "no OpenID configuration" });
  }
  return offer;
}

async function sendRegistration(
  needs: Needs,
  offer: PlatformOffer,
  token: string | undefined,
): Promise<z.output<typeof RegistrationAnswer>> {
  const answer = await needs.http.send({
    url: offer.registrationUrl,
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(describeTool(needs.publicUrl, offer.family)),
  });
  const fault = faultOf(answer, needs.now());
  if (fault !== undefined) throw fault;
  const parsed = RegistrationAnswer.safeParse(parseLmsJson(answer.text));
  if (!parsed.success) {
    throw new ToolError("registration-refused", { detail: "no client_id in the answer" });
  }
  return parsed.data;
}

/**
 * Gives a registration that the organisation had its new addresses. Who may launch already goes on
 * doing so, and is led to no host that nobody has approved: moving an LMS is an administrator's to do.
 */
async function renew(needs: Needs, own: Platform, wanted: Platform): Promise<Platform> {
  const isApproved = own.hostsToApprove === undefined;
  const known = hostsOfPlatform(own);
  const isMoved = hostsOfPlatform(wanted).some((host) => !known.includes(host));
  if (isApproved && isMoved && wanted.hostsToApprove !== undefined) {
    throw new ToolError("platform-speaks-for-another", { detail: "other hosts" });
  }
  const renewed = isApproved ? { ...wanted, hostsToApprove: undefined } : wanted;
  const updated = await needs.platforms.update(renewed);
  if (updated === undefined) throw new ToolError("platform-already-registered");
  return updated;
}

/** Adds the registration, or renews it; to be done in one write. */
async function keep(needs: Needs, wanted: Platform, deploymentId: string | undefined) {
  const rivals = await checkRivals(needs, wanted);
  const own = rivals.find(
    ({ issuer, clientId }) => issuer === wanted.issuer && clientId === wanted.clientId,
  );
  if (own === undefined && (await needs.platforms.addOnce(wanted)) === "already-there") {
    throw new ToolError("platform-already-registered");
  }
  const platform = own === undefined ? wanted : await renew(needs, own, wanted);
  if (deploymentId !== undefined) {
    const { id: platformId, organisationId } = platform;
    const at = needs.now();
    await needs.deployments.ensure({
      ...{ platformId, deploymentId, organisationId, status: "approved", at },
    });
  }
  return platform;
}

/**
 * Registers Rosette at an LMS and the LMS here (1EdTech Dynamic Registration 1.0), once somebody
 * has agreed to the hosts that it names. Canvas names no deployment: the first that launches is
 * taken, and later ones are listed for approval.
 * @throws ToolError registration-refused, platform-already-registered, platform-speaks-for-another,
 * platform-…
 */
export async function acceptDynamicRegistration(
  needs: Needs,
  request: RegistrationRequest,
): Promise<Platform> {
  const { organisationId } = request;
  const offer = await readOffer(needs, request.openidConfigurationUrl);
  if (offer.hosts.join() !== request.agreedHosts.join()) {
    throw new ToolError("registration-refused", { detail: "the hosts are others by now" });
  }
  const answer = await sendRegistration(needs, offer, request.registrationToken);
  const configuration = answer["https://purl.imsglobal.org/spec/lti-tool-configuration"];
  const deploymentId = configuration?.deployment_id;
  const wanted: Platform = {
    id: newId(),
    organisationId,
    name: new URL(offer.authorizationUrl).hostname,
    issuer: offer.issuer,
    clientId: answer.client_id,
    authorizationUrl: offer.authorizationUrl,
    tokenUrl: offer.tokenUrl,
    tokenAudience: offer.tokenAudience,
    jwksUrl: offer.jwksUrl,
    family: offer.family,
    acceptsAnyDeployment: false,
    awaitsFirstDeployment: deploymentId === undefined,
    hostsToApprove: request.needsApproval && !offer.isOneHouse ? offer.hosts : undefined,
    createdAt: needs.now(),
  };
  return await needs.inOneWrite(async () => await keep(needs, wanted, deploymentId));
}
