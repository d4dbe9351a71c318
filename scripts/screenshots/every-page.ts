import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startWalk, walks } from "../../test/e2e/support/every-page.js";
import type { Stage } from "../../test/e2e/support/shared-demo.js";

const LOOKS = [
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
] as const;

const fileName = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** Walks through every page and photographs each as a whole, four times. How many there are. */
export async function photographEveryPage(stage: Stage, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  let count = 0;
  const walk = await startWalk(stage, async (name, page) => {
    const number = String(Math.floor(count / LOOKS.length) + 1).padStart(3, "0");
    for (const { width, colorScheme } of LOOKS) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const path = join(folder, `${number}-${fileName(name)}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      count += 1;
    }
    process.stderr.write(`${number} ${name}\n`);
  });
  for (const { walk: walkAlong } of walks) await walkAlong(walk);
  for (const person of walk.people) await person.leave();
  return count;
}
