import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { load } from "cheerio";
import { expect } from "chai";
import { fieldsOf } from "../support/form-fields.js";
import { Browser } from "../support/test-browser.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

describe("an LMS whose addresses stand on several hosts", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;
  let front: Server;
  let canvas: Awaited<ReturnType<TestProduct["connectLms"]>>["lms"];

  /** What the LMS that stands at `front` says of itself; each test may change it. */
  let described: () => Promise<object>;
  const answered = { client_id: "several-hosts" };

  beforeEach(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
    // Its issuer is hosted Canvas, its endpoints are no hosts of Instructure's.
    const connected = await product.connectLms({ mood: "canvas" });
    await product.parts.removePlatform(product.organisationId, connected.platform.id);
    canvas = connected.lms;
    front = createServer((request, response) => {
      void (async () => {
        const said = request.method === "GET" ? await described() : answered;
        response.setHeader("content-type", "application/json").end(JSON.stringify(said));
      })();
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    front.closeAllConnections();
    front.close();
    await product.close();
  });

  const invite = async () => await product.parts.makeInvitationLink(product.organisationId);
  const register = async (url: string) => {
    const question = await new Browser().get(url);
    return await new Browser().post(`${product.url}/lti/register`, fieldsOf(question.text));
  };
  const registered = async () =>
    (await product.parts.platforms.listAll()).find(({ id }) => id !== product.platform.id);
  const frontUrl = () => `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const atFront = async () =>
    `${await invite()}&openid_configuration=${encodeURIComponent(frontUrl())}`;
  const saying = (paths: Record<string, string>) => async () => ({
    ...{ issuer: "http://lms.example", authorization_endpoint: `${frontUrl()}/auth` },
    ...{ token_endpoint: `${frontUrl()}/token`, jwks_uri: `${frontUrl()}/jwks` },
    registration_endpoint: `${frontUrl()}/register`,
    ...paths,
  });
  const launch = async (clientId: string) =>
    await product.launchAs({ userId: "amara", courseId: "cvi-101", lms: canvas, clientId }).then(
      () => "let in",
      (error: unknown) => String(error),
    );

  it("lets nobody in before an administrator has approved the hosts in the panel", async () => {
    const done = await register(canvas.startRegistration(await invite()).url);
    expect(done.text).to.contain("Nobody can open Rosette from it yet");
    expect(done.text).not.to.contain("know each other now");
    const { id = "", clientId = "", hostsToApprove } = (await registered()) ?? {};
    expect(hostsToApprove).to.deep.equal([new URL(canvas.url).host, "canvas.instructure.com"]);
    canvas.activateTool(clientId);
    expect(await launch(clientId)).to.contain("launch-hosts-pending");
    expect(await product.parts.deployments.listOfPlatform(id)).to.have.length(0);

    expect((await administrator.get("/admin")).text).to.contain("1 new LMS");
    const page = load((await administrator.get("/admin/platforms")).text);
    const form = page("form[action$='/approve-hosts']");
    expect(form.closest(".card").text()).to.contain("canvas.instructure.com");
    const hosts = String(form.find("[name=hosts]").val());
    await administrator.post(`/admin/platforms/${id}/approve-hosts`, { hosts });
    expect(await launch(clientId)).to.equal("let in");
    expect((await administrator.get("/admin")).text).not.to.contain("new LMS");

    const trail = await product.connection
      .collection("auditEntries")
      .find({ action: "platform-hosts-approved" })
      .toArray();
    expect(trail).to.have.length(1);
    expect(trail[0]).to.deep.include({
      ...{ actorId: administrator.launch.accountId, subject: { kind: "platform", id } },
      after: { hosts: hosts.replaceAll(",", ", ") },
    });
  });

  it("is refused by the launch itself, too, when its login was begun before", async () => {
    await register(canvas.startRegistration(await invite()).url);
    const { id = "", clientId = "" } = (await registered()) ?? {};
    canvas.activateTool(clientId);
    const { platforms } = product.connection.collections;
    const set = async (change: object) => await platforms?.updateOne({ _id: id as never }, change);
    const recalled = await product.parts.platforms.findById(id);
    await set({ $unset: { hostsToApprove: 1 } });
    product.parts.platforms.forget();
    // From here on this process remembers it as approved.
    expect(await launch(clientId)).to.equal("let in");
    await set({ $set: { hostsToApprove: recalled?.hostsToApprove } });
    expect(await launch(clientId)).to.contain("launch-hosts-pending");
  });

  it("waits in the same way when its values were typed on an invitation", async () => {
    const link = (await invite()).replace("/lti/register?invitation=", "/setup/");
    const typed = {
      ...{ name: "Typed LMS", issuer: "https://lms.example", clientId: "typed", deploymentId: "1" },
      ...{ authorizationUrl: "https://elsewhere.example/auth" },
      ...{ tokenUrl: "https://lms.example/token", jwksUrl: "https://lms.example/jwks" },
    };
    const done = await new Browser().post(link, typed);
    expect(done.text).to.contain("elsewhere.example").and.to.contain("Nobody can open Rosette");
    expect((await registered())?.hostsToApprove).to.deep.equal([
      "lms.example",
      "elsewhere.example",
    ]);
    const plain = (await invite()).replace("/lti/register?invitation=", "/setup/");
    const authorizationUrl = "https://lms.example/auth";
    await new Browser().post(plain, { ...typed, clientId: "one-house", authorizationUrl });
    const all = await product.parts.platforms.listAll();
    expect(all.find(({ clientId }) => clientId === "one-house")?.hostsToApprove).to.equal(
      undefined,
    );
  });

  it("is approved for the hosts that were seen, and for no others", async () => {
    described = saying({});
    await register(await atFront());
    const first = (await registered())?.hostsToApprove ?? [];
    described = saying({ authorization_endpoint: "http://third.example/auth" });
    await register(await atFront());
    const { id = "", hostsToApprove } = (await registered()) ?? {};
    expect(hostsToApprove).to.include("third.example");
    const page = `/admin/platforms/${id}/approve-hosts`;
    const late = await administrator.post(page, { hosts: first.join(",") });
    expect(late.headers["location"]).to.contain("done=hosts-changed");
    expect((await registered())?.hostsToApprove).to.deep.equal(hostsToApprove);
  });

  it("is moved to other hosts by no second registration, once it is approved", async () => {
    described = saying({});
    await register(await atFront());
    const { id = "", hostsToApprove: hosts = [] } = (await registered()) ?? {};
    await product.parts.platforms.approveHosts(product.organisationId, id, hosts);
    const before = await registered();
    described = saying({ authorization_endpoint: "http://third.example/auth" });
    const moved = await register(await atFront());
    expect(moved.status).to.equal(409);
    expect(moved.text).to.contain("platform-speaks-for-another");
    expect(await registered()).to.deep.equal(before);
    // On the hosts that are approved it renews itself, and nobody has to approve it again.
    described = saying({ authorization_endpoint: `${frontUrl()}/other` });
    expect((await register(await atFront())).status).to.equal(200);
    expect(await registered()).to.deep.equal({
      ...before,
      authorizationUrl: `${frontUrl()}/other`,
    });
  });

  it("goes on waiting when an administrator changes its addresses, for the new hosts", async () => {
    described = saying({});
    await register(await atFront());
    const { id = "", tokenUrl, jwksUrl } = (await registered()) ?? {};
    const typed = { name: "LMS", tokenUrl, jwksUrl, tokenAudience: "" } as Record<string, string>;
    const authorizationUrl = "http://third.example/auth";
    await administrator.post(`/admin/platforms/${id}/addresses`, { ...typed, authorizationUrl });
    expect((await registered())?.hostsToApprove).to.include("third.example");
  });

  it("contradicts no other that registers at the same moment: one of the two is refused", async () => {
    const registrations = ["a", "b", "c", "d"].map(async (name) => {
      const link = (await invite()).replace("/lti/register?invitation=", "/setup/");
      return async () =>
        await new Browser().post(link, {
          ...{ name, issuer: `https://${name}.example`, clientId: "wanted-by-all" },
          authorizationUrl: `https://${name}.example/auth`,
          tokenUrl: `https://${name}.example/token`,
          jwksUrl: `https://${name}.example/jwks`,
        });
    });
    const ready = await Promise.all(registrations);
    const answers = await Promise.all(ready.map(async (send) => await send()));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 422, 422, 422]);
    const all = await product.parts.platforms.listAll();
    expect(all.filter(({ clientId }) => clientId === "wanted-by-all")).to.have.length(1);
  });
});
