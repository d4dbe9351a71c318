import { z } from "zod";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import type { DeploymentStore } from "./deployment-store.js";
import { checkRivals } from "./check-rivals.js";
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

/** Adds the registration; one that the organisation had is given the new addresses. */
async function keep(needs: Needs, platform: Platform): Promise<Platform> {
  await checkRivals(needs, platform);
  if ((await needs.platforms.addOnce(platform)) === "added") return platform;
  const updated = await needs.platforms.update(platform);
  if (updated === undefined) throw new ToolError("platform-already-registered");
  return updated;
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
  const platform = await keep(needs, {
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
    createdAt: needs.now(),
  });
  if (deploymentId !== undefined) {
    await needs.deployments.ensure({
      ...{ platformId: platform.id, deploymentId, organisationId, status: "approved" },
      at: needs.now(),
    });
  }
  return platform;
}
