import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createLmsGradesClient, type LmsGradesClient } from "../../src/exams/lms-grades-client.js";
import { createLmsRosterClient } from "../../src/exams/lms-roster-client.js";
import type { Result } from "../../src/exams/observe-result.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { COURSE, createClock, startLms } from "../support/exam-world.js";
import * as moodle from "./fixtures/moodle-services.js";

const resourceId = "rosette-exam-1";
const made = { resourceId, label: "Exam", scoreMaximum: 20 };

const allOf = async <T>(pages: AsyncIterable<T[]>): Promise<T[]> => {
  const found: T[] = [];
  for await (const page of pages) found.push(...page);
  return found;
};
const codeOf = async (attempt: Promise<unknown>): Promise<string> =>
  await attempt.then(
    () => "no fault",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

for (const mood of ["moodle", "canvas"] as const) {
  describe(`grade services of an LMS like ${mood}`, () => {
    let practice: Awaited<ReturnType<typeof startLms>>;
    let at: { platformId: string; lineItemsUrl: string };
    const clock = createClock();
    const score = (sub: string, points: number, timestamp = clock.now()) => ({
      ...{ sub, score: points, maximum: 20, timestamp },
      forCanvas: mood === "canvas",
    });
    const column = async () => ({
      platformId: at.platformId,
      url: await practice.grades.createLineItem(at, made),
    });

    beforeEach(async () => {
      practice = await startLms(mood, clock.now);
      at = { platformId: practice.platform.id, lineItemsUrl: practice.lineItemsUrl };
    });
    afterEach(async () => {
      await practice.stop();
    });

    it("finds no column before one is made, and that one afterwards", async () => {
      expect(await practice.grades.findLineItem(at, resourceId)).to.equal(undefined);
      const { url } = await column();
      expect(await practice.grades.findLineItem(at, resourceId)).to.equal(url);
      expect(await practice.grades.findLineItem(at, "rosette-exam-2")).to.equal(undefined);
    });

    it("makes a column that carries our mark and what it is out of", async () => {
      await column();
      const [row] = practice.lms.gradebook(COURSE).filter((each) => each.resourceId === resourceId);
      expect(row).to.include({ label: "Exam", tag: "rosette", scoreMaximum: 20 });
    });

    it("sends a score and reads it back", async () => {
      const item = await column();
      expect(await practice.grades.postScore(item, score("amara", 15))).to.deep.equal({
        kind: "taken",
        confirmed: true,
      });
      const [result] = await allOf(practice.grades.listResultPages(item));
      expect(result).to.include({ sub: "amara", score: 15, maximum: 20 });
      const ofOne = await allOf(practice.grades.listResultPages(item, "jonas"));
      expect(ofOne).to.deep.equal([]);
    });

    it("tells a score that is older than the grade that is there", async () => {
      const item = await column();
      await practice.grades.postScore(item, score("amara", 15));
      const older = score("amara", 5, new Date(clock.now().getTime() - 60_000));
      const answer = await practice.grades.postScore(item, older);
      expect(answer.kind).to.equal(mood === "moodle" ? "conflict" : "refused");
    });

    it("tells a refusal, an outage and a missing column apart", async () => {
      const item = await column();
      expect((await practice.grades.postScore(item, score("nobody", 5))).kind).to.equal("refused");
      practice.lms.faults.loseScoreAnswers = true;
      expect((await practice.grades.postScore(item, score("amara", 5))).kind).to.equal(
        "unreachable",
      );
      practice.lms.faults.rejectScores = 429;
      expect((await practice.grades.postScore(item, score("amara", 5))).kind).to.equal("busy");
      practice.lms.faults.clear();
      const gone = { ...item, url: item.url.replace(/(\d+)((\/lineitem.*)?)$/, "987$2") };
      expect((await practice.grades.postScore(gone, score("amara", 5))).kind).to.equal("gone");
      expect(await codeOf(allOf(practice.grades.listResultPages(gone)))).to.equal("not-found");
      practice.lms.faults.serviceDown = true;
      const down = await codeOf(allOf(practice.grades.listResultPages(item)));
      expect(["platform-unreachable", "platform-busy"]).to.include(down);
    });

    it("waits as long as it is told when it asked too much, however the LMS says so", async () => {
      const item = await column();
      for (const status of [403, 429] as const) {
        practice.lms.faults.throttle = { status, retryAfterSeconds: 7, times: 1 };
        expect(await practice.grades.postScore(item, score("amara", 5))).to.deep.equal({
          kind: "busy",
          retryAfterMs: 7000,
        });
        practice.lms.faults.throttle = { status, times: 1 };
        expect(await codeOf(allOf(practice.grades.listResultPages(item)))).to.equal(
          "platform-busy",
        );
      }
      expect((await practice.grades.postScore(item, score("amara", 5))).kind).to.equal("taken");
    });

    it("makes a second column of a second POST, which is why we look before", async () => {
      const first = await column();
      const second = await column();
      expect(first.url).to.not.equal(second.url);
      expect(await practice.grades.findLineItem(at, resourceId)).to.equal(first.url);
    });

    it("takes a new token when the LMS no longer knows the old one", async () => {
      const item = await column();
      practice.lms.faults.expireAccessTokens();
      expect((await practice.grades.postScore(item, score("amara", 5))).kind).to.equal("taken");
    });

    it("reads results and rosters of many learners to the last page", async () => {
      const item = await column();
      for (let index = 0; index < 230; index += 1) {
        const id = `learner-${index}`;
        practice.lms.addPerson({
          ...{ id, givenName: "L", familyName: String(index), email: `${id}@example.org` },
          ...{ kind: "student", blurb: "One of many." },
        });
        practice.lms.enrol({ courseId: COURSE, userId: id });
        await practice.grades.postScore(item, score(id, 10));
      }
      const results = await allOf(practice.grades.listResultPages(item));
      expect(new Set(results.map(({ sub }) => sub)).size).to.equal(230);
      const members = await allOf(
        practice.roster.listMemberPages({ ...at, membershipsUrl: practice.membershipsUrl }),
      );
      expect(members.filter(({ isLearner }) => isLearner).length).to.be.at.least(230);
      expect(members.find(({ sub }) => sub === "priya")).to.include({ isLearner: false });
      expect(members.some(({ sub }) => sub === "test-student")).to.equal(false);
    }).timeout(30_000);

    if (mood === "canvas") {
      it("is shown a typed grade only of learners whose row was made, which clears nothing", async () => {
        const item = await column();
        expect(
          await practice.grades.makeRow(item, { sub: "amara", timestamp: clock.now() }),
        ).to.equal(true);
        for (const userId of ["amara", "jonas"]) {
          practice.lms.grade({ courseId: COURSE, userId, score: 12, resourceId });
        }
        const results = await allOf(practice.grades.listResultPages(item));
        expect(results.map(({ sub, score: points }) => [sub, points])).to.deep.equal([
          ["amara", 12],
        ]);
        await practice.grades.makeRow(item, { sub: "amara", timestamp: clock.now() });
        const [after] = await allOf(practice.grades.listResultPages(item, "amara"));
        expect(after?.score).to.equal(12);
        expect(
          await practice.grades.makeRow(item, { sub: "nobody", timestamp: clock.now() }),
        ).to.equal(false);
      });
    }
  });
}

describe("grade services, answer by answer", () => {
  type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };
  type Asked = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
  let answer: (asked: Asked) => Answer;
  let asked: Asked[];
  let base: string;
  let server: ReturnType<typeof createServer>;
  let grades: LmsGradesClient;

  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, headers, body });
    const {
      status = 200,
      headers: sent = {},
      body: content = "",
    } = answer({ method, url, headers, body });
    // Moodle labels its JSON as HTML.
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...sent });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    response.end(text.replaceAll("BASE", base));
  };

  before(async () => {
    server = createServer((request, response) => void listen(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  const needs = () => ({
    http: createLmsHttp({ timeoutMs: 5000, maxBytes: 100_000, allowPrivate: true }),
    tokens: { get: async () => "token", forget: () => undefined },
    now: () => new Date(),
  });
  beforeEach(() => {
    asked = [];
    grades = createLmsGradesClient(needs());
  });
  const item = () => ({
    platformId: "p",
    url: `${base}/mod/lti/services.php/2/lineitems/5/lineitem?type_id=1`,
  });
  const items = () => ({
    platformId: "p",
    lineItemsUrl: `${base}/mod/lti/services.php/2/lineitems?type_id=1`,
  });
  const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");

  it("finds the first of Moodle's columns with our resourceId and keeps its query", async () => {
    answer = () => ({ body: moodle.lineItems });
    expect(await grades.findLineItem(items(), "rosette-exam-b")).to.equal(
      `${base}/mod/lti/services.php/2/lineitems/8/lineitem?type_id=1`,
    );
    const url = new URL(asked[0]?.url ?? "", base);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      type_id: "1",
      resource_id: "rosette-exam-b",
      limit: "100",
    });
    expect(asked[0]?.headers.accept).to.equal("application/vnd.ims.lis.v2.lineitemcontainer+json");
  });

  it("reads Moodle's results: scores, times, and rows that were emptied", async () => {
    answer = () => ({ body: moodle.results });
    const results: Result[] = await allOf(grades.listResultPages(item()));
    expect(results).to.deep.equal([
      { sub: "4", score: 83, maximum: 100, timestamp: new Date("2026-11-22T19:55:19Z") },
      { sub: "5", score: undefined, maximum: 1, timestamp: new Date("2026-11-22T19:56:00Z") },
    ]);
    expect(asked[0]?.url).to.equal(
      "/mod/lti/services.php/2/lineitems/5/lineitem/results?type_id=1&limit=100",
    );
  });

  it("reads Moodle's roster with its short roles", async () => {
    answer = () => ({ body: moodle.memberships });
    const unnamed = { name: undefined, email: undefined };
    const roster = createLmsRosterClient(needs());
    const url = `${base}/mod/lti/services.php/CourseSection/2/bindings/1/memberships`;
    expect(
      await allOf(roster.listMemberPages({ platformId: "p", membershipsUrl: url })),
    ).to.deep.equal([
      { sub: "4", isLearner: true, isActive: true, ...unnamed },
      { sub: "5", isLearner: true, isActive: false, ...unnamed },
      { sub: "8", isLearner: false, isActive: true, ...unnamed },
    ]);
  });

  it("reads names from a roster whole or in parts, and none from blanks", async () => {
    const roles = ["Learner"];
    const members = [
      { user_id: "1", roles, name: " Ada Lind ", given_name: "A.", email: "ada@example.org" },
      { user_id: 2, roles, given_name: "Ben", family_name: "Öst" },
      { user_id: "3", roles, name: "", email: " " },
    ];
    answer = () => ({ body: JSON.stringify({ members }) });
    const roster = createLmsRosterClient(needs());
    const at = { platformId: "p", membershipsUrl: `${base}/roster` };
    const read = (await allOf(roster.listMemberPages(at))).map(({ name, email }) => [name, email]);
    expect(read).to.deep.equal([
      ["Ada Lind", "ada@example.org"],
      ["Ben Öst", undefined],
      [undefined, undefined],
    ]);
  });

  it("sends a score to the path below the column with exact media types and no charset", async () => {
    answer = () => ({ body: "" });
    const timestamp = new Date("2026-11-23T10:00:00.250Z");
    const score = { sub: "4", score: 66.67, maximum: 100, timestamp, forCanvas: false };
    await grades.postScore(item(), score);
    expect(asked[0]).to.include({
      method: "POST",
      url: "/mod/lti/services.php/2/lineitems/5/lineitem/scores?type_id=1",
    });
    expect(asked[0]?.headers["content-type"]).to.equal("application/vnd.ims.lis.v1.score+json");
    expect(JSON.parse(asked[0]?.body ?? "")).to.deep.equal({
      userId: "4",
      scoreGiven: 66.67,
      scoreMaximum: 100,
      timestamp: "2026-11-23T10:00:00.250Z",
      activityProgress: "Completed",
      gradingProgress: "FullyGraded",
    });
  });

  it("follows Moodle's Link headers with typographic quotes and &amp;", async () => {
    answer = ({ url }) =>
      url.includes("from=")
        ? { body: [moodle.results[1]] }
        : {
            body: [moodle.results[0]],
            headers: {
              link: bytes(
                `<${base}/mod/lti/x/results?type_id=1&amp;limit=1&amp;from=1>; rel=“next”`,
              ),
            },
          };
    const results = await allOf(grades.listResultPages(item()));
    expect(results.map(({ sub }) => sub)).to.deep.equal(["4", "5"]);
    expect(asked[1]?.url).to.equal("/mod/lti/x/results?type_id=1&limit=1&from=1");
  });

  it("waits as long as the LMS says", async () => {
    answer = () => ({ status: 429, headers: { "retry-after": "120" } });
    const score = { sub: "4", score: 1, maximum: 2, timestamp: new Date(), forCanvas: false };
    expect(await grades.postScore(item(), score)).to.deep.equal({
      kind: "busy",
      retryAfterMs: 120_000,
    });
    answer = () => ({ status: 403, body: "403 Forbidden (Rate Limit Exceeded)" });
    expect((await grades.postScore(item(), score)).kind).to.equal("busy");
  });

  it("takes a score that was merely accepted for later as unconfirmed", async () => {
    answer = () => ({ status: 202 });
    const score = { sub: "4", score: 1, maximum: 2, timestamp: new Date(), forCanvas: false };
    expect(await grades.postScore(item(), score)).to.deep.equal({
      kind: "taken",
      confirmed: false,
    });
  });

  it("hands nonsense scores on as no numbers, for the rule to refuse", async () => {
    const rows = [
      { userId: 7, resultScore: "lots", resultMaximum: 10 },
      { userId: "8", resultScore: 5, resultMaximum: "NaN" },
      { userId: "9", resultScore: "5.5", resultMaximum: 0, timestamp: "yesterday" },
    ];
    answer = () => ({ body: rows });
    const results = await allOf(grades.listResultPages(item()));
    expect(results).to.deep.equal([
      { sub: "7", score: Number.NaN, maximum: 10, timestamp: undefined },
      { sub: "8", score: 5, maximum: Number.NaN, timestamp: undefined },
      { sub: "9", score: 5.5, maximum: 0, timestamp: undefined },
    ]);
  });
});
