import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { visitOf } from "../launch/visit.routes.js";
import type { DeploymentStore } from "../platforms/deployment-store.js";
import type { Deployment, Platform } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import { ToolError } from "../errors.js";
import { type FormValues, readForm } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { type FindsPlatform, platformIn } from "./platform-addresses.routes.js";
import {
  decisionPage,
  type Obstacle,
  type PlatformDecision,
  whyNotClose,
  whyNotRemove,
} from "./platform-decision.js";

export type RemovalActions = {
  removePlatform: (organisationId: string, platformId: string) => Promise<"removed" | "not-there">;
  closeDeployment: (organisationId: string, id: string) => Promise<Deployment | undefined>;
};

type Needs = RemovalActions &
  DecisionNeeds &
  FindsPlatform & {
    platforms: Pick<PlatformStore, "approveHosts">;
    deployments: Pick<DeploymentStore, "findOwn" | "listOfPlatform" | "reopen">;
  };

type DeploymentRequest = Request<{ deploymentId: string }>;

/** What a decision is about, and where its page goes on from. */
type Asked = {
  decision: PlatformDecision;
  what: string;
  obstacle: Obstacle | undefined;
  /** The page it is made on, and the one it began on. */
  here: string;
  back: string;
};

type Shown = Asked & { values?: FormValues; faults?: Record<string, string> };

const ReasonForm = z.object({
  reason: z
    .string()
    .trim()
    .min(1, "Write why, for whoever asks later")
    .max(1000, "That is longer than 1,000 characters"),
});
const HostsForm = z.object({ hosts: z.string().max(16_384) });

/** Letting a new LMS in, removing one, closing a deployment and opening it again. */
export function platformDecisionRoutes(needs: Needs): Router {
  const router = Router();

  const show = (
    request: Request<Record<string, string>>,
    response: Response,
    { values = {}, faults = {}, ...asked }: Shown,
  ): void => {
    const { title, page } = decisionPage(asked);
    const isFaulty = Object.keys(faults).length > 0;
    showAdminPage(request, response, {
      ...{ view: "platform-decision", title, area: "platforms" },
      page: {
        ...{ ...page, values, faults },
        action: adminPath(visitOf(response), asked.here),
        back: adminPath(visitOf(response), asked.back),
      },
      status: isFaulty ? 422 : asked.obstacle === undefined ? 200 : 409,
    });
  };

  /** The reason that was given; undefined when the page was shown once more instead. */
  const readReason = (
    request: Request<Record<string, string>>,
    response: Response,
    asked: Asked,
  ): string | undefined => {
    const form = readForm(request, ReasonForm);
    if (form.kind === "ok" && asked.obstacle === undefined) return form.value.reason;
    show(request, response, form.kind === "ok" ? asked : { ...asked, ...form });
    return undefined;
  };

  const removalOf = async (platform: Platform, response: Response): Promise<Asked> => {
    const deployments = await needs.deployments.listOfPlatform(platform.id);
    const obstacle = whyNotRemove(platform, deployments, visitOf(response).launch);
    const back = `/platforms/${platform.id}`;
    return { decision: "remove", what: platform.name, obstacle, here: `${back}/remove`, back };
  };

  router.get("/platforms/:platformId/remove", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    show(request, response, await removalOf(platform, response));
  });

  router.post("/platforms/:platformId/remove", async (request, response) => {
    const platform = await platformIn(needs, request, response);
    const reason = readReason(request, response, await removalOf(platform, response));
    if (reason === undefined) return;
    const { organisationId, id } = platform;
    await decide(needs, response, {
      make: async () => await needs.removePlatform(organisationId, id),
      note: (outcome) =>
        outcome === "removed"
          ? { action: "platform-removed", subject: { kind: "platform", id }, reason }
          : undefined,
    });
    goOn(response, "/platforms", "platform-removed");
  });

  // A deployment may stand at a registration that another organisation looks after.
  const deploymentIn = async (
    request: DeploymentRequest,
    response: Response,
  ): Promise<{ deployment: Deployment; back: string }> => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.deploymentId);
    const deployment = found(await needs.deployments.findOwn(organisationId, id));
    const platform = await needs.platforms.findOwn(organisationId, deployment.platformId);
    return {
      deployment,
      back: platform === undefined ? "/platforms" : `/platforms/${platform.id}`,
    };
  };

  const decisions = {
    close: { make: needs.closeDeployment, after: "closed", done: "deployment-closed" },
    reopen: { make: needs.deployments.reopen, after: "approved", done: "deployment-reopened" },
  } as const;

  for (const decision of ["close", "reopen"] as const) {
    const { make, after, done } = decisions[decision];
    const askedIn = async (request: DeploymentRequest, response: Response) => {
      const { deployment, back } = await deploymentIn(request, response);
      const { id, deploymentId: what } = deployment;
      const obstacle =
        decision === "close" ? whyNotClose(deployment, visitOf(response).launch) : undefined;
      const here = `/platforms/deployments/${id}/${decision}`;
      return { deployment, asked: { decision, what, obstacle, here, back } };
    };

    router.get(`/platforms/deployments/:deploymentId/${decision}`, async (request, response) => {
      show(request, response, (await askedIn(request, response)).asked);
    });

    router.post(`/platforms/deployments/:deploymentId/${decision}`, async (request, response) => {
      const { deployment, asked } = await askedIn(request, response);
      const reason = readReason(request, response, asked);
      if (reason === undefined) return;
      const { organisationId, id, platformId, status } = deployment;
      await decide(needs, response, {
        make: async () => await make(organisationId, id),
        note: (changed) =>
          changed && {
            ...{ action: done, subject: { kind: "platform", id: platformId }, reason },
            before: { deployment: id, status },
            after: { deployment: id, status: after },
          },
      });
      goOn(response, asked.back, done);
    });
  }

  router.post("/platforms/:platformId/approve-hosts", async (request, response) => {
    const { organisationId, id, hostsToApprove = [] } = await platformIn(needs, request, response);
    const form = readForm(request, HostsForm);
    if (form.kind === "faulty") throw new ToolError("request-malformed");
    const hosts = form.value.hosts.split(",");
    const approved = await decide(needs, response, {
      make: async () => await needs.platforms.approveHosts(organisationId, id, hosts),
      note: (made) =>
        made && {
          ...{ action: "platform-hosts-approved", subject: { kind: "platform", id } },
          after: { hosts: hosts.join(", ") },
        },
    });
    // Approved already is as good as approved now; other hosts than those that were seen are not.
    const isOvertaken = approved === undefined && hostsToApprove.length > 0;
    goOn(response, `/platforms/${id}`, isOvertaken ? "hosts-changed" : "hosts-approved");
  });

  return router;
}
