import type { Page } from "playwright-core";
import { newId } from "../../../src/stored-record.js";
import { CLIENT_ID, send, type Walk } from "./walk-steps.js";

/** Removing an LMS, closing a part of one, and a new LMS whose hosts nobody has approved. */
export async function platformPages(
  { stage, look, organisationId }: Walk,
  page: Page,
): Promise<void> {
  const { lms, parts } = stage.demo;
  const own = await parts.platforms.findByRegistration(lms.issuer, CLIENT_ID);
  if (own === undefined) throw new Error("the walk has registered no LMS");
  const at = parts.now();
  await parts.deployments.ensure({
    ...{ platformId: own.id, organisationId, deploymentId: "branch", status: "approved", at },
  });
  await parts.platforms.addOnce({
    ...{ ...own, id: newId(), name: "Second LMS", clientId: "second", createdAt: at },
    hostsToApprove: ["lms.example", "a-host-with-a-rather-long-name.of-a-hosting-company.example"],
  });
  const panel = page.url().replace(/\/platforms.*/, "");
  await page.goto(panel);
  await look("the overview with a new LMS to decide about", page);
  await page.goto(`${panel}/platforms`);
  await look("a new LMS whose hosts wait for approval", page);
  await send(page, /^Approve these hosts/);
  await look("a new LMS whose hosts were approved", page);
  await page.getByRole("link", { name: "Remove this LMS" }).click();
  await send(page, "Remove this LMS");
  await look("removing an LMS without a reason", page);
  await page.getByLabel("Reason").fill("It was a trial");
  await send(page, "Remove this LMS");
  await look("the platforms after one was removed", page);
  await page.goto(`${panel}/platforms/${own.id}/remove`);
  await look("removing the LMS that one came from", page);
  await page.goto(`${panel}/platforms/${own.id}`);
  await page.getByRole("link", { name: "Close… deployment branch" }).click();
  await look("closing a deployment", page);
  await page.getByLabel("Reason").fill("The branch has closed");
  await send(page, "Close this deployment");
  await look("an LMS with a deployment that is closed", page);
}
