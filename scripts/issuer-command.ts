import { listIssuers } from "../src/issuers/read-issuer.js";
import type { Parts } from "../src/parts/parts.js";
import { noteCommand } from "./note-command.js";

export const ISSUER_USAGE = `npm run issuer -- <command>

  list         the issuers of this installation and the keys they sign credentials with
  rotate       new keys for every issuer; they sign from now on, and the older ones stay
               published, so that every credential still verifies
  compromised  when a private key became known to others: takes every key out of use, makes new
               ones and issues all credentials anew, at the same addresses, with a report`;

/** Every issuer of every organisation. */
async function listAllIssuers(parts: Parts) {
  const organisations = await parts.organisations.listAll();
  const lists = await Promise.all(
    organisations.map(async ({ id }) => await listIssuers(parts, id)),
  );
  return lists.flat();
}

async function list(parts: Parts): Promise<string> {
  const lines: string[] = [];
  for (const { id, name } of await listAllIssuers(parts)) {
    lines.push(`${name}  ${parts.addresses.issuerDid(id)}`);
    for (const { algorithm, number, thumbprint, createdAt } of await parts.issuerKeys.list(id)) {
      lines.push(`  ${algorithm} ${number}  made ${createdAt.toISOString()}  ${thumbprint}`);
    }
  }
  return lines.join("\n");
}

async function rotate(parts: Parts): Promise<string> {
  const lines: string[] = [];
  for (const { id, name, organisationId } of await listAllIssuers(parts)) {
    const made = await parts.rotateKeys(id);
    await noteCommand(parts, {
      ...{ organisationId, action: "issuer-keys-rotated", after: { made: made.length } },
      subject: { kind: "issuer", id },
    });
    lines.push(`${name}: made ${made.length} keys. They sign from now on; the older ones stay.`);
  }
  return lines.join("\n");
}

async function compromised(parts: Parts): Promise<string> {
  const lines: string[] = [];
  try {
    for (const { id, name, organisationId } of await listAllIssuers(parts)) {
      const { removed, reissued, left } = await parts.replaceKeys(id);
      await noteCommand(parts, {
        ...{ organisationId, action: "issuer-keys-replaced" },
        subject: { kind: "issuer", id },
        after: { removed: removed.length, reissued, left },
      });
      lines.push(
        `${name}: took ${removed.length} keys out of use and issued ${reissued} credentials anew.`,
        ...removed.map((thumbprint) => `  removed ${thumbprint}`),
        left === 0
          ? "  Every credential verifies again. Copies that learners saved before do not; they can save them anew."
          : `  ${left} or more are left: run this command again.`,
      );
    }
  } finally {
    await parts.stopThreads();
  }
  return lines.join("\n");
}

const commands: Record<string, (parts: Parts) => Promise<string>> = {
  ...{ list, rotate, compromised },
};

/** The command that a command line names; undefined when it names none. */
export function findIssuerCommand(
  args: readonly string[],
): ((parts: Parts) => Promise<string>) | undefined {
  const [name = "", ...rest] = args;
  return rest.length === 0 && Object.hasOwn(commands, name) ? commands[name] : undefined;
}
