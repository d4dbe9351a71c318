import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import ejs from "ejs";

const viewsDir = fileURLToPath(new URL("../../views", import.meta.url));

const views = readdirSync(viewsDir, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ejs"))
  .sort();

describe("the views", () => {
  it("are found", () => {
    expect(views).to.include.members(["errors/error.ejs", "partials/page-start.ejs"]);
  });

  for (const path of views) {
    it(`compiles ${path}`, () => {
      const filename = join(viewsDir, path);
      ejs.compile(readFileSync(filename, "utf8"), { filename });
    });

    // The page inside an archive is opened from a disk, where no policy of ours holds.
    if (path === "backpack/archive.ejs") continue;
    it(`keeps ${path} within the content security policy`, () => {
      const source = readFileSync(join(viewsDir, path), "utf8");
      expect(source).not.to.match(/\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)/i);
    });
  }
});
