import { load } from "cheerio";
import { expect } from "chai";
import type { Platform } from "../../src/platforms/platform.js";
import { newId } from "../../src/stored-record.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

describe("an administrator", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;

  beforeEach(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
  });
  afterEach(async () => {
    await product.close();
  });

  const reason = "The contract has ended";
  const trail = async (action: string) =>
    await product.connection.collection("auditEntries").find({ action }).toArray();

  /** A deployment besides the one that the administrator came by. */
  async function approve(deploymentId: string, platform = product.platform): Promise<string> {
    product.lms.listTools()[0]?.deploymentIds.push(deploymentId);
    const { id: platformId, organisationId } = platform;
    const seen = { platformId, deploymentId, organisationId, at: new Date() };
    return (await product.parts.deployments.ensure({ ...seen, status: "approved" })).id;
  }
  const launchFrom = async (deploymentId: string) =>
    await product.launchAs({ userId: "amara", courseId: "cvi-101", deploymentId });
  const refusalFrom = async (deploymentId: string): Promise<string> =>
    await launchFrom(deploymentId).then(
      () => "let in",
      (error: unknown) => String(error),
    );

  describe("who closes a deployment", () => {
    it("is asked why, and then nobody opens Rosette from there any more, or goes on being in", async () => {
      const id = await approve("branch");
      const learner = await launchFrom("branch");
      const page = `/admin/platforms/deployments/${id}/close`;
      const asked = load((await administrator.get(page)).text);
      expect(asked("h1").text()).to.equal("Close deployment branch");
      expect(asked("label[for=field-reason]").text()).to.contain("Reason");

      const silent = await administrator.post(page, { reason: " " });
      expect(silent.status).to.equal(422);
      expect(load(silent.text)("#fault-reason").text()).to.contain("Write why");
      expect((await learner.get("/progress")).status).to.equal(200);

      const done = await administrator.post(page, { reason });
      expect(done.headers["location"]).to.contain(`/platforms/${product.platform.id}?done=`);
      expect(await refusalFrom("branch")).to.contain("launch-deployment-closed");
      expect((await learner.get("/progress")).status).to.equal(401);
      expect(await refusalFrom("1")).to.equal("let in");

      const [entry, ...others] = await trail("deployment-closed");
      expect(others).to.have.length(0);
      expect(entry).to.deep.include({
        ...{ actorId: administrator.launch.accountId, reason },
        subject: { kind: "platform", id: product.platform.id },
        before: { deployment: id, status: "approved" },
        after: { deployment: id, status: "closed" },
      });
    });

    it("keeps it closed when all deployments are accepted, and opens it again with a reason", async () => {
      const id = await approve("branch");
      await administrator.post(`/admin/platforms/deployments/${id}/close`, { reason });
      await product.parts.platforms.setAcceptsAnyDeployment(
        product.organisationId,
        product.platform.id,
        true,
      );
      expect(await refusalFrom("branch")).to.contain("launch-deployment-closed");

      const shown = load((await administrator.get(`/admin/platforms/${product.platform.id}`)).text);
      const link = shown("a[href$='/reopen']").attr("href") ?? "";
      expect(link).to.contain(id);
      await administrator.post(`/admin/platforms/deployments/${id}/reopen`, { reason: "" });
      expect(await refusalFrom("branch")).to.contain("launch-deployment-closed");
      await administrator.post(`/admin/platforms/deployments/${id}/reopen`, { reason });
      expect(await refusalFrom("branch")).to.equal("let in");
      expect(await trail("deployment-reopened")).to.have.length(1);
    });

    it("can close one that waits, which then waits no more", async () => {
      product.lms.listTools()[0]?.deploymentIds.push("stranger");
      expect(await refusalFrom("stranger")).to.contain("launch-deployment-pending");
      const [waiting] = await product.parts.deployments.listPending(product.organisationId);
      const path = `/admin/platforms/deployments/${waiting?.id ?? ""}`;
      await administrator.post(`${path}/close`, { reason });
      expect(await product.parts.deployments.listPending(product.organisationId)).to.have.length(0);
      await administrator.post(`${path}/approve`, {});
      expect(await refusalFrom("stranger")).to.contain("launch-deployment-closed");
    });

    it("is not let close the one that they came by", async () => {
      const { deploymentRecordId } = administrator.launch;
      const page = `/admin/platforms/deployments/${deploymentRecordId}/close`;
      for (const answer of [
        await administrator.get(page),
        await administrator.post(page, { reason }),
      ]) {
        expect(answer.status).to.equal(409);
        expect(answer.text).to.contain("You came here from this deployment");
      }
      expect(await refusalFrom("1")).to.equal("let in");
    });
  });

  describe("who removes an LMS", () => {
    it("is asked why; then it is gone with its visits, and its learners and awards are not", async () => {
      const { lms, platform } = await product.connectLms({ mood: "moodle" });
      const wish = { userId: "amara", courseId: "cvi-101", lms };
      const learner = await product.launchAs(wish);
      const { accountId, organisationId } = learner.launch;
      expect(organisationId).to.equal(product.organisationId);
      const page = `/admin/platforms/${platform.id}/remove`;
      expect(load((await administrator.get(page)).text)("h1").text()).to.equal(
        `Remove ${platform.name}`,
      );
      expect((await administrator.post(page, { reason: "" })).status).to.equal(422);
      expect(await product.parts.platforms.findById(platform.id)).not.to.equal(undefined);

      const done = await administrator.post(page, { reason });
      expect(done.headers["location"]).to.match(/\/admin\/platforms\?done=platform-removed$/);
      expect(await product.parts.platforms.findById(platform.id)).to.equal(undefined);
      expect(await product.parts.deployments.listOfPlatform(platform.id)).to.have.length(0);
      expect((await learner.get("/progress")).status).to.equal(401);
      const refused = await product.launchAs(wish).catch((error: unknown) => String(error));
      expect(refused).to.contain("login-platform-unknown");
      expect(await product.parts.accounts.findById(organisationId, accountId)).to.include({
        issuer: platform.issuer,
      });
      expect((await trail("platform-removed"))[0]).to.deep.include({
        ...{ actorId: administrator.launch.accountId, reason },
        subject: { kind: "platform", id: platform.id },
      });
    });

    const refusesToRemove = async (platform: Platform, why: string) => {
      const page = `/admin/platforms/${platform.id}/remove`;
      for (const answer of [
        await administrator.get(page),
        await administrator.post(page, { reason }),
      ]) {
        expect(answer.status).to.equal(409);
        expect(answer.text).to.contain(why);
        expect(load(answer.text)("form[action$='/remove']")).to.have.length(0);
      }
      expect(await product.parts.platforms.findById(platform.id)).not.to.equal(undefined);
    };

    it("is not let remove the one that they came from", async () => {
      await refusesToRemove(product.platform, "You came here from this LMS");
    });

    it("is not let remove one by which people of another organisation come in", async () => {
      const { platform } = await product.connectLms({ mood: "canvas" });
      const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
      const theirs = { ...platform, organisationId: other.id };
      const waiting = { platformId: platform.id, deploymentId: "w", organisationId: other.id };
      await product.parts.deployments.ensure({ ...waiting, at: new Date(), status: "pending" });
      const page = `/admin/platforms/${platform.id}/remove`;
      expect((await administrator.get(page)).status).to.equal(200);
      await approve("theirs", theirs);
      await refusesToRemove(platform, "People of other organisations");
    });
  });

  describe("in whose overview deployments wait", () => {
    const decisions = async (): Promise<string> => (await administrator.get("/admin")).text;

    it("is asked to decide about those that need it, and not about those that are let in anyway", async () => {
      const { id: platformId, organisationId } = product.platform;
      const seen = { platformId, organisationId, at: new Date(), status: "pending" as const };
      await product.parts.deployments.ensure({ ...seen, deploymentId: "waiting" });
      expect(await decisions()).to.contain("1 place in an LMS");
      await product.parts.platforms.setAcceptsAnyDeployment(organisationId, platformId, true);
      expect(await decisions()).not.to.contain("place in an LMS");
      // One at a registration that accepts only those that are approved still is to be decided.
      const { platform } = await product.connectLms({ mood: "canvas" });
      await product.parts.deployments.ensure({
        ...seen,
        platformId: platform.id,
        deploymentId: newId(),
      });
      expect(await decisions()).to.contain("1 place in an LMS");
    });
  });
});
