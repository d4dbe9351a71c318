import { CommandError, runCommand } from "./command.js";
import { findIssuerCommand, ISSUER_USAGE } from "./issuer-command.js";
import { withParts } from "./with-parts.js";

runCommand(async () => {
  const command = findIssuerCommand(process.argv.slice(2));
  if (command === undefined) throw new CommandError(ISSUER_USAGE);
  await withParts(command);
});
