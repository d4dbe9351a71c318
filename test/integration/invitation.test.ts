import { load } from "cheerio";
import { expect } from "chai";
import { type PracticeLms, startPracticeLms } from "practice-lms";
import { Browser, type PageAnswer } from "../support/test-browser.js";
import {
  launchAsAdministrator,
  startTestProduct,
  type TestProduct,
  type TestVisit,
} from "../support/test-product.js";

describe("an invitation that an administrator makes in the panel", function () {
  this.timeout(20_000);
  let product: TestProduct;
  let administrator: TestVisit;
  let lmses: PracticeLms[];

  before(async () => {
    product = await startTestProduct();
    administrator = await launchAsAdministrator(product);
    lmses = [await startPracticeLms({ mood: "moodle" }), await startPracticeLms()];
  });
  after(async () => {
    for (const lms of lmses) await lms.stop();
    await product.close();
  });

  const listedNames = async (): Promise<string[]> => {
    const list = load((await administrator.get("/admin/platforms")).text);
    return list(".cards h3 a")
      .toArray()
      .map((link) => list(link).text());
  };

  /** As the LMS does with the address that was pasted into it; a person presses Connect. */
  async function registerAt(lms: PracticeLms, registrationUrl: string): Promise<PageAnswer> {
    const question = await new Browser().get(lms.startRegistration(registrationUrl).url);
    const page = load(question.text);
    const fields = page("form input[name]").toArray();
    if (fields.length === 0) return question;
    return await new Browser().post(
      `${product.url}/lti/register`,
      Object.fromEntries(
        fields.map((field) => [page(field).attr("name") ?? "", page(field).attr("value") ?? ""]),
      ),
    );
  }

  it("registers the LMS that it is given to, once, and the LMS stands in the list and launches", async () => {
    const [lms, other] = lmses as [PracticeLms, PracticeLms];
    const before = await listedNames();

    const made = load((await administrator.post("/admin/platforms/invitation")).text);
    const invited = await new Browser().get(String(made("#invitation-link").val()));
    const registrationUrl = String(load(invited.text)("#registration-url").val());

    const done = await registerAt(lms, registrationUrl);
    expect(done.status).to.equal(200);
    // There is an administrator: no code is given away.
    expect(done.text).not.to.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
    expect(await listedNames()).to.have.members([...before, new URL(lms.url).hostname]);

    const [tool] = lms.listTools();
    const { clientId = "", deploymentIds: [deploymentId = ""] = [] } = tool ?? {};
    lms.activateTool(clientId);
    const wish = { userId: "amara", courseId: "cvi-101", lms, clientId, deploymentId };
    const { launch } = await product.launchAs(wish);
    expect(launch.organisationId).to.equal(administrator.launch.organisationId);

    const late = await registerAt(other, registrationUrl);
    expect(late.status).to.equal(403);
    expect(late.text).to.contain("code-invalid");
    expect(other.listTools()).to.have.length(0);
    expect(await listedNames()).to.have.length(before.length + 1);
  });

  it("is good for one of several that use it at the same moment", async () => {
    const made = load((await administrator.post("/admin/platforms/invitation")).text);
    const token = String(made("#invitation-link").val()).split("/").at(-1) ?? "";
    const registrationUrl = `${product.url}/lti/register?invitation=${token}`;
    const before = await listedNames();
    const toolsBefore = lmses.flatMap((lms) => lms.listTools()).length;
    const answers = await Promise.all(
      [...lmses, ...lmses].map(async (lms) => await registerAt(lms, registrationUrl)),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 403, 403, 403]);
    expect(await listedNames()).to.have.length(before.length + 1);
    // The others' LMSs were told nothing.
    expect(lmses.flatMap((lms) => lms.listTools()).length).to.equal(toolsBefore + 1);
  });

  it("is made by administrators alone", async () => {
    const learner = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    expect((await learner.post("/admin/platforms/invitation")).status).to.equal(403);
  });
});
