import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { Router } from "express";

/** The stylesheets that pages load, and the files of `styles/` they are made of, in this order. */
const sheets = {
  "rosette.css": ["tokens", "elements", "layout", "cards", "buttons", "forms", "lists"].concat([
    "states",
    "pathway",
    "badges",
    "certificate",
    "media",
  ]),
  "card.css": ["tokens", "embedded-card"],
};

const comments = /\/\*[^]*?\*\//gu;

function readSheet(folder: string, files: readonly string[]): string {
  const texts = files.map((file) => readFileSync(join(folder, `${file}.css`), "utf8"));
  return texts.join("").replaceAll(comments, "").replaceAll(/\n\s*/gu, "\n").trim();
}

/**
 * Everything below `/assets`: the stylesheets, each one request however many files it is kept in,
 * and the files of `public/`.
 * @param rootDir folder that holds `styles/` and `public/`
 */
export function assetRoutes(rootDir: string): Router {
  const router = Router();
  for (const [name, files] of Object.entries(sheets)) {
    const text = readSheet(join(rootDir, "styles"), files);
    router.get(`/assets/${name}`, (_request, response) => {
      response.set("cache-control", "public, max-age=3600").type("css").send(text);
    });
  }
  router.use("/assets", express.static(join(rootDir, "public"), { maxAge: "1h", index: false }));
  return router;
}
