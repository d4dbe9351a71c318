import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Attack, isAccepted } from "../test/attacks/attack.js";
import { attackFamilies } from "../test/attacks/attack-families.js";
import { startHostilePlatforms } from "../test/attacks/key-set-attacks.js";
import { startSimulatedPlatform } from "../test/attacks/simulated-platform.js";
import { type Answer, codeIn } from "../test/attacks/wire.js";
import type { World } from "../test/attacks/world.js";
import { type Ltijs, startLtijs } from "./peers/ltijs.js";
import { PUBLIC_URL, registerAt, startRosette } from "./peers/rosette.js";
import { startSharedStore } from "./peers/shared-store.js";

// npm run bench -- attacks: every attack of test/attacks, and its twin with just that fault mended,
// against Rosette and against ltijs 5.9.9, each a process of its own.

const CORE = 0;
const CLIENT_ID = "attacked";
const note = (line: string): void => void process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), "rosette-bench-"));
const platform = await startSimulatedPlatform("first");
const otherPlatform = await startSimulatedPlatform("second");
const hostilePlatforms = await startHostilePlatforms();
const platforms = [platform, otherPlatform, ...hostilePlatforms.values()];
const store = await startSharedStore({ dataDir: folder, core: 1 });
const rosette = await startRosette({ storeUri: store.uri, database: "rosette", core: CORE });
await registerAt(rosette, platforms, CLIENT_ID);

const mark = () => Promise.resolve();
const common = { clientId: CLIENT_ID, platform, otherPlatform, hostilePlatforms, mark };
const ours: World = {
  ...{ ...common, origin: rosette.origin, publicUrl: PUBLIC_URL },
  ...{ loginPath: "/lti/login", launchPath: "/lti/launch" },
};

const startPeer = async (): Promise<Ltijs> =>
  await startLtijs({
    ...{ storeUri: store.uri, database: "ltijs", core: CORE, clientId: CLIENT_ID, platforms },
  });
let peer = await startPeer();
const theirs = (): World => ({
  ...{ ...common, origin: peer.origin, loginPath: "/login", launchPath: "/" },
});

/** No answer at all is undefined: the connection was cut. */
const tryTo = async (
  attack: Attack,
  world: World,
  isFaulty: boolean,
): Promise<Answer | undefined> => await attack.act(world, isFaulty).catch(() => undefined);

/** A process that is about to end is given the moment it takes. */
const settle = async () => await new Promise((resolve) => setTimeout(resolve, 30));

const tally = { attacks: 0, refusedByUs: 0, refusedByLtijs: 0 };
const ended = { endedOurProcess: 0, endedLtijsProcess: 0 };
const rows: string[] = [];

async function tryOurs(attack: Attack): Promise<string> {
  const refusal = await tryTo(attack, ours, true);
  const twin = await tryTo(attack, ours, false);
  await settle();
  if (rosette.process.hasEnded()) {
    ended.endedOurProcess += 1;
    throw new Error(`Rosette ended: ${attack.name}`);
  }
  const code = refusal === undefined ? undefined : codeIn(refusal.text);
  if (twin === undefined || !isAccepted(attack, twin)) return "refuses the twin as well";
  if (code !== attack.code) return `answered ${refusal?.status ?? "nothing"} ${code ?? ""}`;
  tally.refusedByUs += 1;
  return code;
}

/** ltijs lets in by a redirect, from a launch as from a login, and has no code for each fault. */
async function tryTheirs(attack: Attack): Promise<string> {
  const answer = await tryTo(attack, theirs(), true);
  await settle();
  if (peer.process.hasEnded()) {
    ended.endedLtijsProcess += 1;
    peer = await startPeer();
    return "ENDED ITS PROCESS";
  }
  if (answer === undefined) return "no answer";
  if (answer.status < 400) return `LET IN (${answer.status})`;
  const twin = await tryTo(attack, theirs(), false);
  if (twin === undefined || twin.status >= 400) return "refuses the twin as well";
  tally.refusedByLtijs += 1;
  return `refused (${answer.status})`;
}

try {
  for (const [family, attacks] of Object.entries(attackFamilies)) {
    rows.push(`-- ${family}`);
    for (const attack of attacks) {
      tally.attacks += 1;
      const [us, them] = [await tryOurs(attack), await tryTheirs(attack)];
      rows.push(`${attack.name.padEnd(76)} ${us.padEnd(28)} ${them}`);
    }
  }
  note(`${"attack".padEnd(76)} ${"Rosette".padEnd(28)} ltijs 5.9.9`);
  for (const row of rows) note(row);
  process.stdout.write(`${JSON.stringify({ ...tally, ...ended })}\n`);
} finally {
  await peer.process.stop();
  await rosette.stop();
  await store.stop();
  for (const each of platforms) await each.stop();
  await rm(folder, { recursive: true, force: true });
}
