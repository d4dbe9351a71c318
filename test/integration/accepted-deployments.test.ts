import { load } from "cheerio";
import { expect } from "chai";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

describe("which deployments of an LMS are accepted", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;
  let page: string;

  beforeEach(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
    page = `/admin/platforms/${product.platform.id}`;
  });
  afterEach(async () => {
    await product.close();
  });

  /** A place in the LMS where the tool is installed besides the first. */
  const install = (deploymentId: string): string => {
    product.lms.listTools()[0]?.deploymentIds.push(deploymentId);
    return deploymentId;
  };
  /** Whether people are let in from there; any other refusal than the one meant is an error. */
  async function isLetInFrom(deploymentId: string): Promise<boolean> {
    try {
      await product.launchAs({ userId: "amara", courseId: "cvi-101", deploymentId });
      return true;
    } catch (error) {
      expect(String(error)).to.contain("launch-deployment-pending");
      return false;
    }
  }
  const accept = async (accepts: string) =>
    await administrator.post(`${page}/deployments`, { accepts });

  it("are those that were approved, then all, then those that were approved again", async () => {
    const waiting = install("waiting");
    const later = install("later");
    const latest = install("latest");
    expect(await isLetInFrom(waiting)).to.equal(false);

    expect((await accept("all")).status).to.equal(303);
    expect(await isLetInFrom(waiting)).to.equal(true);
    expect(await isLetInFrom(later)).to.equal(true);

    expect((await accept("approved")).status).to.equal(303);
    expect(await isLetInFrom(latest)).to.equal(false);
    // Nobody who was let in is locked out by it.
    expect(await isLetInFrom(later)).to.equal(true);
    expect(await isLetInFrom("1")).to.equal(true);
  });

  it("are decided by what is stored, whatever this process remembers", async () => {
    const elsewhere = install("elsewhere");
    expect(await isLetInFrom(elsewhere)).to.equal(false);
    const { id, issuer, clientId } = product.platform;
    // As another process does.
    await product.connection
      .collection<{ _id: string }>("platforms")
      .updateOne({ _id: id }, { $set: { acceptsAnyDeployment: true } });
    expect(await isLetInFrom(elsewhere)).to.equal(true);

    const recall = async () =>
      (await product.parts.platforms.recallByRegistration(issuer, clientId))?.acceptsAnyDeployment;
    expect(await recall()).to.equal(false);
    for (const [accepts, isAny] of [
      ["approved", false],
      ["all", true],
    ] as const) {
      await accept(accepts);
      expect(await recall()).to.equal(isAny);
    }
  });

  it("say before they are changed what it means, and are shown with those that wait", async () => {
    await isLetInFrom(install("waiting"));
    const before = load((await administrator.get(page)).text);
    expect(before("details.confirm").text()).to.contain("only if nobody but you can install it");
    expect(before("details.confirm input[name=accepts]").val()).to.equal("all");

    const moved = await accept("all");
    const said = await administrator.browser.get(product.url + (moved.headers["location"] ?? ""));
    const after = load(said.text);
    expect(after(".notice.done").text()).to.contain("those that wait are let in");
    expect(after("input[name=accepts]").val()).to.equal("approved");
    const list = load((await administrator.get("/admin/platforms")).text);
    expect(list("form[action$='/approve']").closest(".card").text()).to.contain(
      "All deployments of this LMS are accepted",
    );
  });

  it("stand in the audit trail, once for each change", async () => {
    await accept("all");
    await accept("all");
    await accept("approved");
    const { organisationId, accountId } = administrator.launch;
    const entries = await product.connection
      .collection("auditEntries")
      .find({ organisationId, action: "deployments-accepted-changed" })
      .sort({ at: 1 })
      .toArray();
    expect(entries.map(({ before, after }) => [before, after] as unknown[])).to.deep.equal([
      [{ accepts: "approved" }, { accepts: "all" }],
      [{ accepts: "all" }, { accepts: "approved" }],
    ]);
    for (const entry of entries) {
      expect(entry["actorId"]).to.equal(accountId);
      expect(entry["subject"]).to.deep.equal({ kind: "platform", id: product.platform.id });
    }
    expect((await administrator.get("/admin/audit")).text).to.contain(
      "Which deployments of an LMS are accepted changed",
    );
  });

  it("are left alone by a word that is none, and without the form's token", async () => {
    expect((await accept("everybody")).status).to.equal(400);
    const forged = await administrator.post(`${page}/deployments`, { accepts: "all", _csrf: "x" });
    expect(forged.status).to.equal(403);
    const kept = await product.parts.platforms.findById(product.platform.id);
    expect(kept?.acceptsAnyDeployment).to.equal(false);
  });

  it("stay as they are when the LMS registers again", async () => {
    await accept("all");
    await product.parts.platforms.update({ ...product.platform, name: "Renamed" });
    expect(await isLetInFrom(install("new"))).to.equal(true);
  });
});
