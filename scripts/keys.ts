import { CommandError, runCommand } from "./command.js";
import { findKeysCommand, KEYS_USAGE } from "./keys-command.js";
import { withParts } from "./with-parts.js";

runCommand(async () => {
  const command = findKeysCommand(process.argv.slice(2));
  if (command === undefined) throw new CommandError(KEYS_USAGE);
  await withParts(command);
});
