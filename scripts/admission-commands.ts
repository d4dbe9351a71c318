import type { Deployment } from "../src/platforms/platform.js";
import type { Parts } from "../src/parts/parts.js";
import { CommandError } from "./command.js";
import { noteCommand } from "./note-command.js";
import { findOrganisation, textOf, type Values } from "./organisation-option.js";

type Admission = "deployment-approved" | "deployment-closed" | "deployment-reopened";

/** Makes a decision about one deployment and writes it into its organisation's audit trail. */
async function decideAbout(
  parts: Parts,
  action: Admission,
  make: () => Promise<Deployment | undefined>,
): Promise<Deployment | undefined> {
  return await parts.inOneWrite(async () => {
    const decided = await make();
    if (decided !== undefined) {
      const { organisationId, platformId: id, id: deployment, status } = decided;
      await noteCommand(parts, {
        ...{ organisationId, action, subject: { kind: "platform", id } },
        after: { deployment, status },
      });
    }
    return decided;
  });
}

/** The same, in whichever organisation has it. @throws CommandError where none has */
async function decideWherever(
  parts: Parts,
  action: Admission,
  make: (organisationId: string) => Promise<Deployment | undefined>,
): Promise<Deployment> {
  for (const { id } of await parts.organisations.listAll()) {
    const decided = await decideAbout(parts, action, async () => await make(id));
    if (decided !== undefined) return decided;
  }
  throw new CommandError("There is no such deployment; see: list");
}

/** Lets a waiting deployment in, for its own organisation or for another. */
export async function approve(parts: Parts, values: Values): Promise<string> {
  const id = textOf(values, "id");
  if (textOf(values, "organisation") === "") {
    const approved = await decideWherever(
      parts,
      "deployment-approved",
      async (organisationId) => await parts.deployments.approve(organisationId, id),
    );
    return `Approved deployment ${approved.deploymentId}.`;
  }
  const owner = await findOrganisation(parts, values, true);
  const approved = await decideAbout(
    parts,
    "deployment-approved",
    async () => await parts.deployments.approveFor(id, owner.id),
  );
  if (approved === undefined) throw new CommandError("No such deployment waits; see: list");
  return `Approved deployment ${approved.deploymentId} for ${owner.name}.`;
}

/** Lets nobody in from a deployment any more. */
export async function close(parts: Parts, values: Values): Promise<string> {
  const { deploymentId } = await decideWherever(
    parts,
    "deployment-closed",
    async (organisationId) => await parts.closeDeployment(organisationId, textOf(values, "id")),
  );
  return `Closed deployment ${deploymentId}. What people earned there stays.`;
}

/** Lets people in from a closed deployment again. */
export async function reopen(parts: Parts, values: Values): Promise<string> {
  const { deploymentId } = await decideWherever(
    parts,
    "deployment-reopened",
    async (organisationId) => await parts.deployments.reopen(organisationId, textOf(values, "id")),
  );
  return `Opened deployment ${deploymentId} again.`;
}

/** Lets people in from a new LMS whose addresses stand on several hosts. */
export async function approveHosts(parts: Parts, values: Values): Promise<string> {
  const platform = await parts.platforms.findById(textOf(values, "id"));
  const { hostsToApprove: hosts } = platform ?? {};
  if (platform === undefined || hosts === undefined) {
    throw new CommandError("No such LMS waits; see: list");
  }
  const { organisationId, id, name } = platform;
  await parts.inOneWrite(async () => {
    const approved = await parts.platforms.approveHosts(organisationId, id, hosts);
    if (approved === undefined) throw new CommandError("It has other hosts by now; see: list");
    await noteCommand(parts, {
      ...{ organisationId, action: "platform-hosts-approved", subject: { kind: "platform", id } },
      after: { hosts: hosts.join(", ") },
    });
  });
  return `Approved the hosts of ${name}: ${hosts.join(", ")}.`;
}
