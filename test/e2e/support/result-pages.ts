import { anItem, push } from "../../support/push-sender.js";
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
}
