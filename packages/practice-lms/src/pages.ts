import { fileURLToPath } from "node:url";
import ejs from "ejs";
import type { Response } from "express";

const viewFolder = fileURLToPath(new URL("../views", import.meta.url));
export const publicFolder = fileURLToPath(new URL("../public", import.meta.url));

/** What the frame around every page shows. */
export type PageFrame = {
  schoolName: string;
  title: string;
  /** Undefined on pages without a signed-in person, and inside iframes. */
  visitor: { name: string; kind: string; csrfToken: string; isPreview: boolean } | undefined;
  /** "bare" for pages that live inside an iframe. */
  layout: "full" | "bare";
};

export type Page = { view: string; frame: PageFrame; status?: number } & Record<string, unknown>;

/** Sends one EJS page. Every value is escaped by the templates. */
export async function sendPage(response: Response, page: Page): Promise<void> {
  const html = await ejs.renderFile(`${viewFolder}/${page.view}.ejs`, page, { cache: true });
  response
    .status(page.status ?? 200)
    .type("html")
    .send(html);
}

/** A page that says what went wrong, for the person and for the tool's developer. */
export async function sendProblem(
  response: Response,
  problem: { schoolName: string; status: number; title: string; because: string },
): Promise<void> {
  await sendPage(response, {
    view: "problem",
    status: problem.status,
    because: problem.because,
    frame: {
      schoolName: problem.schoolName,
      title: problem.title,
      visitor: undefined,
      layout: "bare",
    },
  });
}
