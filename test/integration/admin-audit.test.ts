import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { recordAudit } from "../../src/audit/record-audit.js";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const now = new Date("2026-05-04T10:00:00Z");

describe("the audit trail in the panel", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  let accountId: string;

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId, accountId } = await panel.enter());
  });

  const get = async (path: string) => await request(panel.app).get(`${address}${path}`).expect(200);
  const post = async (path: string, fields: Record<string, string> = {}) =>
    await request(panel.app).post(`${address}${path}`).type("form").send(fields);
  const decide = async (given: { action?: string; reason?: string; at?: Date } = {}) => {
    const { action = "award-revoked", reason = "Somebody else sat the exam.", at = now } = given;
    await recordAudit(
      { audit: panel.stores.audit },
      {
        ...{ organisationId, actorId: accountId, action, at, reason },
        ...{ subject: { kind: "award", id: newId() }, after: { state: "revoked" } },
      },
    );
  };
  const rowsOf = async (query = "") => {
    const page = load((await get(`/audit${query}`)).text);
    return page("tbody tr")
      .toArray()
      .map((row) => page(row).text().replace(/\s+/g, " ").trim());
  };

  it("says who decided what, about what, why, before and after", async () => {
    await decide();
    const [row] = await rowsOf();
    expect(row).to.include("Award revoked");
    expect(row).to.include("Ada Admin");
    expect(row).to.include("Somebody else sat the exam.");
    expect(row).to.include("State: revoked");
  });

  it("holds what is decided about keys, units of hours and names of results", async () => {
    const made = load((await post("/results/keys", { sender: "Proctoring Ltd" })).text);
    const keyId = String(made("[id*=key]").filter("input").first().val());
    const [key] = await panel.stores.pushKeys.list(organisationId);
    expect(keyId).to.equal(key?.id);
    await post(`/results/keys/${keyId}/revoke`);
    await post("/hours", { "name-0": "Credits", "perHour-0": "0.1" });
    const rows = await rowsOf();
    expect(rows.find((row) => row.includes("Key for sending results made"))).to.include(
      "Sender: Proctoring Ltd",
    );
    expect(rows.find((row) => row.includes("Key for sending results revoked"))).to.include(
      "Ada Admin",
    );
    expect(rows.find((row) => row.includes("Units of hours saved"))).to.include("Credits: 0.1");
  });

  it("says so while nothing was decided", async () => {
    expect((await get("/audit")).text).to.include("Nothing has been decided yet.");
  });

  it("is searched by words, by what was done and by days, both days included", async () => {
    await decide({ reason: "A report came in." });
    await decide({ action: "track-published", at: new Date("2026-05-02T23:59:59Z") });
    expect(await rowsOf("?search=REPORT")).to.have.length(1);
    expect(await rowsOf("?action=track-published")).to.have.length(1);
    expect(await rowsOf("?from=2026-05-02&to=2026-05-02")).to.have.length(1);
    expect(await rowsOf("?from=2026-05-03")).to.have.length(1);
    expect(await rowsOf("?from=nonsense")).to.have.length(2);
    expect(await rowsOf("?search=nothing")).to.have.length(0);
  });

  it("keeps what was asked for from page to page and in the exports", async () => {
    for (let index = 0; index < 21; index += 1) await decide({ reason: `Case ${index} is closed` });
    const page = load((await get("/audit?search=closed&action=award-revoked")).text);
    const next = page("a[rel=next]").attr("href") ?? "";
    expect(next).to.include("search=closed").and.include("action=award-revoked");
    const csv = page('a[href*="audit.csv"]').attr("href") ?? "";
    const { text } = await request(panel.app).get(csv).expect(200);
    expect(text.trim().split("\n")).to.have.length(22);
  });

  it("goes to a spreadsheet with nothing in it that a spreadsheet would run", async () => {
    await decide({ reason: '=HYPERLINK("https://evil.example","x")' });
    await decide({ reason: "@SUM(1)" });
    await decide({ reason: "Two lines,\nand a comma" });
    const answer = await get("/audit.csv");
    expect(answer.headers["content-type"]).to.include("text/csv");
    expect(answer.headers["content-disposition"]).to.include("attachment");
    expect(answer.text).to.include(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
    expect(answer.text).to.include("'@SUM(1)");
    expect(answer.text).to.include('"Two lines,\nand a comma"');
    expect(answer.text).to.not.include("Ada Admin");
  });

  it("goes to a program as JSON lines", async () => {
    await decide();
    await decide({ action: "track-published" });
    const { text } = await get("/audit.jsonl").then((answer) => ({
      text: answer.text === "" ? String(answer.body) : answer.text,
    }));
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { action: string });
    expect(lines.map(({ action }) => action)).to.have.members(["award-revoked", "track-published"]);
  });

  it("is each organisation's own", async () => {
    await decide();
    const other = await panel.enter();
    const page = await request(panel.app).get(`${other.panel}/audit`).expect(200);
    expect(page.text).to.include("Nothing has been decided yet.");
    const { text } = await request(panel.app).get(`${other.panel}/audit.csv`).expect(200);
    expect(text.trim().split("\n")).to.have.length(1);
  });

  const course = {
    ...{ code: "AH-101", title: "Safe transfers", contactHours: "4", subject: "Care" },
    ...{ version: "2026", examTitle: "Exam", passMarkPercent: "70", gradeSource: "lms-gradebook" },
    ...{ scoreMaximum: "100", attemptsAllowed: "" },
  };

  it("holds what is decided in the panel, and nothing of what is refused", async () => {
    await post("/courses/new", { ...course, contactHours: "-4" });
    expect(await rowsOf()).to.deep.equal([]);
    const added = await post("/courses/new", course);
    const courseAddress = /\/courses\/[^?]+/.exec(String(added.headers["location"]))?.[0] ?? "";
    await post(`${courseAddress}/edit`, { ...course, contactHours: "5" });
    const { id: offeringId } = await panel.stores.offerings.noteLaunch({
      ...{ organisationId, issuer: "https://lms.example.org", contextId: newId() },
      ...{ contextTitle: "PHYS 101", at: now },
    });
    const courseId = courseAddress.split("/").at(-1) ?? "";
    await post(`/lms-courses/${offeringId}/approve`, { courseId });
    await post(`/lms-courses/${offeringId}/decline`);
    await post("/people/code");
    await post("/platforms/invitation");
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    await panel.stores.profiles.proposeName(organisationId, id, "Priya Nair");
    await post(`/people/names/${id}`, { decision: "approve", name: "Priya Nair" });
    await post(`/people/administrators/${id}/add`);
    await post(`/people/administrators/${id}/remove`);
    const { items } = await panel.stores.audit.list(organisationId, {
      ...{ search: "", page: 1, pageSize: 50 },
    });
    expect(items.map(({ action }) => action)).to.have.members([
      ...["course-added", "course-changed", "lms-course-approved", "lms-course-declined"],
      ...["administrator-code-made", "platform-invited", "name-approved"],
      ...["administrator-added", "administrator-removed"],
    ]);
    expect(items.every(({ actorId }) => actorId === accountId)).to.equal(true);
    const changed = items.find(({ action }) => action === "course-changed");
    expect(changed).to.deep.include({
      before: { code: "AH-101", version: "2026", contactHours: 4 },
      after: { code: "AH-101", version: "2026", contactHours: 5 },
    });
    expect(JSON.stringify(items)).to.not.include("Priya");
  });
});
