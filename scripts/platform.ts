import { runCommand } from "./command.js";
import { readCommand } from "./platform-command.js";
import { withParts } from "./with-parts.js";

runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  await withParts(command.run);
});
