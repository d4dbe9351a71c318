import type { Deployment } from "../src/platforms/platform.js";
import type { Services } from "../src/services.js";
import { CommandError } from "./command.js";
import { noteCommand } from "./note-command.js";
import { findOrganisation, textOf, type Values } from "./organisation-option.js";

type Admission = "deployment-approved" | "deployment-closed" | "deployment-reopened";

/** Makes a decision about one deployment and writes it into its organisation's audit trail. */
async function decideAbout(
  services: Services,
  action: Admission,
  make: () => Promise<Deployment | undefined>,
): Promise<Deployment | undefined> {
  return await services.inOneWrite(async () => {
    const decided = await make();
    if (decided !== undefined) {
      const { organisationId, platformId: id, id: deployment, status } = decided;
      await noteCommand(services, {
        ...{ organisationId, action, subject: { kind: "platform", id } },
        after: { deployment, status },
      });
    }
    return decided;
  });
}

/** The same, in whichever organisation has it. @throws CommandError where none has */
async function decideWherever(
  services: Services,
  action: Admission,
  make: (organisationId: string) => Promise<Deployment | undefined>,
): Promise<Deployment> {
  for (const { id } of await services.organisations.listAll()) {
    const decided = await decideAbout(services, action, async () => await make(id));
    if (decided !== undefined) return decided;
  }
  throw new CommandError("There is no such deployment; see: list");
}

/** Lets a waiting deployment in, for its own organisation or for another. */
export async function approve(services: Services, values: Values): Promise<string> {
  const id = textOf(values, "id");
  if (textOf(values, "organisation") === "") {
    const approved = await decideWherever(
      services,
      "deployment-approved",
      async (organisationId) => await services.deployments.approve(organisationId, id),
    );
    return `Approved deployment ${approved.deploymentId}.`;
  }
  const owner = await findOrganisation(services, values, true);
  const approved = await decideAbout(
    services,
    "deployment-approved",
    async () => await services.deployments.approveFor(id, owner.id),
  );
  if (approved === undefined) throw new CommandError("No such deployment waits; see: list");
  return `Approved deployment ${approved.deploymentId} for ${owner.name}.`;
}

/** Lets nobody in from a deployment any more. */
export async function close(services: Services, values: Values): Promise<string> {
  const { deploymentId } = await decideWherever(
    services,
    "deployment-closed",
    async (organisationId) => await services.closeDeployment(organisationId, textOf(values, "id")),
  );
  return `Closed deployment ${deploymentId}. What people earned there stays.`;
}

/** Lets people in from a closed deployment again. */
export async function reopen(services: Services, values: Values): Promise<string> {
  const { deploymentId } = await decideWherever(
    services,
    "deployment-reopened",
    async (organisationId) =>
      await services.deployments.reopen(organisationId, textOf(values, "id")),
  );
  return `Opened deployment ${deploymentId} again.`;
}

/** Lets people in from a new LMS whose addresses stand on several hosts. */
export async function approveHosts(services: Services, values: Values): Promise<string> {
  const platform = await services.platforms.findById(textOf(values, "id"));
  const { hostsToApprove: hosts } = platform ?? {};
  if (platform === undefined || hosts === undefined) {
    throw new CommandError("No such LMS waits; see: list");
  }
  const { organisationId, id, name } = platform;
  await services.inOneWrite(async () => {
    const approved = await services.platforms.approveHosts(organisationId, id, hosts);
    if (approved === undefined) throw new CommandError("It has other hosts by now; see: list");
    await noteCommand(services, {
      ...{ organisationId, action: "platform-hosts-approved", subject: { kind: "platform", id } },
      after: { hosts: hosts.join(", ") },
    });
  });
  return `Approved the hosts of ${name}: ${hosts.join(", ")}.`;
}
