import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const fileAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const docs = fileAt("docs/");
const readme = fileAt("README.md");
const rules = fileAt(".dependency-cruiser.cjs");
const src = fileAt("src/");

const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The chapters in the order in which they may import one another, as the check holds it. */
const chapters = (): string[] => {
  const [, list = ""] = /CHAPTERS = \[([^\]]*)\]/.exec(readFileSync(rules, "utf8")) ?? [];
  return [...list.matchAll(/"([a-z-]+)"/g)].map(([, name = ""]) => name);
};

describe("the documentation", () => {
  it("names every folder of src in the README, chapters in the order of their imports", () => {
    const [, map = ""] =
      /\n {4}src\/\n([\s\S]*?)\n {4}packages\//.exec(readFileSync(readme, "utf8")) ?? [];
    const named = [...map.matchAll(/(?:^ {6}| {2})([a-z-]+)\//gm)].map(([, name = ""]) => name);
    expect(named.filter((name) => chapters().includes(name))).to.deep.equal(chapters());
    const folders = readdirSync(src, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(folders.length).to.be.greaterThan(20);
    expect(named).to.have.members(folders.map(({ name }) => name));
  });

  it("links to what is there, and shows every picture", async () => {
    const names = await readdir(docs, { recursive: true });
    const pages = [
      ...names.filter((name) => name.endsWith(".md")).map((name) => join(docs, name)),
      ...[readme, join(docs, "../CONTRIBUTING.md")],
    ];
    expect(pages.length).to.be.greaterThan(5);
    const linked = new Set<string>();
    const broken: string[] = [];
    for (const page of pages) {
      for (const link of linksOf(await readFile(page, "utf8"))) {
        const target = join(dirname(page), link);
        linked.add(target);
        if (!existsSync(target)) broken.push(`${page}: ${link}`);
      }
    }
    expect(broken).to.deep.equal([]);
    const pictures = await readdir(join(docs, "images"));
    const shown = pictures.filter((name) => linked.has(join(docs, "images", name)));
    expect(shown).to.deep.equal(pictures);
  });

  it("names for 1EdTech's certification only what a test of that name holds", async () => {
    const [table, launches, parts] = await Promise.all(
      [
        "certification.md",
        "../test/attacks/certification.test.ts",
        "../test/attacks/certification-services.test.ts",
      ].map(async (path) => await readFile(join(docs, path), "utf8")),
    );
    const rows = (table ?? "")
      .split("\n")
      .filter((line) => /^\| (?!-|test|teacher|section)/.test(line));
    const names = rows.flatMap((row) => row.split("|").flatMap((cell) => cell.split(";")));
    const held = (launches ?? "").replaceAll(/\$\{who\}/g, "Instructor") + (parts ?? "");
    const missing = names
      .map((name) => name.trim().replaceAll("`", ""))
      .filter((name) => name !== "" && !held.includes(name.replace("Student", "Instructor")));
    expect(names.length).to.be.greaterThan(70);
    expect(missing).to.deep.equal([]);
  });
});
