import { expect } from "chai";
import { CommandError } from "../../scripts/command.js";
import { readCommand } from "../../scripts/platform-command.js";
import { beginLaunch, startTestProduct, type TestProduct } from "../support/test-product.js";

const complete = [
  ...["add", "--name", "Campus", "--issuer", "https://lms.example", "--client-id", "7"],
  ...[
    "--authorization-url",
    "https://lms.example/auth",
    "--token-url",
    "https://lms.example/token",
  ],
  ...["--jwks-url", "https://lms.example/jwks", "--deployment", "1"],
];

describe("npm run platform", () => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct();
  });
  afterEach(async () => {
    await product.close();
  });

  const run = async (...args: string[]): Promise<string> =>
    await readCommand(args).run(product.parts);
  async function faultOf(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
    } catch (error) {
      if (error instanceof CommandError) return error.message;
      throw error;
    }
    return "";
  }

  it("add registers an LMS and prints what the LMS needs", async () => {
    const printed = await run(...complete);
    expect(printed)
      .to.contain(`${product.url}/lti/login`)
      .and.to.contain(`${product.url}/lti/jwks`);
    const platform = await product.parts.platforms.findByRegistration("https://lms.example", "7");
    expect(platform).to.include({ name: "Campus", acceptsAnyDeployment: false });
    const deployment = await product.parts.deployments.find(platform?.id ?? "", "1");
    expect(deployment?.status).to.equal("approved");
  });

  it("add says everything that is missing at once, and registers nothing", async () => {
    const fault = await faultOf(async () => await run("add", "--name", "X", "--issuer", "y"));
    for (const option of ["--client-id", "--authorization-url", "--token-url", "--jwks-url"]) {
      expect(fault).to.contain(option);
    }
    expect(await product.parts.platforms.listAll()).to.have.length(1);
  });

  it("add registers nothing twice", async () => {
    await run(...complete);
    expect(await faultOf(async () => await run(...complete))).to.contain("registered already");
  });

  it("add asks which organisation when there are several, and makes a named one", async () => {
    await run(...complete, "--organisation", "Second school");
    const another = complete.map((part) => (part === "7" ? "8" : part));
    const fault = await faultOf(async () => await run(...another));
    expect(fault).to.contain("--organisation").and.to.contain("Second school");
    await run(...another, "--organisation", "Second school");
    expect(await product.parts.organisations.listAll()).to.have.length(2);
  });

  it("list shows each LMS with its deployments, and approve lets a waiting one in", async () => {
    const wish = { userId: "amara", courseId: "cvi-101", deploymentId: "another" };
    const launch = async () => {
      const { browser, idToken, state } = await beginLaunch(product, wish);
      return await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state });
    };
    expect((await launch()).status).to.equal(403);
    const listed = await run("list");
    expect(listed).to.contain(product.lms.issuer);
    const id = /deployment another {2}pending {2}(\S+)/.exec(listed)?.[1] ?? "";
    await run("approve", "--id", id);
    expect((await launch()).status).to.equal(303);
    expect(await faultOf(async () => await run("approve", "--id", "x"))).to.contain("see: list");
  });

  it("remove ends launches from an LMS", async () => {
    await run("remove", "--id", product.platform.id);
    expect(await run("list")).to.equal("No LMS is registered.");
    const { loginUrl, parameters } = product.lms.startLaunch({
      userId: "amara",
      courseId: "cvi-101",
    });
    const answer = await fetch(loginUrl, { method: "POST", body: new URLSearchParams(parameters) });
    expect(answer.status).to.equal(403);
    expect(await faultOf(async () => await run("remove", "--id", "x"))).to.contain("see: list");
  });

  it("administrator-code makes a code that works in a launch", async () => {
    const code = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/.exec(await run("administrator-code"))?.[0] ?? "";
    const visit = await product.launchAs({ userId: "ruth", placement: "administration" });
    expect((await visit.post("/claim", { code })).status).to.equal(303);
  });

  it("invite makes an address at which an LMS can register", async () => {
    const link = /http\S+/.exec(await run("invite"))?.[0] ?? "";
    const { url } = product.lms.startRegistration(link);
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    expect(answer.status).to.equal(200);
  });

  it("leaves in the audit trail what was decided at the command line, and nothing for a look", async () => {
    await run("list");
    await run("rename-organisation", "--to", "School for Teachers");
    await run("administrator-code");
    const [organisation] = await product.parts.organisations.listAll();
    const query = { search: "", page: 1, pageSize: 10 };
    const { items } = await product.parts.audit.list(organisation?.id ?? "", query);
    expect(items.map(({ actorId, action }) => `${actorId} ${action}`).sort()).to.deep.equal([
      "command-line administrator-code-made",
      "command-line organisation-renamed",
    ]);
  });

  it("rename-organisation gives the only organisation its name", async () => {
    await run("rename-organisation", "--to", "School for Teachers");
    const names = async () => (await product.parts.organisations.listAll()).map((o) => o.name);
    expect(await names()).to.deep.equal(["School for Teachers"]);
    await run(...complete, "--organisation", "Second school");
    const clash = ["rename-organisation", "--to", "Second school"];
    const fault = await faultOf(
      async () => await run(...clash, "--organisation", "School for Teachers"),
    );
    expect(fault).to.contain("another organisation");
    expect(await names()).to.deep.equal(["School for Teachers", "Second school"]);
  });

  for (const args of [[], ["nonsense"], ["constructor"], ["list", "--x"], ["add", "--name"]]) {
    it(`says how it is used for "${args.join(" ")}"`, () => {
      expect(() => readCommand(args)).to.throw(CommandError, "npm run platform");
    });
  }

  it("close and reopen decide who is let in from a deployment, and say so in the audit trail", async () => {
    const { id: platformId } = product.platform;
    const [deployment] = await product.parts.deployments.listOfPlatform(platformId);
    const id = deployment?.id ?? "";
    const launch = async () =>
      await product.launchAs({ userId: "amara", courseId: "cvi-101" }).then(
        () => "let in",
        (error: unknown) => String(error),
      );
    const { launch: opened, get } = await product.launchAs({ userId: "amara" });
    expect(opened.deploymentRecordId).to.equal(id);
    expect(await run("close", "--id", id)).to.contain("Closed deployment 1");
    expect(await launch()).to.contain("launch-deployment-closed");
    expect((await get("/progress")).status).to.equal(401);
    expect(await faultOf(async () => await run("close", "--id", id))).to.contain("no such");
    await faultOf(async () => await run("approve", "--id", id));
    expect(await launch()).to.contain("launch-deployment-closed");
    expect(await run("reopen", "--id", id)).to.contain("Opened deployment 1 again");
    expect(await launch()).to.equal("let in");
    const trail = await product.connection
      .collection("auditEntries")
      .find({ actorId: "command-line", "subject.id": platformId })
      .sort({ at: 1 })
      .toArray();
    expect(trail.map(({ action }) => action as unknown)).to.deep.equal([
      "deployment-closed",
      "deployment-reopened",
    ]);
  });

  it("approve-hosts lets people in from an LMS whose hosts waited, once", async () => {
    const { id } = product.platform;
    const hosts = ["lms.example", "keys.example"];
    await product.parts.platforms.update({ ...product.platform, hostsToApprove: hosts });
    expect(await run("list")).to.contain("waits for approval of its hosts: lms.example, keys");
    expect(await run("approve-hosts", "--id", id)).to.contain("lms.example, keys.example");
    await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    const again = await faultOf(async () => await run("approve-hosts", "--id", id));
    expect(again).to.contain("No such LMS waits");
  });
});
