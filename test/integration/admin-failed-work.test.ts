import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { ToolError } from "../../src/errors.js";
import type { FailedWork } from "../../src/work/work-queue.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const failed: FailedWork = {
  id: "0123456789abcdef01234567",
  name: "post-score",
  data: { key: "k", organisationId: "ours" },
  failedAt: new Date("2026-05-04T10:00:00Z"),
  failCount: 3,
  reason: "platform-unreachable: <no answer>",
  nextRunAt: undefined,
};

describe("failed work in the administrator's panel", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  const asked: object[] = [];
  const retried: { organisationId: string; id: string }[] = [];

  before(async () => {
    panel = await openPanel(undefined, {
      work: {
        listFailed: async (query) => {
          asked.push(query);
          return { items: [failed], page: 1, pageCount: 1, total: 1 };
        },
        retry: async (work) => {
          if (work.id !== failed.id) throw new ToolError("not-found");
          retried.push(work);
        },
      },
    });
    ({ panel: address, organisationId } = await panel.enter());
  });
  after(async () => {
    await panel.close();
  });

  it("is listed in plain words with its reason", async () => {
    const response = await request(panel.app).get(`${address}/failed-work`);
    const row = load(response.text)("tbody tr");
    expect(row.text()).to.include("Send a score to the LMS");
    expect(row.text()).to.include("The LMS did not answer (platform-unreachable: <no answer>)");
    expect(row.text()).to.include("3 times");
    expect(row.text()).to.include("Waits for you");
    expect(
      asked.every((query) => "organisationId" in query && query.organisationId === organisationId),
    ).to.equal(true);
  });

  it("is tried again by a button, and only in one's own organisation", async () => {
    const html = (await request(panel.app).get(`${address}/failed-work`)).text;
    const action = load(html)("form[method=post]").attr("action")!;
    const response = await request(panel.app).post(action).type("form").send({});
    expect(response.status).to.equal(303);
    expect(retried).to.deep.equal([{ organisationId, id: failed.id }]);
  });

  it("does not exist under any other id", async () => {
    for (const id of ["76543210fedcba9876543210", "x", "$ne"]) {
      const response = await request(panel.app).post(`${address}/failed-work/${id}/retry`);
      expect(response.status).to.equal(404);
    }
  });

  it("is counted on the overview and on the events page", async () => {
    const overview = load((await request(panel.app).get(address)).text);
    expect(overview(".cards h3").text()).to.equal("1 failed task");
    const events = load((await request(panel.app).get(`${address}/events`)).text);
    expect(events(".notice.warning").text()).to.include("failed work (1)");
  });
});
