import { load } from "cheerio";
import { expect } from "chai";
import { publish, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

describe("a learner's hours", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let learner: TestVisit;

  before(async () => {
    product = await startTestProduct();
    const { parts, organisationId } = product;
    learner = await product.launchAs({ userId: "amara", courseId: "cvi-101" });
    for (const code of ["GAIT", "FALLS"]) {
      const given = { code, gradeSource: "external" } as const;
      const { course, exam } = await teach(parts, organisationId, given);
      // The course counts in two micro-credentials, and its hours once.
      await publish(parts, organisationId, { name: `Badge ${code}`, exams: [exam] });
      await publish(parts, organisationId, { name: `More ${code}`, exams: [exam] });
      await parts.recordResult({
        ...{ organisationId, accountId: learner.launch.accountId, courseId: course.id },
        ...{ examId: exam.id, sourceKey: `imported:${code}:1`, source: "imported" },
        outcome: { kind: "graded", score: 90, maximum: 100 },
        ...{ passMarkPercent: 60, isTestUser: false },
        occurredAt: new Date(code === "GAIT" ? "2025-03-01T10:00:00Z" : "2026-03-01T10:00:00Z"),
      });
    }
    await parts.hourTypes.save(organisationId, [
      { id: "hours", name: "Contact hours", perHour: 1 },
      { id: "ce", name: "CE credits", perHour: 0.1 },
    ]);
  });
  after(async () => {
    await product.parts.stopThreads();
    await product.close();
  });

  const cellsOf = (text: string): string[] =>
    load(text)("tfoot td")
      .toArray()
      .map((cell) => load(cell).text().trim());

  it("stand on a page by course, once each, in every unit, with their sum", async () => {
    const { status, text } = await learner.get("/hours");
    expect(status).to.equal(200);
    expect(text).to.contain("GAIT Course GAIT").and.contain("FALLS Course FALLS");
    expect(cellsOf(text)).to.deep.equal(["16", "1.6"]);
  });

  it("are those of the period that was asked for", async () => {
    const { text } = await learner.get("/hours?from=2026-01-01&to=2026-12-31");
    expect(text).not.to.contain("GAIT");
    expect(cellsOf(text)).to.deep.equal(["8", "0.8"]);
  });

  it("are downloaded as a table", async () => {
    const { headers, text } = await learner.get("/hours.csv?to=2025-12-31");
    expect(headers["content-disposition"]).to.contain("attachment");
    expect(text).to.contain("2025-03-01,GAIT,Course GAIT,1,8,0.8\r\nTotal,,,,8,0.8\r\n");
  });

  it("are downloaded as a signed, tagged document", async () => {
    const jar = learner.browser.cookies.get(product.url) ?? new Map<string, string>();
    const response = await fetch(`${product.url}${learner.base}/hours.pdf`, {
      headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
    });
    expect(response.headers.get("content-type")).to.equal("application/pdf");
    expect(response.headers.get("content-disposition")).to.contain("hours.pdf");
    const bytes = Buffer.from(await response.arrayBuffer()).toString("latin1");
    expect(bytes.startsWith("%PDF-")).to.equal(true);
    expect(bytes).to.contain("/ByteRange");
  });

  it("are one's own: another learner sees none of them", async () => {
    const other = await product.launchAs({ userId: "jonas", courseId: "cvi-101" });
    expect((await other.get("/hours")).text).to.contain("No course was completed");
  });
});
