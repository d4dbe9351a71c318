import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { aCourse, aFact, anExam } from "../support/core-fixtures.js";

const now = new Date("2026-05-04T10:00:00Z");

describe("the hours of learners in the administrator's panel", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  let examIds: string[];

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId } = await panel.enter());
    examIds = [];
    for (const contactHours of [8, 2.5]) {
      const course = aCourse({ organisationId, contactHours });
      const exam = anExam({ organisationId, courseId: course.id });
      await panel.stores.courses.addOnce(course);
      await panel.stores.exams.add(exam);
      examIds.push(exam.id);
      courseOf.set(exam.id, course.id);
    }
  });
  const courseOf = new Map<string, string>();

  const meet = async (name: string | undefined): Promise<string> => {
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    if (name !== undefined)
      await panel.stores.profiles.noteFromLms({ id, organisationId, name, email: undefined });
    return id;
  };
  const pass = async (accountId: string, index: number, result: string) => {
    const [day, percent = "80"] = result.split(" ");
    const examId = examIds[index] ?? "";
    const courseId = courseOf.get(examId) ?? "";
    const occurredAt = new Date(`${day}T10:00:00Z`);
    await panel.stores.facts.addOnce(
      aFact({ organisationId, accountId, examId, courseId, occurredAt, percent: Number(percent) }),
    );
  };
  const read = async (query = "") => {
    const $ = load((await request(panel.app).get(`${address}/hours/learners${query}`)).text);
    return {
      rows: [...$("tbody tr")].map((row) =>
        [...$(row).find("th, td.number")].map((cell) => $(cell).text().trim()),
      ),
      links: [...$("tbody td a")].map((link) => $(link).attr("href") ?? ""),
    };
  };
  const readFile = async (query = "") =>
    (await request(panel.app).get(`${address}/hours/learners.csv${query}`)).text
      .replace("\uFEFF", "")
      .trimEnd()
      .split("\r\n");

  it("are listed with a way to each transcript, found by name, within a period", async () => {
    const [ada, ben] = [await meet("Ada Long"), await meet("Ben Short")];
    await pass(ada, 0, "2025-03-01");
    await pass(ada, 1, "2026-03-01");
    await pass(ben, 1, "2026-03-01 20");
    const everybody = await read();
    expect(everybody.rows).to.deep.equal([
      ["Ada Admin", "0", "0"],
      ["Ada Long", "2", "10.5"],
      ["Ben Short", "0", "0"],
    ]);
    const found = await read("?search=long&from=2026-01-01&to=2026-12-31");
    expect(found.rows).to.deep.equal([["Ada Long", "1", "2.5"]]);
    expect(found.links).to.deep.equal([
      `${address}/learners/${ada}/hours?from=2026-01-01&to=2026-12-31`,
    ]);
    const transcript = await request(panel.app).get(found.links[0] ?? "");
    expect(load(transcript.text)("tfoot td.number").text()).to.contain("2.5");
  });

  it("count a learner with several accounts once, under the name of any of them", async () => {
    const [ada, elsewhere] = [await meet(undefined), await meet("Ada Long")];
    await pass(ada, 0, "2026-03-01");
    // The same course again, and another one.
    await pass(elsewhere, 0, "2026-03-02");
    await pass(elsewhere, 1, "2026-03-02");
    await panel.stores.accounts.link(organisationId, elsewhere, ada);
    const found = await read("?search=long");
    expect(found.rows).to.deep.equal([["Ada Long", "2", "10.5"]]);
    expect(found.links[0]).to.contain(`/learners/${ada}/`);
    expect(await readFile()).to.deep.equal([
      "Learner,Learner id,Courses completed,Contact hours",
      `Ada Long,${ada},2,10.5`,
    ]);
    const transcript = await request(panel.app).get(`${address}/learners/${ada}/hours.csv`);
    expect(transcript.text).to.contain("Learner,Ada Long");
  });

  it("go into a file of everybody who has some in a period, those without a name too", async () => {
    const ids: string[] = [];
    for (let count = 0; count < 201; count += 1) ids.push(await meet(undefined));
    for (const id of ids.slice(0, 200)) await pass(id, 0, "2026-03-01");
    const evil = await meet("=HYPERLINK(1)");
    await pass(evil, 1, "2025-03-01");
    const lines = await readFile("?from=2026-01-01");
    expect(lines.slice(1).sort()).to.deep.equal(
      ids
        .slice(0, 200)
        .map((id) => `,${id},1,8`)
        .sort(),
    );
    expect((await readFile("?to=2025-12-31"))[1]).to.equal(`'=HYPERLINK(1),${evil},1,2.5`);
    const other = await panel.enter();
    const theirs = await request(panel.app).get(`${other.panel}/hours/learners.csv`);
    expect(theirs.text.trimEnd().split("\r\n")).to.have.length(1);
  });
});
