import { registerPlatform } from "../src/platforms/register-platform.js";
import { toolAddresses } from "../src/platforms/tool-registration.js";
import type { Parts } from "../src/parts/parts.js";
import { CommandError } from "./command.js";
import { type LtijsRegistration, readLtijsRegistrations } from "./ltijs-records.js";

type Usable = Extract<LtijsRegistration, { kind: "usable" }>;

const nameOf = ({ issuer, clientId }: LtijsRegistration): string =>
  `${issuer}  client ID ${clientId}`;

/** Registers one, unless it is registered already, with the key that its LMS knows. Repeatable. */
async function bringOver(
  parts: Parts,
  organisationId: string,
  { form, privateJwk }: Usable,
): Promise<"brought" | "already-registered"> {
  const before = await parts.platforms.findByRegistration(form.issuer, form.clientId);
  const known =
    before ??
    (await parts.inOneWrite(async () => await registerPlatform(parts, organisationId, form)));
  // Registered for somebody else: not ours to give a key to.
  if (known.organisationId === organisationId) {
    await parts.toolKeys.bring(known.id, privateJwk);
  }
  return before === undefined ? "brought" : "already-registered";
}

/**
 * Brings the registrations and keys of an ltijs database over, so that no LMS has to register us
 * anew. Without `isApplied` it only says what it would do.
 */
export async function importLtijs(
  parts: Parts,
  asked: { organisationId: string; uri: string; encryptionKey: string; isApplied: boolean },
): Promise<string> {
  const { organisationId, uri, encryptionKey, isApplied } = asked;
  if (uri === "" || encryptionKey === "") {
    throw new CommandError(
      "Set LTIJS_MONGODB_URI to the database of ltijs and LTIJS_ENCRYPTION_KEY to its encryption key.",
    );
  }
  const registrations = await readLtijsRegistrations(uri, encryptionKey);
  if (registrations.length === 0) return "There is no platform in that database.";
  const lines: string[] = [];
  for (const registration of registrations) {
    if (registration.kind === "left-out") {
      lines.push(`left out   ${nameOf(registration)}: ${registration.because}`);
      continue;
    }
    const outcome = isApplied ? await bringOver(parts, organisationId, registration) : "would";
    const word = {
      brought: "brought",
      would: "would be brought",
      "already-registered": "there already",
    };
    lines.push(`${word[outcome].padEnd(10)} ${nameOf(registration)}`);
  }
  if (!isApplied) {
    return [...lines, "Nothing was written. To bring them over, add --apply."].join("\n");
  }
  const { loginUrl, launchUrl, jwksUrl } = toolAddresses(parts.settings.publicUrl);
  return [
    ...lines,
    "The client IDs stay, and so do the keys that Rosette signs with for these LMSs.",
    "In each LMS, give the tool its new addresses:",
    `  login initiation  ${loginUrl}`,
    `  launch, redirect  ${launchUrl}`,
    `  public keys       ${jwksUrl}`,
    "The first deployment that launches is taken; further ones wait for an administrator.",
  ].join("\n");
}
