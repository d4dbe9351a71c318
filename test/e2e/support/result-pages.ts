import type { Page } from "playwright-core";
import { addCounts, noCounts } from "../../../src/results/import-results.js";
import { newId } from "../../../src/stored-record.js";
import { anItem, push } from "../../support/push-sender.js";
import { COURSE } from "./small-organisation.js";
import { launch, pageOf, send, type Walk } from "./walk-steps.js";

/** The panel's pages about results from elsewhere, with something in them. */
export async function resultPages(walk: Walk): Promise<void> {
  const { look, manager: page, organisationId } = walk;
  const { rosetteUrl, lms } = walk.stage.demo;
  await launch(walk, page, { placement: "administration" });
  await page.goto(`${pageOf(page)}/admin/results`);
  await send(page, "Make a key");
  await look("a key for nobody", page);
  await page.getByLabel("Who will send results").fill("Featherstonehaugh Proctoring Services");
  await send(page, "Make a key");
  await look("a key for a sender", page);
  const keyId = await page.getByLabel("Key id").inputValue();
  const secret = await page.getByLabel("Secret").inputValue();
  const item = anItem(lms.issuer, { exam: { course: "FORMERLY-KNOWN-AS-WALK-100" } });
  const { status } = await push({ url: rosetteUrl, keyId, secret }, { results: [item] });
  if (status !== 200) throw new Error(`push of ${organisationId}: ${status}`);
  await page.goto(`${pageOf(page)}/admin/results`);
  await look("results that wait for their exam", page);
  await send(page, /^Count them/);
  await look("results bound to nothing", page);
  await page.getByLabel(/^The exam that is meant/).selectOption({ index: 1 });
  await send(page, /^Count them/);
  await page.locator("summary", { hasText: "Names that were bound" }).click();
  await page.locator("summary", { hasText: "Revoke" }).click();
  await look("results that were bound", page);
  await fileOfResults(walk, page);
}

/** A file of results, from the empty form to what became of it. */
async function fileOfResults(walk: Walk, page: Page): Promise<void> {
  const { look } = walk;
  await send(page, "Upload and look at it");
  await look("no file of results", page);
  const upload = async (name: string, lines: string[]) => {
    await page.getByLabel("CSV file").setInputFiles({
      ...{ name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) },
    });
    await send(page, "Upload and look at it");
  };
  await upload("a-spreadsheet-that-nobody-saved-as-csv-before-uploading-it.xlsx", [
    "PK\u0003\u0004",
  ]);
  await look("a file of results that cannot be read", page);
  await page.getByRole("link", { name: "Back to the results" }).click();
  const header = "sub,course,score,maximum,taken_at";
  const row = (sub: string, score = "80") => `${sub},${COURSE.code},${score},100,2026-05-01`;
  const rows = Array.from({ length: 80 }, (_, at) => row("7", `${at} points`));
  await upload("spring-2026.csv", [header, row("1"), row("2"), row("x@example.org"), ...rows]);
  await page.locator("summary", { hasText: "Remove the file" }).click();
  await look("a file of results before it is imported", page);
  await send(page, /^Import these 2 lines/);
  await look("a file of results that was imported", page);
  await page.getByRole("link", { name: "Back to the results" }).click();
  // As it stands while a process is busy with it, which would not wait for us.
  const half = { ...noCounts, lines: 600_000, stored: 600_000 };
  const at = walk.stage.demo.parts.now();
  const id = newId();
  await walk.stage.demo.parts.resultImports.add({
    ...{ id, organisationId: walk.organisationId, kind: "completions", fileName: "1990s.csv" },
    ...{ sizeBytes: 9_000_000, uploadedBy: id, uploadedAt: at, touchedAt: at, state: "importing" },
    ...{ checked: addCounts(half, half), checkedBytes: 9_000_000, imported: half },
    ...{ sentence: undefined, decidedBy: id },
  });
  await page.goto(`${pageOf(page)}/admin/results/files/${id}`);
  await look("a file of results that is being imported", page);
  await page.goto(`${pageOf(page)}/admin/results`);
  await page.locator("summary", { hasText: "How the file must look" }).click();
  await look("files of results", page);
}
