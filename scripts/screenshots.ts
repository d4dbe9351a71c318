/**
 * Photographs Rosette's pages, as the demo shows them, with the Chromium of the tests.
 *
 *   npm run screenshots                      # the pictures of docs/ again
 *   npm run screenshots -- --every FOLDER    # every page at 360 and 1280 px, light and dark
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launchChromium } from "../test/support/chromium.js";
import { startDemo } from "./demo/start-demo.js";
import { photographEveryPage } from "./screenshots/every-page.js";
import { photographForDocs } from "./screenshots/for-docs.js";

const { values } = parseArgs({ options: { every: { type: "string" } } });
const rootDir = join(import.meta.dirname, "..");
const demo = await startDemo({ port: 0, lmsPort: 0, rootDir, logLevel: "silent" });
const browser = await launchChromium();
try {
  const count =
    values.every === undefined
      ? await photographForDocs({ demo, browser }, join(rootDir, "docs/images"))
      : await photographEveryPage({ demo, browser }, values.every);
  process.stdout.write(`${count} pictures\n`);
} finally {
  await browser.close();
  await demo.stop();
}
