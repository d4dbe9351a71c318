import { expect } from "chai";
import { startPracticeLms, type Mood, type PracticeLms } from "../src/index.js";
import { below, call, getAccessToken, media, startFakeTool, type FakeTool } from "./fake-tool.js";

type Item = { id: string; label: string; resourceId?: string; tag?: string; scoreMaximum: number };
type Result = { userId: string; resultScore?: number; resultMaximum?: number; timestamp?: string };

describe("practice LMS: grades", () => {
  let tool: FakeTool;
  let lms: PracticeLms;
  let token: string;
  let now: Date;
  let linkId: string;

  // Scores are judged on a fixed day; assertions carry the real time.
  let useRealClock = false;
  const clock = (): Date => (useRealClock ? new Date() : now);

  async function start(mood: Mood): Promise<void> {
    now = new Date("2026-11-20T10:00:00.000Z");
    lms = await startPracticeLms({ mood, tools: [tool.describe()], now: clock });
    linkId = lms.addLink("cvi-101", {
      title: "Exam",
      targetLinkUri: `${tool.url}/launch`,
      custom: {},
      lineItem: { label: "Exam", scoreMaximum: 50, resourceId: "exam", tag: "final" },
    }).id;
    useRealClock = true;
    token = await getAccessToken(lms);
    useRealClock = false;
  }

  const container = (): string =>
    lms.url.concat(
      lms.issuer === lms.url
        ? "/lti/services/cvi-101/lineitems?type_id=1"
        : "/api/lti/courses/cvi-101/line_items",
    );
  const listItems = async (query: Record<string, string> = {}) => {
    const url = new URL(container());
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return await call(token, url.href, { media: media.lineItems });
  };
  const addItem = async (item: object) =>
    await call(token, container(), { method: "POST", media: media.lineItem, body: item });
  const examUrl = async (): Promise<string> => {
    const found = await listItems({ resource_id: "exam" });
    return (found.body as Item[])[0]!.id;
  };
  const score = (changes: object = {}) => ({
    userId: "amara",
    scoreGiven: 8,
    scoreMaximum: 10,
    timestamp: "2026-11-20T09:59:00.250Z",
    activityProgress: "Completed",
    gradingProgress: "FullyGraded",
    ...changes,
  });
  const post = async (body: object, type = media.score): Promise<number> => {
    const url = below(await examUrl(), "/scores");
    return (await call(token, url, { method: "POST", media: type, body })).status;
  };
  const listResults = async (query = "") => {
    const url = new URL(below(await examUrl(), "/results"));
    for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
    const answer = await call(token, url.href, { media: media.results });
    return { ...answer, body: answer.body as Result[] };
  };
  const scoreOf = (userId: string) =>
    lms.gradebook("cvi-101").find((row) => row.userId === userId && row.resourceId === "exam")!
      .score;

  before(async () => {
    tool = await startFakeTool();
  });
  after(async () => {
    await tool.stop();
  });
  afterEach(async () => {
    await lms.stop();
  });

  describe("line items in the Moodle mood", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    it("describes a link's line item with Moodle's empty texts and query string", async () => {
      await addItem({ label: "Project", scoreMaximum: 20 });
      const { body } = await listItems();
      expect(body).to.have.length(2);
      expect((body as Item[])[0]).to.include({ resourceLinkId: linkId, ltiLinkId: linkId });
      expect((body as Item[])[1]).to.include({ resourceId: "", tag: "", label: "Project" });
      expect((body as Item[])[0]!.id).to.match(/\/lineitem\?type_id=1$/);
    });

    it("filters by resource id, tag and link", async () => {
      await addItem({ label: "A", scoreMaximum: 1, resourceId: "a", tag: "t" });
      for (const [query, labels] of [
        [{ resource_id: "a" }, ["A"]],
        [{ tag: "final" }, ["Exam"]],
        [{ resource_link_id: linkId }, ["Exam"]],
        [{ tag: "t", resource_id: "exam" }, []],
      ] as const) {
        const found = (await listItems(query)).body as Item[];
        expect(found.map((item) => item.label)).to.deep.equal(labels);
      }
    });

    it("makes a duplicate for every POST", async () => {
      const item = { label: "Project", scoreMaximum: 20, resourceId: "p" };
      expect((await addItem(item)).status).to.equal(201);
      expect((await addItem(item)).status).to.equal(201);
      expect((await listItems({ resource_id: "p" })).body).to.have.length(2);
    });

    it("pages only when asked, with typographic quotes", async () => {
      await addItem({ label: "Project", scoreMaximum: 20 });
      expect((await listItems()).link).to.equal("");
      const first = await listItems({ limit: "1" });
      expect(first.body).to.have.length(1);
      const next = /^<([^>]+)>; rel=“next”$/.exec(first.link)?.[1] ?? "";
      expect(next).to.include("&amp;from=1");
      const second = await call(token, next.replaceAll("&amp;", "&"), { media: media.lineItems });
      expect((second.body as Item[])[0]!.label).to.equal("Project");
      expect(second.link).to.equal("");
    });

    for (const [name, body, status] of [
      ["without a label", { scoreMaximum: 3 }, 400],
      ["without a maximum", { label: "x" }, 400],
      ["with a maximum of 0", { label: "x", scoreMaximum: 0 }, 400],
      ["for a link of nobody", { label: "x", scoreMaximum: 3, resourceLinkId: "none" }, 403],
    ] as const) {
      it(`refuses a line item ${name} with ${String(status)}`, async () => {
        expect((await addItem(body)).status).to.equal(status);
      });
    }

    it("changes a line item, and deletes only what the tool made", async () => {
      const { body } = await addItem({ label: "Project", scoreMaximum: 20 });
      const { id } = body as Item;
      const change = { label: "Essay", scoreMaximum: 30 };
      const put = await call(token, id, { method: "PUT", media: media.lineItem, body: change });
      expect(put.body).to.include(change);
      expect((await call(token, id, { method: "DELETE" })).status).to.equal(204);
      expect((await call(token, id, { media: media.lineItem })).status).to.equal(404);
      expect((await call(token, await examUrl(), { method: "DELETE" })).status).to.equal(403);
    });

    it("hides the columns of another tool", async () => {
      lms.addTool(tool.describe({ clientId: "tool-2", deploymentIds: ["2"] }));
      useRealClock = true;
      const stranger = await getAccessToken(lms, "tool-2");
      useRealClock = false;
      const { body } = await addItem({ label: "Project", scoreMaximum: 20 });
      const url = (body as Item).id.replace("type_id=1", "type_id=2");
      expect((await call(stranger, url, { media: media.lineItem })).status).to.equal(404);
      expect((await call(stranger, (body as Item).id, { media: media.lineItem })).status).to.equal(
        403,
      );
    });

    it("wants the exact media types and the query string", async () => {
      const url = await examUrl();
      const accept = async (type: string, at = url) =>
        (await call(token, at, { media: type })).status;
      expect(await accept("*/*")).to.equal(400);
      expect(await accept("application/json")).to.equal(400);
      expect(await accept(`${media.lineItem}; charset=utf-8`)).to.equal(400);
      expect(await accept(media.lineItem, url.replace("?type_id=1", ""))).to.equal(403);
      expect(await accept(media.lineItem)).to.equal(200);
    });
  });

  describe("scores in the Moodle mood", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    it("scales a final score to the column and tells it as a result of whole seconds", async () => {
      expect(await post(score())).to.equal(200);
      expect(scoreOf("amara")).to.equal(40);
      expect((await listResults()).body[0]).to.include({
        userId: "amara",
        resultScore: 40,
        resultMaximum: 50,
        timestamp: "2026-11-20T09:59:00+00:00",
      });
    });

    for (const [name, changes, status] of [
      ["of an unknown user", { userId: "nobody" }, 400],
      ["of an instructor", { userId: "priya" }, 400],
      ["without a maximum", { scoreMaximum: undefined }, 400],
      ["with a maximum of 0", { scoreMaximum: 0 }, 400],
      ["given as text", { scoreGiven: "8" }, 400],
      ["without a timestamp", { timestamp: undefined }, 400],
      ["whose timestamp has no time zone", { timestamp: "2026-11-20T09:59:00" }, 400],
      ["of unknown progress", { gradingProgress: "Done" }, 400],
      ["without activity progress", { activityProgress: undefined }, 400],
    ] as const) {
      it(`refuses a score ${name} with ${String(status)}`, async () => {
        expect(await post(score(changes))).to.equal(status);
        expect((await listResults()).body).to.deep.equal([]);
      });
    }

    it("refuses a second score within the same second, and takes the next second's", async () => {
      await post(score({ timestamp: "2026-11-20T09:59:00.100Z" }));
      expect(await post(score({ timestamp: "2026-11-20T09:59:00.900Z" }))).to.equal(409);
      expect(await post(score({ timestamp: "2026-11-20T09:59:01.000Z" }))).to.equal(200);
    });

    it("refuses a score older than what a teacher typed", async () => {
      lms.grade({ courseId: "cvi-101", resourceId: "exam", userId: "amara", score: 45 });
      expect(await post(score())).to.equal(409);
      expect(scoreOf("amara")).to.equal(45);
    });

    it("clears the grade for a score that is not final", async () => {
      await post(score());
      const later = { timestamp: "2026-11-20T09:59:30Z", gradingProgress: "Pending" };
      expect(await post(score(later))).to.equal(200);
      expect(scoreOf("amara")).to.equal(null);
      expect((await listResults()).body[0]).not.to.have.property("resultScore");
    });

    it("refuses a score whose content type has a charset", async () => {
      expect(await post(score(), `${media.score}; charset=utf-8`)).to.equal(400);
      expect(await post(score(), "application/json")).to.equal(400);
    });

    it("tells grades that only a teacher typed", async () => {
      lms.grade({ courseId: "cvi-101", resourceId: "exam", userId: "jonas", score: 45 });
      expect((await listResults()).body[0]).to.include({ userId: "jonas", resultScore: 45 });
    });

    it("finds one user's result, and pages", async () => {
      for (const userId of ["amara", "jonas"]) {
        lms.grade({ courseId: "cvi-101", resourceId: "exam", userId, score: 45 });
      }
      expect((await listResults("user_id=jonas")).body.map((each) => each.userId)).to.deep.equal([
        "jonas",
      ]);
      const first = await listResults("limit=1");
      expect(first.body).to.have.length(1);
      expect(first.link).to.contain("from=1");
    });

    it("does not grade someone who left the course", async () => {
      lms.unenrol({ courseId: "cvi-101", userId: "amara" });
      expect(await post(score())).to.equal(400);
    });
  });

  describe("scores in the Canvas mood", () => {
    beforeEach(async () => {
      await start("canvas");
    });
    const submission = "https://canvas.instructure.com/lti/submission";
    const row = { scoreGiven: undefined, scoreMaximum: undefined };
    const preserve = { [submission]: { preserve_score: true, new_submission: false } };

    it("does not care for exact media types", async () => {
      expect(await post(score(), "application/json")).to.equal(200);
      expect((await call(token, container(), { media: "*/*" })).status).to.equal(200);
    });

    it("hides a teacher's grade until the tool has posted a score row", async () => {
      lms.grade({ courseId: "cvi-101", resourceId: "exam", userId: "amara", score: 45 });
      expect((await listResults()).body).to.deep.equal([]);
      expect(await post(score({ ...row, ...preserve }))).to.equal(200);
      expect((await listResults()).body[0]).to.include({ userId: "amara", resultScore: 45 });
    });

    it("tells a grade typed after the tool made its row", async () => {
      await post(score({ ...row, ...preserve }));
      expect((await listResults()).body[0]).not.to.have.property("resultScore");
      lms.grade({ courseId: "cvi-101", resourceId: "exam", userId: "amara", score: 12 });
      expect((await listResults()).body[0]).to.include({ resultScore: 12, resultMaximum: 50 });
    });

    it("clears the grade for a score without points that does not preserve it", async () => {
      await post(score());
      expect(await post(score({ ...row, timestamp: "2026-11-20T09:59:30Z" }))).to.equal(200);
      expect(scoreOf("amara")).to.equal(null);
    });

    it("applies a score that waits for a person, and clears one that failed", async () => {
      await post(score({ gradingProgress: "PendingManual" }));
      expect(scoreOf("amara")).to.equal(40);
      await post(score({ gradingProgress: "Failed", timestamp: "2026-11-20T09:59:30Z" }));
      expect(scoreOf("amara")).to.equal(null);
    });

    for (const [name, changes, status] of [
      ["from the future", { timestamp: "2026-11-20T10:01:01Z" }, 400],
      ["of a nearby future", { timestamp: "2026-11-20T10:00:59Z" }, 200],
      ["without a maximum", { scoreMaximum: undefined }, 422],
      ["of an instructor", { userId: "priya" }, 422],
    ] as const) {
      it(`answers a score ${name} with ${String(status)}`, async () => {
        expect(await post(score(changes))).to.equal(status);
      });
    }

    it("refuses an older score, but takes two within one second", async () => {
      await post(score({ timestamp: "2026-11-20T09:59:00.100Z" }));
      expect(await post(score({ timestamp: "2026-11-20T09:59:00.050Z" }))).to.equal(400);
      expect(await post(score({ timestamp: "2026-11-20T09:59:00.900Z" }))).to.equal(200);
    });

    it("always pages, with plain quotes", async () => {
      await addItem({ label: "Project", scoreMaximum: 20 });
      const first = await listItems({ limit: "1" });
      const next = /<([^>]+)>; rel="next"/.exec(first.link)?.[1] ?? "";
      const second = await call(token, next);
      expect((second.body as Item[])[0]!.label).to.equal("Project");
      expect(second.link).not.to.contain(`rel="next"`);
    });
  });

  describe("rosters", () => {
    const members = async (path: string, type = media.members) =>
      (await call(token, lms.url + path, { media: type })).body as {
        members: Record<string, unknown>[];
      };
    const moodlePath = "/lti/services/CourseSection/cvi-101/bindings/1/memberships";

    it("lists members with Moodle's short roles, without the preview account", async () => {
      await start("moodle");
      const roster = await members(moodlePath);
      expect(roster.members.map((member) => [member["user_id"], member["roles"]])).to.deep.equal([
        ["amara", ["Learner"]],
        ["jonas", ["Learner"]],
        ["priya", ["Instructor"]],
      ]);
    });

    it("adds each member's custom parameters for a link", async () => {
      await start("moodle");
      const roster = await members(`${moodlePath}?rlid=${linkId}`);
      expect(roster.members[0]).to.have.property("message").that.is.an("array");
    });

    it("pages through the members", async () => {
      await start("moodle");
      const first = await call(token, `${lms.url}${moodlePath}?limit=2`, { media: media.members });
      const next = /<([^>]+)>/.exec(first.link)?.[1] ?? "";
      const rest = await members(next.replaceAll("&amp;", "&").replace(lms.url, ""));
      expect(rest.members.map((member) => member["user_id"])).to.deep.equal(["priya"]);
    });

    it("tells an anonymous tool no names", async () => {
      await start("canvas");
      lms.addTool(tool.describe({ privacy: "anonymous" }));
      const roster = await members("/api/lti/courses/cvi-101/names_and_roles");
      expect(roster.members[0]).to.have.all.keys("status", "user_id", "roles");
    });
  });

  describe("faults", () => {
    beforeEach(async () => {
      await start("moodle");
    });

    it("tell a refusal in text that only looks like JSON, as Moodle does", async () => {
      const scores = below(await examUrl(), "/scores");
      lms.faults.serviceDown = true;
      const { body } = await call(token, scores, { method: "POST", media: media.score, body: {} });
      expect(body).to.be.a("string").and.include('"reason" : "the service is down", }');
    });

    it("throttle with 403 and Canvas' text, or 429, for so many calls", async () => {
      lms.faults.throttle = { status: 403, retryAfterSeconds: 7, times: 1 };
      const first = await listItems();
      expect([first.status, first.body]).to.deep.equal([
        403,
        "403 Forbidden (Rate Limit Exceeded)\n",
      ]);
      expect((await listItems()).status).to.equal(200);
    });

    it("can be down, reject scores, lose answers and drop results", async () => {
      const scores = below(await examUrl(), "/scores");
      const send = async (timestamp: string): Promise<number> =>
        (
          await call(token, scores, {
            method: "POST",
            media: media.score,
            body: score({ timestamp }),
          })
        ).status;
      lms.faults.serviceDown = true;
      expect(await send("2026-11-20T09:00:00Z")).to.equal(503);
      lms.faults.clear();
      lms.faults.rejectScores = 429;
      expect(await send("2026-11-20T09:00:01Z")).to.equal(429);
      lms.faults.clear();
      lms.faults.loseScoreAnswers = true;
      expect(await send("2026-11-20T09:00:02Z")).to.equal(502);
      expect(scoreOf("amara")).to.equal(40);
      lms.faults.clear();
      lms.faults.dropResults = true;
      expect((await listResults()).body).to.deep.equal([]);
    });
  });
});
