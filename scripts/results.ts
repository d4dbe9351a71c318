import { runCommand } from "./command.js";
import { readResultsCommand, runResultsCommand } from "./results-command.js";
import { withParts } from "./with-parts.js";

runCommand(async () => {
  const wanted = readResultsCommand(process.argv.slice(2));
  await withParts(async (parts) => await runResultsCommand(parts, wanted));
});
