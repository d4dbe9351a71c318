import { PROJECT } from "./small-organisation.js";
import { launch, pageOf, send, type Walk } from "./walk-steps.js";

/** The ledger of equivalencies: empty, being written, with an entry, and that one withdrawn. */
export async function equivalencyPages(walk: Walk): Promise<void> {
  const { look, manager: page } = walk;
  await launch(walk, page, { placement: "administration" });
  const ledger = `${pageOf(page)}/admin/equivalencies`;
  await page.goto(ledger);
  await look("an empty ledger of equivalencies", page);
  await page.getByRole("link", { name: "Decide what counts" }).click();
  await look("a decision about what counts", page);
  await send(page, "Enter the decision");
  await look("a decision with nothing filled in", page);
  await page.goto(`${ledger}/new?search=mina`);
  await look("a decision for one learner, who is looked for", page);
  await page.goto(`${ledger}/new`);
  const { examId = "" } = walk.ids;
  const project = page.getByLabel("Who passed").locator("option", { hasText: PROJECT }).first();
  const projectId = (await project.getAttribute("value")) ?? "";
  await page.getByLabel("Who passed").selectOption(projectId);
  await page.getByLabel("For", { exact: true }).selectOption(examId);
  await page.getByLabel("Decided by").fill("Featherstonehaugh-Lindenschmidt Education Committee");
  await page
    .getByRole("textbox", { name: "Why" })
    .fill("The content is the same, the pictures new.");
  await send(page, "Enter the decision");
  await look("a ledger with an entry", page);
  await page.goto(`${ledger}?search=zebra`);
  await look("a ledger, found nothing", page);
  await page.goto(ledger);
  await page.locator("tbody a").first().click();
  await page.locator("summary", { hasText: "Withdraw" }).click();
  await look("an entry about to be withdrawn", page);
  await page.getByRole("textbox", { name: "Why" }).fill("A mistake.");
  await send(page, "Withdraw");
  await look("a ledger with an entry that was withdrawn", page);
}
