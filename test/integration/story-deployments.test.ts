import { expect } from "chai";
import { readCommand } from "../../scripts/platform-command.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

describe("two schools behind one client id", () => {
  let product: TestProduct;

  before(async () => {
    product = await startTestProduct({ mood: "canvas" });
  });
  after(async () => {
    await product.close();
  });

  const launch = async (deploymentId: string) =>
    await product.launchAs({ userId: "amara", courseId: "cvi-101", deploymentId });
  const command = async (...args: string[]) => await readCommand(args).run(product.parts);

  it("are two organisations, each approved by its deployment, and share no account", async () => {
    const first = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    const [tool] = product.lms.listTools();
    tool!.deploymentIds.push("another-school");

    const refused = await launch("another-school").catch((error: unknown) => String(error));
    expect(JSON.stringify(refused)).to.include("launch-deployment-pending");

    const { platformId } = first.launch;
    const seen = await product.parts.deployments.find(platformId, "another-school");
    expect(seen).to.include({ status: "pending", organisationId: first.launch.organisationId });
    await command("approve", "--id", seen!.id, "--organisation", "The other school");

    const second = await launch("another-school");
    expect(second.launch.platformId).to.equal(platformId);
    expect(second.launch.organisationId).not.to.equal(first.launch.organisationId);
    expect(second.launch.accountId).not.to.equal(first.launch.accountId);
    expect(await command("list")).to.include("(The other school)");
  });

  it("never change hands once they are approved", async () => {
    const { platformId } = (await launch("another-school")).launch;
    const known = await product.parts.deployments.find(platformId, "another-school");
    const moving = command("approve", "--id", known!.id, "--organisation", "A third school");
    const outcome = await moving.catch((error: unknown) => (error as Error).message);
    expect(outcome).to.include("No such deployment waits");
    const after = await product.parts.deployments.find(platformId, "another-school");
    expect(after!.organisationId).to.equal(known!.organisationId);
  });
});
