import { parseArgs, type ParseArgsConfig } from "node:util";
import { makeCode } from "../src/people/make-code.js";
import { ToolError } from "../src/errors.js";
import { PlatformForm } from "../src/platforms/platform-form.js";
import { registerPlatform } from "../src/platforms/register-platform.js";
import { toolAddresses } from "../src/platforms/tool-registration.js";
import type { Parts } from "../src/parts/parts.js";
import { CommandError } from "./command.js";
import { noteCommand } from "./note-command.js";
import { approve, approveHosts, close, reopen } from "./admission-commands.js";
import { importLtijs } from "./import-ltijs.js";
import { findOrganisation, textOf, type Values } from "./organisation-option.js";

export const USAGE = `npm run platform -- <command>

  add --name … --issuer … --client-id … --authorization-url … --token-url … --jwks-url …
      [--deployment …] [--any-deployment] [--token-audience …] [--organisation …]
                       registers an LMS; without --deployment the first that launches is taken
  list                 every registered LMS, its deployments, and those waiting for approval
  approve --id <deployment> [--organisation …]  lets launches from a waiting deployment in,
                                       for its own organisation or for another
  close --id <deployment>  refuses launches from it from now on
  reopen --id <deployment>  lets launches from a closed one in again
  approve-hosts --id <platform>  lets launches from a new LMS in whose addresses stand on several hosts
  remove --id <platform>               refuses launches from it from now on
  administrator-code [--organisation …]  a one-time code that makes an administrator
  invite [--organisation …]              a one-time address for Dynamic Registration
  import-ltijs [--apply] [--organisation …]  brings over the platforms and keys of the ltijs
                       database at LTIJS_MONGODB_URI, sealed with LTIJS_ENCRYPTION_KEY;
                       without --apply it only says what it would do
  rename-organisation --to … [--organisation …]  the issuer's name on credentials from now on`;

const text = { type: "string" } as const;
const organisation = { organisation: text };

const optionsOf: Record<string, NonNullable<ParseArgsConfig["options"]>> = {
  add: {
    ...organisation,
    ...{ name: text, issuer: text, "client-id": text, "authorization-url": text },
    ...{ "token-url": text, "jwks-url": text, deployment: text, "token-audience": text },
    "any-deployment": { type: "boolean" },
  },
  list: {},
  approve: { ...organisation, id: text },
  close: { id: text },
  reopen: { id: text },
  "approve-hosts": { id: text },
  remove: { id: text },
  "administrator-code": organisation,
  invite: organisation,
  "import-ltijs": { ...organisation, apply: { type: "boolean" } },
  "rename-organisation": { ...organisation, to: text },
};

/** Which option fills which field of the form. */
const optionOfField: Record<string, string> = {
  name: "name",
  issuer: "issuer",
  clientId: "client-id",
  authorizationUrl: "authorization-url",
  tokenUrl: "token-url",
  jwksUrl: "jwks-url",
  tokenAudience: "token-audience",
  deploymentId: "deployment",
};

async function add(parts: Parts, values: Values): Promise<string> {
  const given = Object.fromEntries(
    Object.entries(optionOfField).map(([field, option]) => [field, textOf(values, option)]),
  );
  const form = PlatformForm.safeParse(given);
  if (!form.success) {
    const told = new Map<string, string>();
    for (const { path, message } of form.error.issues) {
      const option = optionOfField[String(path[0])] ?? "";
      if (!told.has(option)) told.set(option, message);
    }
    const faults = [...told].map(([option, message]) => `  --${option}: ${message}`);
    throw new CommandError(`Nothing was registered:\n${faults.join("\n")}`);
  }
  const owner = await findOrganisation(parts, values, true);
  const platform = await parts
    .inOneWrite(async () => {
      const made = await registerPlatform(parts, owner.id, {
        ...form.data,
        acceptsAnyDeployment: values["any-deployment"] === true,
      });
      await noteCommand(parts, {
        ...{ organisationId: owner.id, action: "platform-added" },
        subject: { kind: "platform", id: made.id },
      });
      return made;
    })
    .catch((error: unknown) => {
      if (!(error instanceof ToolError) || error.code !== "platform-already-registered")
        throw error;
      throw new CommandError("This issuer and client ID are registered already; see: list");
    });
  const { loginUrl, launchUrl, jwksUrl } = toolAddresses(parts.settings.publicUrl);
  return [
    `Registered ${platform.name} (${platform.id}) for ${owner.name}.`,
    `"${owner.name}" stands on every credential; to change it: rename-organisation --to "…"`,
    "Your LMS needs:",
    `  login initiation  ${loginUrl}`,
    `  launch, redirect  ${launchUrl}`,
    `  public keys       ${jwksUrl}`,
  ].join("\n");
}

async function list(parts: Parts): Promise<string> {
  const platforms = await parts.platforms.listAll();
  if (platforms.length === 0) return "No LMS is registered.";
  const organisations = await parts.organisations.listAll();
  const lines = platforms.map(async (platform) => {
    const deployments = await parts.deployments.listOfPlatform(platform.id);
    const nameOf = (organisationId: string): string =>
      organisations.find(({ id }) => id === organisationId)?.name ?? "?";
    return [
      `${platform.id}  ${platform.name}  (${nameOf(platform.organisationId)})`,
      `  issuer ${platform.issuer}  client ID ${platform.clientId}`,
      ...(platform.hostsToApprove === undefined
        ? []
        : [`  waits for approval of its hosts: ${platform.hostsToApprove.join(", ")}`]),
      ...deployments.map(
        ({ id, deploymentId, status, organisationId }) =>
          `  deployment ${deploymentId}  ${status}  ${id}  (${nameOf(organisationId)})`,
      ),
    ].join("\n");
  });
  return (await Promise.all(lines)).join("\n");
}

async function remove(parts: Parts, values: Values): Promise<string> {
  const platform = await parts.platforms.findById(textOf(values, "id"));
  if (platform === undefined) throw new CommandError("There is no such LMS; see: list");
  await parts.inOneWrite(async () => {
    await parts.removePlatform(platform.organisationId, platform.id);
    await noteCommand(parts, {
      ...{ organisationId: platform.organisationId, action: "platform-removed" },
      subject: { kind: "platform", id: platform.id },
    });
  });
  return `Removed ${platform.name}. What people earned through it stays.`;
}

async function administratorCode(parts: Parts, values: Values): Promise<string> {
  const { id, name } = await findOrganisation(parts, values, false);
  const { code, expiresAt } = await makeCode(parts, {
    purpose: "administrator",
    organisationId: id,
  });
  await noteCommand(parts, {
    ...{ organisationId: id, action: "administrator-code-made" },
    subject: { kind: "organisation", id },
  });
  return [
    `One-time administrator code for ${name}, until ${expiresAt.toISOString()}:`,
    `  ${code}`,
    "Open Rosette from the LMS as an administrator there and enter it.",
  ].join("\n");
}

async function invite(parts: Parts, values: Values): Promise<string> {
  const { id, name } = await findOrganisation(parts, values, false);
  const link = await parts.makeInvitationLink(id);
  await noteCommand(parts, {
    ...{ organisationId: id, action: "platform-invited", subject: { kind: "organisation", id } },
  });
  return `Give this address to the LMS of ${name}. It works once, for a day:\n  ${link}`;
}

async function bringFromLtijs(parts: Parts, values: Values): Promise<string> {
  const isApplied = values["apply"] === true;
  const { id } = await findOrganisation(parts, values, isApplied);
  const said = await importLtijs(parts, {
    ...{ organisationId: id, isApplied },
    // Not on the command line, where every process of this machine could read them.
    uri: process.env["LTIJS_MONGODB_URI"] ?? "",
    encryptionKey: process.env["LTIJS_ENCRYPTION_KEY"] ?? "",
  });
  if (isApplied)
    await noteCommand(parts, {
      ...{ organisationId: id, action: "platforms-brought-over" },
      subject: { kind: "organisation", id },
    });
  return said;
}

async function renameOrganisation(parts: Parts, values: Values): Promise<string> {
  const wanted = textOf(values, "to").trim();
  if (wanted === "") throw new CommandError("Say the new name, with --to");
  const { id, name } = await findOrganisation(parts, values, false);
  if ((await parts.organisations.rename(id, wanted)) === "taken") {
    throw new CommandError(`There is another organisation called "${wanted}".`);
  }
  await noteCommand(parts, {
    ...{ organisationId: id, action: "organisation-renamed", after: { name: wanted } },
    subject: { kind: "organisation", id },
  });
  return `${name} is now called ${wanted}. Credentials issued so far keep the old name.`;
}

const commands: Record<string, (parts: Parts, values: Values) => Promise<string>> = {
  add,
  list,
  approve,
  close,
  reopen,
  "approve-hosts": approveHosts,
  remove,
  "administrator-code": administratorCode,
  invite,
  "import-ltijs": bringFromLtijs,
  "rename-organisation": renameOrganisation,
};

/** Reads a command line, before anything is opened. @throws CommandError with the usage */
export function readCommand(args: readonly string[]): {
  run: (parts: Parts) => Promise<string>;
} {
  const [name = "", ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new CommandError(USAGE);
  try {
    const { values } = parseArgs({ args: rest, options: optionsOf[name] ?? {}, strict: true });
    return { run: async (parts) => await command(parts, values as Values) };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : ""}\n\n${USAGE}`);
  }
}
