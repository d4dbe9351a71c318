import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));
const common = {
  absWorkingDir: rootDir,
  platform: "node",
  target: "node20",
  format: "esm",
  logLevel: "warning",
} as const;

/** What a process that ended had to say. */
type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string };

export type Running = {
  child: ChildProcess;
  /** What it has printed so far, to either stream. */
  out(): string;
  ended: Promise<Ended>;
};

export type BuiltProduct = {
  /** Starts one of the product's commands, with these variables and no others. */
  start(command: "main" | "demo" | "platform", env: Env, args?: string[]): Running;
  /** The same, to its end. */
  run(command: "main" | "demo" | "platform", env: Env, args?: string[]): Promise<Ended>;
  /** Starts the product and waits until it answers. */
  serve(env: Env & { PORT: string }): Promise<Running>;
  /** A fresh folder, gone with the build. */
  makeDataDir(): Promise<string>;
  remove(): Promise<void>;
};

type Env = Record<string, string>;

/** What `npm start` and the other commands run, built from the sources into a folder of its own. */
export async function buildProduct(): Promise<BuiltProduct> {
  const cache = join(rootDir, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(join(cache, "rosette-test-"));
  for (const folder of ["views", "styles", "public"]) {
    await symlink(join(rootDir, folder), join(home, folder));
  }
  for (const name of ["embedded-mongo", "practice-lms"]) await buildPackage(name, home);
  await build({
    ...common,
    bundle: true,
    splitting: true,
    packages: "external",
    entryPoints: ["src/main.ts", "scripts/demo.ts", "scripts/platform.ts"],
    outdir: join(home, "dist"),
    entryNames: "[name]",
  });

  const start: BuiltProduct["start"] = (command, env, args = []) => {
    const child = spawn(process.execPath, [join(home, "dist", `${command}.js`), ...args], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    const hear = (chunk: Buffer) => {
      out += chunk.toString();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const ended = new Promise<Ended>((resolve) =>
      child.once("close", (code, signal) => {
        resolve({ code, signal, out });
      }),
    );
    return { child, ended, out: () => out };
  };

  return {
    start,
    run: async (command, env, args) => await start(command, env, args).ended,
    serve: async (env) => {
      const running = start("main", env);
      while (!running.out().includes("Rosette listens")) {
        if (running.child.exitCode !== null) throw new Error(running.out());
        await pause(15);
      }
      return running;
    },
    makeDataDir: async () => await mkdtemp(join(home, "data-")),
    remove: async () => {
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function buildPackage(name: string, home: string): Promise<void> {
  const source = join(rootDir, "packages", name);
  const target = join(home, "node_modules", name);
  const files = await readdir(join(source, "src"), { recursive: true });
  await build({
    ...common,
    entryPoints: files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(source, "src", file)),
    outdir: join(target, "dist"),
    outbase: join(source, "src"),
  });
  for (const file of ["package.json", "views", "styles", "public"]) {
    await symlink(join(source, file), join(target, file));
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  return await new Promise((resolve) => {
    probe.listen(0, "localhost", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
