import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type MeasuredProcess = {
  child: ChildProcess;
  /** What its first line of output said. */
  firstLine: string;
  /** CPU so far, user and system, all threads, in milliseconds. */
  cpuMs(): number;
  peakRssMb(): number;
  hasEnded(): boolean;
  stop(): Promise<void>;
};

const START_TIMEOUT_MS = 90_000;

/** Nanoseconds that every thread has run (`schedstat` of the Linux kernel). */
function cpuMsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ran = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(ran);
  }
  return nanoseconds / 1e6;
}

/** Starts a process pinned to one core and waits for its first line. */
export async function startMeasured(given: {
  core: number;
  args: string[];
  env: Record<string, string>;
  /** How to see that it is there when it prints nothing. */
  answers?: () => Promise<boolean>;
}): Promise<MeasuredProcess> {
  const { core, args, env, answers } = given;
  const child = spawn("taskset", ["-c", String(core), process.execPath, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    if (!out.includes("\n")) out += chunk;
  });
  const state = { ended: false };
  const end = new Promise<void>((resolve) => {
    child.once("exit", () => {
      state.ended = true;
      resolve();
    });
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  const isReady = async () => (answers === undefined ? out.includes("\n") : await answers());
  while (!(await isReady())) {
    if (Date.now() > deadline || state.ended) throw new Error(`${args.join(" ")} did not start`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const pid = child.pid ?? 0;
  return {
    child,
    firstLine: out.split("\n")[0] ?? "",
    cpuMs: () => cpuMsOf(pid),
    peakRssMb: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    hasEnded: () => state.ended,
    stop: async () => {
      child.kill("SIGTERM");
      const killing = setTimeout(() => child.kill("SIGKILL"), 5000);
      await end;
      clearTimeout(killing);
    },
  };
}
