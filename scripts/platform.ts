import { runCommand } from "./command.js";
import { readCommand } from "./platform-command.js";
import { withServices } from "./with-services.js";

runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  await withServices(command.run);
});
