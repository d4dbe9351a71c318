import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** As wide as an LMS makes its frame on a phone and on a desk; 320 is the narrowest of all. */
const WIDTHS = [360, 1280];
const NARROWEST = 320;
const HEIGHT = 800;

type AxeRun = {
  passes: number;
  faults: { rule: string; nodes: string[] }[];
};

/** Elements that reach out of the page to the right, apart from those that scroll by themselves. */
const OVERFLOW = `(() => {
  const width = document.documentElement.clientWidth;
  const isHeld = (element) => {
    for (let up = element.parentElement; up !== null && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.right > width + 1 && !isHeld(element);
  });
  const spill = document.documentElement.scrollWidth > width ? ["the page as a whole"] : [];
  return [...spill, ...out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))];
})()`;

/** Dark differs in its colours alone, so there the rules about colours are asked again. */
const COLOUR_SCHEMES = [
  { colorScheme: "light", rules: `rules: { "target-size": { enabled: true } }`, leastPasses: 5 },
  {
    colorScheme: "dark",
    rules: `runOnly: ["color-contrast", "link-in-text-block"]`,
    leastPasses: 1,
  },
] as const;

const runAxe = (
  rules: string,
): string => `axe.run(document, { iframes: false, ${rules} }).then(({ passes, violations }) => ({
  passes: passes.length,
  faults: violations.map(({ id, nodes }) => ({
    rule: id,
    nodes: nodes.slice(0, 3).map(({ html, failureSummary }) =>
      html.slice(0, 160) + " (" + failureSummary.replace(/\\s+/g, " ").slice(0, 200) + ")"),
  })),
}))`;

async function findOverflow(page: Page, name: string, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: HEIGHT });
  const found = await page.evaluate<string[]>(OVERFLOW);
  return found.map((element) => `${name}, ${width} px: reaches out of the page: ${element}`);
}

/**
 * Looks at the page as it stands, in light and in dark, narrow and wide: what axe-core finds and
 * what does not fit.
 * @returns one sentence for each fault
 */
export async function auditPage(page: Page, name: string): Promise<string[]> {
  const found: string[] = await findOverflow(page, name, NARROWEST);
  await page.evaluate(await axe);
  for (const width of WIDTHS) {
    found.push(...(await findOverflow(page, name, width)));
    for (const { colorScheme, rules, leastPasses } of COLOUR_SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { passes, faults } = await page.evaluate<AxeRun>(runAxe(rules));
      if (passes < leastPasses)
        found.push(`${name}: axe-core looked at too little (${passes} rules passed)`);
      for (const { rule, nodes } of faults) {
        found.push(`${name}, ${width} px, ${colorScheme}: ${rule}: ${nodes.join(" | ")}`);
      }
    }
  }
  return found;
}
