import { load } from "cheerio";
import { expect } from "chai";
import { startPracticeLms, type PracticeLms } from "../src/index.js";
import { startFakeTool, type FakeTool } from "./fake-tool.js";

describe("practice LMS: pages", () => {
  let tool: FakeTool;
  let lms: PracticeLms;
  let linkId: string;

  before(async () => {
    tool = await startFakeTool();
  });
  after(async () => {
    await tool.stop();
  });
  beforeEach(async () => {
    lms = await startPracticeLms({ tools: [tool.describe({ title: "Fake <tool>" })] });
    linkId = lms.addLink("cvi-101", {
      title: "Exam <script>",
      targetLinkUri: `${tool.url}/launch`,
      custom: {},
      lineItem: { label: "Exam", scoreMaximum: 50, resourceId: "exam" },
    }).id;
  });
  afterEach(async () => {
    await lms.stop();
  });

  /** A browser without scripts: keeps the cookie, follows nothing by itself. */
  async function signIn(userId: string) {
    const answer = await fetch(`${lms.url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ user_id: userId }),
      redirect: "manual",
    });
    const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    const open = async (path: string) => {
      const response = await fetch(lms.url + path, { headers: { cookie }, redirect: "manual" });
      const page = load(await response.text());
      return { status: response.status, to: response.headers.get("location"), page };
    };
    const send = async (
      path: string,
      fields: Record<string, string>,
      headers: Record<string, string> = {},
    ) => {
      const response = await fetch(lms.url + path, {
        method: "POST",
        headers: { cookie, ...headers },
        body: new URLSearchParams(fields),
        redirect: "manual",
      });
      const page = load(await response.text());
      return { status: response.status, to: response.headers.get("location"), page };
    };
    const csrfToken = async (path: string): Promise<string> =>
      String((await open(path)).page("input[name=csrf_token]").first().attr("value"));
    return { open, send, csrfToken };
  }

  it("sends strangers to the sign-in page, which shows everybody but the preview account", async () => {
    const response = await fetch(`${lms.url}/courses`, { redirect: "manual" });
    expect(response.headers.get("location")).to.equal("/");
    const page = load(await (await fetch(lms.url)).text());
    expect(page(".card").length).to.equal(4);
    expect(page("h1").text()).to.equal("Who are you today?");
  });

  it("starts a launch from the activity's iframe without scripts", async () => {
    const { open } = await signIn("amara");
    const { page } = await open(`/courses/cvi-101/links/${linkId}`);
    expect(page("h1").text()).to.equal("Exam <script>");
    const inside = (await open(String(page("iframe").attr("src")))).page;
    expect(inside("form").attr("action")).to.equal(`${tool.url}/login`);
    expect(inside("input[name=iss]").attr("value")).to.equal(lms.issuer);
    expect(inside("input[name=login_hint]").attr("value")).to.equal("amara");
    expect(inside("button").length).to.equal(1);
  });

  it("lets an instructor type, correct and empty a grade, and says what was saved", async () => {
    const { open, send, csrfToken } = await signIn("priya");
    const path = "/courses/cvi-101/gradebook";
    const token = await csrfToken(path);
    const [row] = lms.gradebook("cvi-101");
    const cell = { csrf_token: token, line_item_id: row!.lineItemId, user_id: "amara" };
    for (const [typed, stored, said] of [
      ["42,5", 42.5, "42.5 of 50"],
      ["", null, "no grade"],
    ] as const) {
      const answer = await send(path, { ...cell, score: typed });
      expect(answer.status).to.equal(303);
      const { page } = await open(String(answer.to));
      expect(page("[role=status]").text()).to.contain("Amara Okafor, Exam").and.contain(said);
      expect(lms.gradebook("cvi-101")[0]).to.include({ score: stored, gradedBy: "instructor" });
    }
    const refused = await send(path, { ...cell, score: "many" });
    expect(refused.status).to.equal(422);
    expect(refused.page("[role=alert]").text()).to.contain("Nothing was saved");
  });

  it("refuses a form without the token, or from another site", async () => {
    const { send, csrfToken } = await signIn("priya");
    const path = "/courses/cvi-101/gradebook";
    const token = await csrfToken(path);
    const [row] = lms.gradebook("cvi-101");
    const cell = { line_item_id: row!.lineItemId, user_id: "amara", score: "1" };
    expect((await send(path, cell)).status).to.equal(403);
    const origin = { origin: "https://elsewhere.example" };
    expect((await send(path, { ...cell, csrf_token: token }, origin)).status).to.equal(403);
    expect(lms.gradebook("cvi-101")[0]?.score).to.equal(null);
  });

  for (const [userId, path, status] of [
    ["amara", "/courses/cvi-101/gradebook", 403],
    ["amara", "/courses/cvi-101/add-content/tool-1", 403],
    ["amara", "/launch?course_id=cvi-101&client_id=tool-1&message=deep-linking", 403],
    ["amara", "/launch?placement=administration&client_id=tool-1", 403],
    ["amara", "/tools", 403],
    ["priya", "/administration/tool-1", 403],
    ["ruth", "/administration/tool-1", 200],
    ["priya", "/courses/cvi-101/add-content/tool-1", 200],
    ["priya", "/courses/nowhere", 404],
    ["priya", "/courses/cvi-101/links/nowhere", 404],
    ["priya", "/launch?course_id=cvi-101&link_id=nowhere", 404],
  ] as const) {
    it(`answers ${userId} at ${path} with ${String(status)}`, async () => {
      const { open } = await signIn(userId);
      expect((await open(path)).status).to.equal(status);
    });
  }

  it("keeps out who is not enrolled", async () => {
    lms.unenrol({ courseId: "cvi-101", userId: "amara" });
    const { open } = await signIn("amara");
    expect((await open("/courses/cvi-101")).status).to.equal(404);
    expect((await open(`/launch?course_id=cvi-101&link_id=${linkId}`)).status).to.equal(404);
  });

  it("lets an instructor look as the preview account, and come back", async () => {
    const { open, send, csrfToken } = await signIn("priya");
    const token = await csrfToken("/courses/cvi-101");
    await send("/courses/cvi-101/preview", { csrf_token: token });
    expect((await open("/courses/cvi-101")).page(".visitor").text()).to.contain("Test Student");
    expect((await open("/courses/cvi-101/gradebook")).status).to.equal(403);
    await send("/leave-preview", { csrf_token: token });
    expect((await open("/courses/cvi-101")).page(".visitor").text()).to.contain("Priya Raman");
  });

  it("lets an administrator open a registration and activate the tool", async () => {
    const { open, send, csrfToken } = await signIn("ruth");
    const token = await csrfToken("/tools");
    const fields = { csrf_token: token, registration_url: `${tool.url}/register` };
    const frame = (await send("/tools/registrations", fields)).page("iframe");
    expect(frame.attr("src")).to.contain("registration_token=");
    expect(frame.attr("data-close-to")).to.equal("/tools");
    const wrong = await send("/tools/registrations", { ...fields, registration_url: "tool" });
    expect(wrong.status).to.equal(422);
    lms.listTools()[0]!.isActive = false;
    await send("/tools/tool-1/activate", { csrf_token: token });
    expect(lms.listTools()[0]?.isActive).to.equal(true);
    expect((await open("/tools")).page("ul.rows").text()).to.contain("Fake <tool>");
  });
});
