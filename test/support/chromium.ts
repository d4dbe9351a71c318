import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const SYSTEM_BROWSERS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

async function findExecutable(): Promise<string> {
  const given = process.env["CHROMIUM_PATH"];
  if (given !== undefined && given !== "") return given;
  if (process.platform === "linux" && process.arch === "x64")
    return await sparticuz.executablePath();
  const found = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error("No Chromium found. Set CHROMIUM_PATH to one (see CONTRIBUTING.md).");
  }
  return found;
}

/** A real, headless Chromium: the one from the npm package on Linux x64, else the system's. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await findExecutable(),
    args: [
      ...sparticuz.args.filter((flag) => !/^--(single-process|no-zygote|headless)/.test(flag)),
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      "--no-first-run",
    ],
    headless: true,
  });
}
