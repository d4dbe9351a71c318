import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));

const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

describe("the documentation", () => {
  it("links to what is there, and shows every picture", async () => {
    const names = await readdir(docs, { recursive: true });
    const pages = names.filter((name) => name.endsWith(".md")).map((name) => join(docs, name));
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
    const [table, launches, services] = await Promise.all(
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
    const held = (launches ?? "").replaceAll(/\$\{who\}/g, "Instructor") + (services ?? "");
    const missing = names
      .map((name) => name.trim().replaceAll("`", ""))
      .filter((name) => name !== "" && !held.includes(name.replace("Student", "Instructor")));
    expect(names.length).to.be.greaterThan(70);
    expect(missing).to.deep.equal([]);
  });
});
