import { runCommand } from "./command.js";
import { readResultsCommand, runResultsCommand } from "./results-command.js";
import { withServices } from "./with-services.js";

runCommand(async () => {
  const wanted = readResultsCommand(process.argv.slice(2));
  await withServices(async (services) => await runResultsCommand(services, wanted));
});
