import { buildCommand } from "../packages/embedded-mongo/test/support/build-command.js";
import { killRounds } from "../packages/embedded-mongo/test/support/kill-rounds.js";

// Kills a store process at random moments, 2,000 times (or BENCH_KILLS), while clients write; stops
// after half an hour (or BENCH_MINUTES) with as many kills as there were.
const kills = Number(process.env["BENCH_KILLS"] ?? 2000);
const minutes = Number(process.env["BENCH_MINUTES"] ?? 30);
const result = await killRounds(await buildCommand(), kills, minutes);
process.stdout.write(`${JSON.stringify(result)}\n`);
