import { runEngine } from "../../packages/embedded-mongo/src/engine.js";

// The server in a process of its own, so that its CPU time is not its client's. The parent asks
// for the time used so far, or for the end.
const [dataDir = "", socketPath = ""] = process.argv.slice(2);
const engine = await runEngine({ dataDir, address: { socketPath }, durability: "always" });

process.on("message", (message) => {
  if (message === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.({ microseconds: user + system });
  } else {
    void engine.stop().then(() => {
      process.disconnect();
    });
  }
});
process.send?.({ uri: engine.uri });
