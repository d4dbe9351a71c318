import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

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

/** Someone at a browser of their own: cookies, tabs, and a note of all that went wrong in them. */
export type Person = {
  context: BrowserContext;
  page: Page;
  /** Closes the browser. @throws Error when anything went wrong in a page meanwhile */
  leave(): Promise<void>;
};

/** A slow machine with two busy cores may take this long for one step. */
const STEP_TIMEOUT_MS = 30_000;
const OWN_HOSTS = new Set(["localhost", "127.0.0.1"]);

/** Collects what no page of ours may do: log errors, break its policy, ask others for anything. */
function noteFaults(context: BrowserContext): string[] {
  const faults: string[] = [];
  context.on("console", (message) => {
    // A page answered with 404 or 422 is logged too; missing parts of a page are noted below.
    const isStatus = message.text().startsWith("Failed to load resource: the server responded");
    if (message.type() === "error" && !isStatus) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`script: ${error.error().message}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    const isOwn = OWN_HOSTS.has(url.hostname) || url.protocol === "data:";
    if (!isOwn) faults.push(`request to another site: ${url.href}`);
  });
  context.on("response", (response) => {
    const isPart = !response.request().isNavigationRequest();
    if (isPart && response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  return faults;
}

/** A new browser window of somebody's own. */
export async function openWindow(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const viewport = { width: 1280, height: 900 };
  const context = await browser.newContext({ viewport, ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const faults = noteFaults(context);
  return {
    context,
    page: await context.newPage(),
    leave: async () => {
      await context.close();
      if (faults.length > 0) throw new Error(`Faults in the browser:\n${faults.join("\n")}`);
    },
  };
}
