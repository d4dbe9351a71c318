import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { type Demo, startDemo } from "../../../scripts/demo/start-demo.js";
import { launchChromium } from "../../support/chromium.js";

export type Stage = { demo: Demo; browser: Browser };

let stage: Promise<Stage> | undefined;

async function openStage(): Promise<Stage> {
  const rootDir = fileURLToPath(new URL("../../..", import.meta.url));
  const [demo, browser] = await Promise.all([
    startDemo({ port: 0, lmsPort: 0, rootDir, logLevel: "silent" }),
    launchChromium(),
  ]);
  return { demo, browser };
}

/**
 * The demo and a browser, started once for all tests here. Each test brings people or uses courses
 * of its own, so that none of them meets what another left behind.
 */
export async function sharedStage(): Promise<Stage> {
  return await (stage ??= openStage());
}

after("stops the shared demo", async function () {
  this.timeout(60_000);
  const opened = await stage?.catch(() => undefined);
  await opened?.browser.close();
  await opened?.demo.stop();
});
